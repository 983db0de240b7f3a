"""Projects for tests, and what they hold; in any state, reached by the table's own ways."""

import datetime
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from comptes.rejouer import Etape, Histoire, rejouer
from programme import models
from programme.enums import (
    AutoriteDecision,
    AutoriteLocale,
    BaseDeTaxe,
    EtatActualisation,
    EtatProjet,
    GenrePorteur,
    Maturite,
    QualitePorteur,
)
from programme.parcours_actualisation import PARCOURS as PARCOURS_D_ACTUALISATION
from programme.parcours_projet import PARCOURS
from programme.propositions import ecrire_dans_la_fiche
from programme.valeurs_de_fiche import du_projet
from tests.factories import MesureFactory, RegionFactory, TerritoireFactory, UtilisateurFactory


class ProjetFactory(DjangoModelFactory):
    """An idea, with nothing but a title."""

    class Meta:
        model = models.Projet

    titre = factory.Sequence(lambda n: f"Projet {n}")
    territoire = factory.SubFactory(TerritoireFactory)
    saisi_par = factory.SubFactory(UtilisateurFactory)


class ProjetCompletFactory(ProjetFactory):
    """With everything that its transmission takes."""

    class Meta:
        skip_postgeneration_save = True

    contexte = "Un contexte."
    objectifs = "Des objectifs."
    porteur_nom = factory.Sequence(lambda n: f"Porteur {n}")
    porteur_genre = GenrePorteur.ENTREPRISE
    porteur_en_creation = True
    sans_lieu = True
    debut = datetime.date(2026, 1, 1)
    fin = datetime.date(2027, 12, 31)
    cout_total = Decimal("100000.00")
    cout_total_taxe = BaseDeTaxe.HT
    maturite = Maturite.PRET
    validation_locale_le = datetime.date(2025, 12, 1)
    validation_locale_par = AutoriteLocale.COMITE_DE_PROJET
    validation_saisie_par = factory.SelfAttribute("saisi_par")

    @factory.post_generation
    def avec_mesures(projet, create, extracted, **kwargs):
        if create:
            projet.mesures.set(extracted or [MesureFactory()])


# The shortest way to each state.
CHEMINS = {
    EtatProjet.IDEE: (),
    EtatProjet.PREPARATION: ("preparer",),
    EtatProjet.TRANSMIS: ("preparer", "transmettre"),
    EtatProjet.A_COMPLETER: ("preparer", "transmettre", "demander-complements"),
    EtatProjet.INSTRUCTION: ("preparer", "transmettre", "instruire"),
    EtatProjet.INSCRIT: ("preparer", "transmettre", "instruire", "inscrire"),
    EtatProjet.INSCRIT_RESERVE: ("preparer", "transmettre", "instruire", "inscrire-sous-reserve"),
    EtatProjet.AJOURNE: ("preparer", "transmettre", "instruire", "ajourner"),
    EtatProjet.NON_INSCRIT: ("preparer", "transmettre", "instruire", "ne-pas-inscrire"),
    EtatProjet.REALISATION: ("preparer", "transmettre", "instruire", "inscrire", "demarrer"),
    EtatProjet.SUSPENDU: ("preparer", "transmettre", "instruire", "inscrire", "demarrer", "suspendre"),
    EtatProjet.REALISE: ("preparer", "transmettre", "instruire", "inscrire", "demarrer", "achever"),
    EtatProjet.RETIRE: ("preparer", "transmettre", "retirer"),
    EtatProjet.ABANDONNE: ("preparer", "transmettre", "instruire", "inscrire", "abandonner"),
}


def champs_de(transition):
    """Return what a passage of this transition must hold."""
    champs = {}
    if transition.motif:
        champs["motif"] = "Un motif."
    if transition.decision:
        champs |= {"autorite": AutoriteDecision.COMITE_REGIONAL, "date": datetime.date(2026, 1, 15)}
    if "condition" in transition.champs:
        champs |= {"condition": "Une condition.", "echeance": datetime.date(2030, 1, 1)}
    return champs


def projet_en(etat, mesures=None, **champs):
    """Return a complete project in a state, with the journal that led there."""
    champs.setdefault("territoire", None)
    champs["territoire"] = champs["territoire"] or TerritoireFactory()
    champs.setdefault("saisi_par", None)
    champs["saisi_par"] = champs["saisi_par"] or UtilisateurFactory()
    projet = ProjetCompletFactory.build(**champs)
    projet.normaliser()
    etapes = [
        Etape(cle, timezone.now(), projet.saisi_par, champs_de(PARCOURS.transition(cle))) for cle in CHEMINS[etat]
    ]
    rejouer([Histoire(projet, etapes)], projet.saisi_par, "Essai")
    projet.mesures.set(mesures or [MesureFactory()])
    return projet


class PorteurFactory(DjangoModelFactory):
    class Meta:
        model = models.Porteur

    personne = factory.SubFactory(UtilisateurFactory)
    projet = factory.SubFactory(ProjetFactory)
    qualite = QualitePorteur.REDACTION


class EtiquetteFactory(DjangoModelFactory):
    class Meta:
        model = models.Etiquette

    region = factory.SubFactory(RegionFactory)
    nom = factory.Sequence(lambda n: f"Étiquette {n}")


class FreinFactory(DjangoModelFactory):
    class Meta:
        model = models.Frein

    projet = factory.SubFactory(ProjetFactory)
    regle = factory.Sequence(lambda n: f"Règle {n}")


class JalonFactory(DjangoModelFactory):
    class Meta:
        model = models.Jalon

    projet = factory.SubFactory(ProjetFactory)
    titre = factory.Sequence(lambda n: f"Étape {n}")
    prevu_le = datetime.date(2027, 1, 1)


class IndicateurFactory(DjangoModelFactory):
    class Meta:
        model = models.Indicateur

    projet = factory.SubFactory(ProjetFactory)
    nom = factory.Sequence(lambda n: f"Indicateur {n}")
    cible = Decimal("10.00")


class ReleveFactory(DjangoModelFactory):
    class Meta:
        model = models.Releve

    indicateur = factory.SubFactory(IndicateurFactory)
    date = datetime.date(2026, 1, 1)
    valeur = Decimal("5.00")


class PropositionFactory(DjangoModelFactory):
    class Meta:
        model = models.PropositionDeFiche

    projet = factory.SubFactory(ProjetFactory)
    auteur = factory.SubFactory(UtilisateurFactory)
    avant = factory.LazyFunction(lambda: {"contexte": ""})
    valeurs = factory.LazyFunction(lambda: {"contexte": "Proposé."})


class ActualisationFactory(DjangoModelFactory):
    """In preparation."""

    class Meta:
        model = models.Actualisation

    projet = factory.LazyFunction(lambda: projet_en(EtatProjet.INSCRIT))
    saisi_par = factory.SubFactory(UtilisateurFactory)
    avant = factory.LazyFunction(lambda: {"contexte": "Un contexte."})
    valeurs = factory.LazyFunction(lambda: {"contexte": "Nouveau."})


ETAPES = {
    EtatActualisation.PREPARATION: (),
    EtatActualisation.SOUMISE: ("soumettre",),
    EtatActualisation.ACCEPTEE: ("soumettre", "accepter"),
    EtatActualisation.REFUSEE: ("soumettre", "refuser"),
    EtatActualisation.APPLIQUEE: ("appliquer",),
    EtatActualisation.RETIREE: ("retirer",),
}


def actualisation_en(etat, projet, valeurs, avant=None, saisi_par=None):
    """Return an actualisation in a state, with its journal; the fiche holds it where the state says so."""
    avant = avant or du_projet(projet, list(valeurs))
    saisi_par = saisi_par or UtilisateurFactory()
    une = models.Actualisation(projet=projet, saisi_par=saisi_par, avant=avant, valeurs=valeurs)
    pas = [
        Etape(cle, timezone.now(), saisi_par, champs_de(PARCOURS_D_ACTUALISATION.transition(cle)))
        for cle in ETAPES[etat]
    ]
    rejouer([Histoire(une, pas)], saisi_par, "Essai")
    if etat in EtatActualisation.ecrites():
        une.projet = models.Projet.objects.get(pk=projet.pk)
        if une.version:
            une.projet.version_fiche = une.version
        ecrire_dans_la_fiche(une.projet, valeurs, "Essai", saisi_par)
    return une


class VueFactory(DjangoModelFactory):
    class Meta:
        model = models.VueDeProjets

    personne = factory.SubFactory(UtilisateurFactory)
    nom = factory.Sequence(lambda n: f"Vue {n}")
    question = "etat=inscrit"
