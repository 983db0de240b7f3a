"""Sums of money read from the journal, by what they are grouped by, at a date. Amounts are in euros.

*Situation au*: what was decided by that day. *Telle que connue au*: what was entered here by that one.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.db.models import Case, Count, F, Max, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf, TruncDate

from programme.argent.enums import NatureFinancement
from programme.models import Exercice, Mesure, Mouvement, Projet
from programme.montants import RIEN, somme, total

PLUSIEURS, HORS_FICHE, SANS_MESURE = "Plusieurs besoins", "Hors fiche-action", "Sans mesure"
# Below, a sum would tell what one of them got.
PROJETS_MIN, PORTEURS_MIN = 5, 3
MILLION = Decimal(1_000_000)


def _par_besoin(mouvements):
    """Group by the need of the project: its money counts once, whatever the number of its measures."""
    siens = Mesure.objects.filter(projets=OuterRef("financement__projet")).order_by().values("projets")
    premier = siens.annotate(nom=Min("besoin__nom")).values("nom")
    dernier = siens.annotate(nom=Max("besoin__nom")).values("nom")
    groupe = Case(
        When(financement__projet=None, then=Value(HORS_FICHE)),
        When(~Q(premier=F("dernier")), then=Value(PLUSIEURS)),
        default=Coalesce(F("premier"), Value(SANS_MESURE)),
    )
    return mouvements.annotate(premier=Subquery(premier), dernier=Subquery(dernier)).annotate(groupe=groupe)


class Axe(NamedTuple):
    """What sums are grouped by: how the address calls it, its words, the expression of the group."""

    cle: str
    mots: str
    chemin: str = ""


AXES = (
    Axe("enveloppe", "Enveloppe", "financement__enveloppe__nom"),
    Axe("region", "Région", "financement__region__nom"),
    Axe("besoin", "Besoin"),
    Axe("territoire", "Territoire"),
    Axe("annee", "Année", "dotation__exercice__annee"),
    Axe("nature", "Nature", "financement__nature"),
)


@dataclass
class Ligne:
    nom: str
    programme: Decimal = RIEN
    engage: Decimal = RIEN
    verse: Decimal = RIEN


class Restreints(NamedTuple):
    """The projects that the public tables leave out: how many; their total, to the million, when it tells nothing."""

    nombre: int
    total: Decimal | None


def axe(cle):
    """Return the `Axe` of this key; the first one for any other."""
    return next((un for un in AXES if un.cle == cle), AXES[0])


def situation(mouvements, au=None, connue_au=None):
    """Keep the movements decided by a day (`au`), and entered by another (`connue_au`)."""
    if connue_au:
        mouvements = mouvements.filter(saisie_le__date__lte=connue_au)
    if au:
        # What nobody had to decide took place when it was entered.
        mouvements = mouvements.annotate(decide_le=Coalesce("date", TruncDate("saisie_le"))).filter(decide_le__lte=au)
    return mouvements


def du_programme():
    """Return the movements of the programme's envelopes: other funders are told in the plans of the projects only."""
    return Mouvement.objects.filter(financement__enveloppe__isnull=False)


def publics():
    """Return those that anyone may read, in sums: of the public projects, and without any fiche-action."""
    montres = Projet.objects.publics().filter(montants_secrets=False)
    return du_programme().filter(
        Q(financement__projet=None) | Q(financement__projet__in=montres.order_by().values("pk"))
    )


def lignes(mouvements, par):
    """Return [`Ligne`] of the sums by an `Axe`, and their total: one query."""
    mouvements = mouvements.order_by()
    if par.cle == "besoin":
        mouvements = _par_besoin(mouvements)
    elif par.cle == "territoire":
        mouvements = mouvements.annotate(
            groupe=Coalesce("financement__projet__territoire__nom", "financement__territoire__nom")
        )
    else:
        mouvements = mouvements.annotate(groupe=F(par.chemin))
    sommes = mouvements.values("groupe").annotate(p=somme("programme"), e=somme("engage"), v=somme("verse"))
    lues = [Ligne(_nommer(par, une["groupe"]), une["p"], une["e"], une["v"]) for une in sommes]
    return sorted((ligne for ligne in lues if ligne.programme or ligne.engage or ligne.verse), key=lambda une: une.nom)


def totaliser(lues):
    return Ligne("Total", *(total(getattr(ligne, nom) for ligne in lues) for nom in ("programme", "engage", "verse")))


def ouverts():
    """Return {envelope: (opened in AE, or None when nothing is known, years of which it is)}."""
    par_enveloppe = defaultdict(list)
    for exercice in Exercice.objects.exclude(ouvert_ae=None).order_by("annee"):
        par_enveloppe[exercice.enveloppe_id].append(exercice)
    return {
        cle: (total(exercice.ouvert_ae for exercice in exercices), [exercice.annee for exercice in exercices])
        for cle, exercices in par_enveloppe.items()
    }


def restreints(au=None):
    """Return the `Restreints`: of the programmed or awarded money of the projects that are not shown."""
    chiffres = situation(du_programme(), au).exclude(programme=0, engage=0)
    caches = chiffres.filter(financement__projet__isnull=False).exclude(pk__in=publics().values("pk"))
    siren = NullIf("financement__projet__porteur_siren", Value(""))
    porteur = Coalesce(siren, "financement__projet__porteur_nom")
    lus = caches.aggregate(
        projets=Count("financement__projet", distinct=True),
        porteurs=Count(porteur, distinct=True),
        p=somme("programme"),
        e=somme("engage"),
    )
    dits = lus["projets"] >= PROJETS_MIN and lus["porteurs"] >= PORTEURS_MIN
    montant = total([lus["p"], lus["e"]])
    arrondi = (montant / MILLION).quantize(Decimal(1), ROUND_HALF_UP) * MILLION
    return Restreints(lus["projets"], arrondi if dits else None)


def _nommer(par, groupe):
    if par.cle == "nature":
        return NatureFinancement(groupe).label
    return "Sans année" if groupe is None else str(groupe)
