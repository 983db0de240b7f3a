"""What whoever steers money has before their eyes: each share against what it carries, and what should worry them.

Amounts are in euros. The delays of the alerts are our own choice (ADR 0018).
"""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, F, Q

from comptes.acces import aujourdhui
from programme.argent.enums import EtatFinancement, NatureFinancement
from programme.models import Dotation, Ecart, Financement
from programme.montants import RIEN, somme, total

SEUIL = Decimal("0.9")
SANS_ACTE = timedelta(days=183)
SANS_VERSEMENT = timedelta(days=365)


@dataclass
class Part:
    """A share and what draws on it; `natures`: {nature: (programmé, engagé, versé)}."""

    dotation: Dotation
    programme: Decimal = RIEN
    engage: Decimal = RIEN
    verse: Decimal = RIEN
    natures: dict = field(default_factory=dict)
    sans_acte: int = 0
    sans_versement: int = 0
    ecarts: Decimal = RIEN

    @property
    def reste(self):
        """What may still be promised; None when the amount is unknown."""
        montant = self.dotation.montant
        return None if montant is None else total([montant, -self.dotation.charge])

    @property
    def taux(self):
        """How much of it is carried, in %; None when the amount is unknown or zero."""
        return 100 * self.dotation.charge / self.dotation.montant if self.dotation.montant else None

    @property
    def est_presque_epuisee(self):
        return bool(self.dotation.montant) and self.dotation.charge >= SEUIL * self.dotation.montant

    @property
    def est_depassee(self):
        """An aim only: a ceiling can't be."""
        return self.dotation.montant is not None and self.dotation.charge > self.dotation.montant

    @property
    def a_surveiller(self):
        return self.est_presque_epuisee or self.sans_acte or self.sans_versement or self.ecarts


def sans_acte():
    """Return the condition « programmed for six months, and no act »."""
    return Q(etat=EtatFinancement.PROGRAMME, etat_depuis__date__lte=aujourdhui() - SANS_ACTE)


def sans_versement():
    """Return the condition « committed for twelve months, and nothing paid »."""
    return Q(etat=EtatFinancement.ATTRIBUE, verse=0, etat_depuis__date__lte=aujourdhui() - SANS_VERSEMENT)


def parts(dotations):
    """Return the `Part` of each of `dotations`: three queries, however many they are."""
    dotations = dotations.select_related("exercice__enveloppe__region", "region", "territoire")
    lues = {dotation.pk: Part(dotation) for dotation in dotations}
    lignes = Financement.objects.filter(dotation__in=lues).order_by().values("dotation", "nature")
    sommes = lignes.annotate(
        programmes=somme("programme"),
        engages=somme("engage"),
        verses=somme("verse"),
        sans_acte=Count("pk", filter=sans_acte()),
        sans_versement=Count("pk", filter=sans_versement()),
    )
    for une in sommes:
        part = lues[une["dotation"]]
        chiffres = une["programmes"], une["engages"], une["verses"]
        part.natures[NatureFinancement(une["nature"])] = chiffres
        part.programme, part.engage, part.verse = (
            total(deux) for deux in zip((part.programme, part.engage, part.verse), chiffres, strict=True)
        )
        part.sans_acte += une["sans_acte"]
        part.sans_versement += une["sans_versement"]
    ecarts = Ecart.objects.filter(dotation__in=lues, regle_le=None).order_by().values("dotation")
    for un in ecarts.annotate(montants=somme("montant")):
        lues[un["dotation"]].ecarts = un["montants"]
    return list(lues.values())


def plafonds(dotations, axe):
    """Return {key of the group: (total of the known amounts, how many are unknown)} of shares, by an `Axe`: one query.

    A territory's share is taken out of its region's: they are never added together.
    """
    if not axe.part:
        return {}
    retenues = dotations.filter(territoire__isnull=axe.cle != "territoire").exclude(**{axe.part: None})
    lues = retenues.order_by().values(groupe=F(axe.part))
    lues = lues.annotate(montants=somme("montant"), inconnus=Count("pk", filter=Q(montant=None)))
    return {une["groupe"]: (une["montants"], une["inconnus"]) for une in lues}
