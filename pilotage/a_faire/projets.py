"""What awaits about projects: the region examines and decides, the team completes, carries out."""

from django.db.models import Exists, F, Min, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from comptes.acces import aujourdhui
from comptes.models import Utilisateur
from pilotage.a_faire.taches import DELAI, INSECABLE, Source, Tache
from programme.delais import dernier_jour
from programme.enums import EtatActualisation, EtatProjet, QualitePorteur
from programme.models import (
    Actualisation,
    Avis,
    Comite,
    Decision,
    Jalon,
    PointDeComite,
    Porteur,
    Projet,
    PropositionDeFiche,
)
from tableurs.francais import jour
from territoires.enums import QualiteTerritoriale
from territoires.models import (
    ActeurLocal,
    EtatTerritorial,
    Inscription,
    Liste,
    Perimetre,
    PiloteRegional,
    regions_decidees_par,
    territoires_de_l_equipe,
    territoires_pilotes_par,
)

# Beyond, one sentence says them all, and opens the list.
PHRASES_PAR_ETAT = 10


def sources():
    regle = (Projet, PiloteRegional, ActeurLocal, Porteur, Inscription, Liste)
    return (
        _par_etat(_de_la_region, EtatProjet.TRANSMIS, "attend d'être examiné", "attendent d'être examinés", regle),
        _par_etat(_de_la_region, EtatProjet.INSTRUCTION, "attend une décision", "attendent une décision", regle),
        _par_etat(_de_l_equipe, EtatProjet.A_COMPLETER, "est à compléter", "sont à compléter", regle),
        _par_etat(_de_l_equipe, EtatProjet.PREPARATION, "est en préparation", "sont en préparation", regle),
        _par_etat(
            _a_valider,
            EtatProjet.PREPARATION,
            "attend la validation locale : notez la vôtre",
            "attendent la validation locale : notez la vôtre",
            regle,
        ),
        Source(
            _avis_attendus,
            _dire_avis_attendu,
            _resumer_avis,
            (Avis, Comite, PointDeComite, Perimetre, EtatTerritorial, *regle),
            PHRASES_PAR_ETAT,
            "etat_depuis",
        ),
        Source(_releves, _dire_releve, modeles=(Comite, PiloteRegional)),
        Source(_propositions, _dire_proposition, modeles=(PropositionDeFiche, Utilisateur, *regle)),
        Source(_actualisations, _dire_actualisation, modeles=(Actualisation, *regle)),
        Source(_reserves, _dire_reserve, modeles=regle),
        Source(_jalons, _dire_jalon, modeles=(Jalon, *regle)),
    )


def _de_la_region(personne):
    """Those that a person examines for the region: an administrator may too, but nothing awaits them there."""
    pilotes = Projet.objects.filter(territoire__in=territoires_pilotes_par(personne))
    return pilotes.filter(archive_le=None).saisis_par_d_autres(personne)


def _de_l_equipe(personne):
    """Those that a person writes, for the territory or as their porteur."""
    siens = territoires_de_l_equipe(personne, QualiteTerritoriale.redigent())
    portes = Porteur.objects.de(personne).filter(qualite=QualitePorteur.REDACTION).values("projet")
    return Projet.objects.filter(Q(territoire__in=siens) | Q(pk__in=portes), archive_le=None)


def _a_valider(personne):
    """Those of which a person says that they are validated, and that they don't write: others prepare them already."""
    valident = set(QualiteTerritoriale.valident()) - set(QualiteTerritoriale.redigent())
    siens = territoires_de_l_equipe(personne, valident)
    return Projet.objects.filter(territoire__in=siens, validation_locale_le=None, archive_le=None)


def _nom(projet):
    return f"Le projet {projet.numero} « {projet.titre} »" if projet.numero else f"Le projet « {projet.titre} »"


def _au_plus_tard(le):
    return f", au plus tard le {jour(le)}" if le else ""


def _par_etat(chez, etat, au_singulier, au_pluriel, modeles):
    """Return the source of the projects in a state, that wait with somebody."""

    def lignes(personne):
        return chez(personne).filter(etat=etat).order_by("etat_depuis", "pk")

    def dire(projet):
        depuis, avant = timezone.localdate(projet.etat_depuis), dernier_jour(projet)
        return Tache(f"{_nom(projet)} {au_singulier}{_au_plus_tard(avant)}", projet.get_absolute_url(), depuis, avant)

    def resumer(combien):
        adresse = f"{reverse('projets')}?{urlencode({'miens': 'on', 'etat': etat, 'tri': 'depuis'})}"
        return Tache(f"{combien}{INSECABLE}projets {au_pluriel}", adresse)

    return Source(lignes, dire, resumer, modeles, PHRASES_PAR_ETAT)


def _avis_attendus(personne):
    """For the State: examined, and none of the authorities for which a person acts has said anything of it."""
    etat = EtatTerritorial.objects.de(personne)
    donnes = Avis.objects.courants().filter(
        Q(region__in=etat.values("region")) | Q(departement__in=etat.values("departement")), projet=OuterRef("pk")
    )
    comites = PointDeComite.objects.filter(projet=OuterRef("pk"), comite__clos_le=None).order_by()
    premier = comites.values("projet").annotate(date=Min("comite__date")).values("date")
    return (
        Projet.objects.avisables_par(personne)
        .filter(~Exists(donnes), etat=EtatProjet.INSTRUCTION)
        .annotate(comite_le=Subquery(premier))
        .order_by(F("comite_le").asc(nulls_last=True), "etat_depuis", "pk")
    )


def _dire_avis_attendu(projet):
    avant = projet.comite_le or dernier_jour(projet)
    quand = _au_plus_tard(avant)
    if projet.comite_le:
        a_lieu = "avait lieu" if projet.comite_le < aujourdhui() else "a lieu"
        quand = f", le comité {a_lieu} le {jour(projet.comite_le)}"
    depuis = timezone.localdate(projet.etat_depuis)
    phrase = f"{_nom(projet)} attend votre avis{quand}"
    return Tache(phrase, reverse("projet_avis", args=[projet.cle]), depuis, avant)


def _resumer_avis(combien):
    adresse = f"{reverse('projets')}?{urlencode({'miens': 'on', 'etat': EtatProjet.INSTRUCTION, 'tri': 'depuis'})}"
    return Tache(f"{combien}{INSECABLE}projets attendent votre avis", adresse)


def _releves(personne):
    """Of committees that were held: their record is to be settled."""
    siens = Comite.objects.filter(region__in=regions_decidees_par(personne), clos_le=None, date__lt=aujourdhui())
    return siens.select_related("region").order_by("date", "pk")


def _dire_releve(comite):
    return Tache(f"{comite}{INSECABLE}: le relevé de décisions est à arrêter", comite.get_absolute_url(), comite.date)


def _propositions(personne):
    """Of porteurs, for the team that writes the fiche."""
    en_attente = PropositionDeFiche.objects.modifiables_par(personne).filter(
        projet__in=_de_l_equipe(personne).values("pk")
    )
    return en_attente.select_related("auteur", "projet").order_by("ecrite_le", "pk")


def _dire_proposition(proposition):
    phrase = f"{proposition.auteur} propose des changements à la fiche « {proposition.projet.titre} »"
    depuis = timezone.localdate(proposition.ecrite_le)
    return Tache(phrase, proposition.get_absolute_url(), depuis, depuis + DELAI)


def _actualisations(personne):
    """Submitted, for the region, but to who proposed them; in preparation, for the team that writes the fiche."""
    suivis = Q(projet__etat__in=EtatProjet.suivis(), projet__archive_le=None)
    saisies = Actualisation.objects.saisis_par(personne).values("pk")
    soumises = Q(etat=EtatActualisation.SOUMISE, projet__territoire__in=territoires_pilotes_par(personne))
    redigent = territoires_de_l_equipe(personne, QualiteTerritoriale.redigent())
    equipe = Q(etat=EtatActualisation.PREPARATION, projet__territoire__in=redigent)
    siennes = Actualisation.objects.filter(suivis, equipe | (soumises & ~Q(pk__in=saisies)))
    return siennes.select_related("projet").order_by("etat_depuis", "pk")


def _dire_actualisation(actualisation):
    depuis = timezone.localdate(actualisation.etat_depuis)
    soumise = actualisation.etat == EtatActualisation.SOUMISE
    suite = "attend une décision" if soumise else "est en préparation"
    phrase = f"{_nom(actualisation.projet)}{INSECABLE}: son actualisation {suite}"
    return Tache(phrase, actualisation.get_absolute_url(), depuis)


def _reserves(personne):
    """Both await them: the team does what was asked, the region says that it is done."""
    derniere = Decision.objects.filter(projet=OuterRef("pk"), vers=EtatProjet.INSCRIT_RESERVE).order_by("-pk")
    siens = _de_la_region(personne) | _de_l_equipe(personne)
    return (
        siens.filter(etat=EtatProjet.INSCRIT_RESERVE)
        .annotate(echeance=Subquery(derniere.values("echeance")[:1]))
        .order_by("echeance", "pk")
    )


def _dire_reserve(projet):
    phrase = f"{_nom(projet)} est inscrit sous une réserve, à lever avant le {jour(projet.echeance)}"
    return Tache(phrase, projet.get_absolute_url(), timezone.localdate(projet.etat_depuis), projet.echeance)


def _jalons(personne):
    suivis = _de_l_equipe(personne).filter(etat__in=EtatProjet.suivis())
    return (
        Jalon.objects.filter(projet__in=suivis.values("pk"), atteint_le=None, prevu_le__lt=aujourdhui())
        .select_related("projet")
        .order_by("prevu_le", "pk")
    )


def _dire_jalon(jalon):
    phrase = f"{_nom(jalon.projet)}{INSECABLE}: l'étape « {jalon.titre} » était prévue le {jour(jalon.prevu_le)}"
    return Tache(phrase, jalon.projet.get_absolute_url(), echeance=jalon.prevu_le)
