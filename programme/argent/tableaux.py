"""Sums of money read from the journal, by what they are grouped by, at a date. Amounts are in euros.

*Situation au*: what was decided by that day. *Telle que connue au*: what was entered here by that one.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.db.models import Count, Q, Value
from django.db.models.functions import Coalesce, NullIf, TruncDate

from programme.argent.axes import AXES
from programme.models import Exercice, Mouvement, Projet
from programme.montants import RIEN, somme, total
from tableurs.francais import normaliser

# Below, a sum would tell what one of them got.
PROJETS_MIN, PORTEURS_MIN = 5, 3
MILLION = Decimal(1_000_000)


@dataclass
class Ligne:
    """The sums of a group. `attribue`: by the acts that awarded; `engage`: after what changed it since."""

    cle: str | int | None = None
    nom: str = ""
    programme: Decimal = RIEN
    attribue: Decimal = RIEN
    engage: Decimal = RIEN
    verse: Decimal = RIEN


class Restreints(NamedTuple):
    """The projects that the public tables leave out: how many; their total, to the million, when it tells nothing."""

    nombre: int
    total: Decimal | None


def situation(mouvements, au=None, connue_au=None):
    """Keep the movements decided by a day (`au`), and entered by another (`connue_au`)."""
    if connue_au:
        mouvements = mouvements.filter(saisie_le__date__lte=connue_au)
    if au:
        # What nobody had to decide took place when it was entered.
        mouvements = mouvements.annotate(decide_le=Coalesce("date", TruncDate("saisie_le"))).filter(decide_le__lte=au)
    return mouvements


def du_programme(mouvements):
    """Keep the movements of the programme's envelopes: other funders are told in the plans of the projects only."""
    return mouvements.filter(financement__enveloppe__isnull=False)


def publics():
    """Return those that anyone may read, in sums: of the public projects, and without any fiche-action."""
    montres = Projet.objects.publics().filter(montants_secrets=False)
    return du_programme(Mouvement.objects).filter(
        Q(financement__projet=None) | Q(financement__projet__in=montres.order_by().values("pk"))
    )


def lignes(mouvements, axe, aussi=()):
    """Return [`Ligne`] of the sums by an `Axe`, in the order of their names: three queries at most.

    `aussi`: keys of groups that are shown though nothing draws on them.
    """
    montants = axe.sommer(
        mouvements,
        p=somme("programme"),
        a=somme("engage", filter=Q(transition="attribuer")),
        e=somme("engage"),
        v=somme("verse"),
    )
    noms = axe.noms()
    retenues = {*aussi, *(cle for cle, lus in montants.items() if any(lus))}
    return sorted((Ligne(cle, axe.nommer(cle, noms), *montants.get(cle, ())) for cle in retenues), key=_ordre)


def totaliser(lues):
    noms = "programme", "attribue", "engage", "verse"
    return Ligne("", "Total", *(total(getattr(ligne, nom) for ligne in lues) for nom in noms))


def _ordre(ligne):
    return normaliser(ligne.nom)


def sommes_publiques(au):
    """Yield (axis, key, name, programmé, attribué, versé) of each public group, at a date: one way after the other."""
    mouvements = situation(publics(), au)
    for axe in AXES:
        for une in lignes(mouvements, axe):
            yield axe.cle, une.cle, une.nom, une.programme, une.engage, une.verse


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
    chiffres = situation(du_programme(Mouvement.objects), au).exclude(programme=0, engage=0)
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
