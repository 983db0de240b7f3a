"""Envelopes, shares and lines of money for tests, in any state: reached by the table's own ways."""

import datetime
from decimal import Decimal

import factory
from django.core.files.base import ContentFile
from django.db import transaction
from factory.django import DjangoModelFactory

from comptes.parcours import passer
from programme import models
from programme.argent import faits, plafonds
from programme.argent.ecritures import compter_au_plan, subvention_de
from programme.argent.enums import AutoriteFinanciere, EtatFinancement, Financeur, GenreDotation, QualiteOperateur
from programme.argent.rapprochement import repere_de
from programme.documents_signes import joindre
from programme.enums import TypePiece
from tableurs.models import LotImport
from tests.factories import AdministrateurFactory, EnveloppeFactory, UtilisateurFactory
from tests.factories_pieces import PDF
from tests.factories_projets import ProjetFactory

LE = datetime.date(2026, 1, 15)
# Hauts-de-France, as the pilot of the cast.
PILOTE = "32"
# What may be typed for any transition; `champs_d_argent` keeps what each one asks.
CHAMPS = {
    "montant": Decimal("1000.00"),
    "autorite": AutoriteFinanciere.OPERATEUR,
    "date": LE,
    "acte": "Convention 2026-1",
    "motif": "Un motif.",
    "genre_versement": "acompte",
    "exercice": 2026,
}
E_ = EtatFinancement
# The shortest way to each state.
CHEMINS = {
    E_.A_SOLLICITER: (),
    E_.SOLLICITE: ("solliciter",),
    E_.INSTRUCTION: ("solliciter", "instruire"),
    E_.PROGRAMME: ("programmer",),
    E_.ATTRIBUE: ("attribuer",),
    E_.VERSEMENT: ("attribuer", "verser"),
    E_.SOLDE: ("attribuer", "solder"),
    E_.REFUSE: ("solliciter", "refuser"),
    E_.RETIRE: ("retirer",),
    E_.CADUC: ("attribuer", "declarer-caduc"),
    E_.ANNULE: ("attribuer", "annuler"),
}


class OperateurFactory(DjangoModelFactory):
    class Meta:
        model = models.Operateur

    personne = factory.SubFactory(UtilisateurFactory)
    enveloppe = factory.SubFactory(EnveloppeFactory)
    qualite = QualiteOperateur.DECISION
    du = datetime.date(2020, 1, 1)


class ExerciceFactory(DjangoModelFactory):
    class Meta:
        model = models.Exercice

    enveloppe = factory.SubFactory(EnveloppeFactory)
    annee = 2026


class DotationFactory(DjangoModelFactory):
    """A region's share, of an unknown amount: `fixer` gives it one."""

    class Meta:
        model = models.Dotation

    exercice = factory.SubFactory(ExerciceFactory)
    region_id = PILOTE


class FinancementFactory(DjangoModelFactory):
    """Asked of an envelope for a project, not sent yet."""

    class Meta:
        model = models.Financement

    projet = factory.SubFactory(ProjetFactory)
    financeur = Financeur.ENVELOPPE
    enveloppe = factory.SubFactory(EnveloppeFactory)
    region_id = PILOTE
    demande = Decimal("1000.00")
    retenu = factory.SelfAttribute("demande")
    saisi_par = factory.SubFactory(UtilisateurFactory)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        ligne = super()._create(model_class, *args, **kwargs)
        if ligne.projet_id:
            compter(ligne)
        return ligne


def compter(ligne):
    """Add a line that was just made to the sources of its project, as `demandes.enregistrer` does."""
    with transaction.atomic():
        compter_au_plan(ligne.projet_id, ligne.retenu, subvention_de(ligne), False)


def plafond(montant, dotation=None, genre=GenreDotation.PLAFOND, par=None, **champs):
    """Return a share set at an amount by the national team."""
    dotation = dotation or DotationFactory(**champs)
    acte = models.ActeDeDotation(
        genre=genre, montant=None if montant is None else Decimal(montant), autorite=AutoriteFinanciere.NATION, date=LE
    )
    return plafonds.fixer(dotation, acte, par or AdministrateurFactory())


def champs_d_argent(transition, **autres):
    """Return what a transition asks, as the table says."""
    demandes = {*transition.champs}
    if transition.decision:
        demandes |= {"autorite", "date", "acte"}
    if transition.motif:
        demandes.add("motif")
    champs = {nom: CHAMPS[nom] for nom in demandes} | autres
    genre = {"solder": "solde", "reverser": "reversement"}.get(transition.cle)
    return champs | ({"genre_versement": genre} if genre else {})


def dotation_pour(ligne):
    """Return the share of the region that a line draws on, made when there is none."""
    ou = {"region_id": ligne.region_id, "exercice__enveloppe": ligne.enveloppe}
    return models.Dotation.objects.filter(territoire=None, **ou).first() or DotationFactory(**ou)


def avancer(ligne, cle, par=None, **autres):
    """Move a line as an administrator would. Returns its movement."""
    transition = ligne.parcours.transition(cle)
    if ligne.enveloppe_id and cle in ("programmer", "attribuer") and "dotation" not in autres:
        autres["dotation"] = ligne.dotation or dotation_pour(ligne)
    return passer(ligne, transition, par or AdministrateurFactory(), **champs_d_argent(transition, **autres))


def ligne_en(etat, **champs):
    """Return a line in a state."""
    autres = {"dotation": champs.pop("dotation")} if "dotation" in champs else {}
    ligne = FinancementFactory(**champs)
    for cle in CHEMINS[etat]:
        avancer(ligne, cle, **autres)
    ligne.refresh_from_db()
    return ligne


class OuvertureFactory(DjangoModelFactory):
    class Meta:
        model = models.Ouverture

    exercice = factory.SubFactory(ExerciceFactory)
    genre = "initiale"
    ae = Decimal("1000000.00")
    date = LE
    acte = "Loi de finances"
    saisie_par = factory.SubFactory(UtilisateurFactory)


class PropositionFactory(DjangoModelFactory):
    class Meta:
        model = models.PropositionDeDotation

    exercice = factory.SubFactory(ExerciceFactory)
    region_id = PILOTE
    montant = Decimal("1000.00")
    motif = "Deux projets attendent."
    proposee_par = factory.SubFactory(UtilisateurFactory)


def hors_fiche(territoire, **champs):
    """Return a line that goes to a company of a territory, without any project."""
    return FinancementFactory(projet=None, territoire=territoire, beneficiaire_siret="55210055400013", **champs)


def versement_prevu(ligne, exercice=2027, montant="100.00"):
    return models.VersementPrevu.objects.create(financement=ligne, exercice=exercice, montant=Decimal(montant))


def document_joint(ligne, par=None, nom="convention.pdf", remplace=None):
    return joindre(ligne, par or UtilisateurFactory(), ContentFile(PDF, nom), TypePiece.PDF, remplace)


def ecart_de(projet, enveloppe):
    """Return an act beyond what its share has left, ten euros, kept apart."""
    ligne = ligne_en(E_.SOLLICITE, projet=projet, enveloppe=enveloppe)
    dotation = dotation_pour(ligne)
    plafond(dotation.charge + 10, dotation=dotation)
    attribuer = ligne.parcours.transition("attribuer")
    champs = champs_d_argent(attribuer, dotation=dotation)
    return faits.enregistrer_un_fait(ligne, "attribuer", AdministrateurFactory(), **champs)


def sommes(ligne):
    """Return (programmé, engagé, versé) as they are written."""
    ligne.refresh_from_db()
    return ligne.programme, ligne.engage, ligne.verse


class LotFactory(DjangoModelFactory):
    """A file that an operator brought in, applied."""

    class Meta:
        model = LotImport

    ressource = "argent"
    nom_fichier = "suivi.csv"
    empreinte = "0" * 64
    taille = 1


class FaitImporteFactory(DjangoModelFactory):
    """An award that waits."""

    class Meta:
        model = models.FaitImporte

    enveloppe = factory.SubFactory(EnveloppeFactory)
    lot = factory.SubFactory(LotFactory)
    genre = "attribution"
    dossier = "D-1"
    repere = factory.LazyAttribute(lambda fait: repere_de(fait.dossier, "", "", None))
    empreinte = factory.Sequence(lambda rang: f"empreinte-{rang}")
    montant = Decimal("1000.00")
    date = LE
    acte = "CONV-1"
    autorite = AutoriteFinanciere.OPERATEUR
    ligne = 2
    raison = "Aucun financement de cette enveloppe n'a ce numéro de dossier."
