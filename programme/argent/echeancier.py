"""What is foreseen to be paid on a line, year by year, beside what was. Amounts are in euros."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from programme.argent.ecritures import MontantRefuse, verrouiller_par_cle
from programme.models import Financement
from programme.montants import RIEN, total
from tableurs.francais import montant as en_euros


@dataclass
class Annee:
    """`prevu`: None when nothing is foreseen."""

    exercice: int
    prevu: Decimal | None
    verse: Decimal


class Echeancier:
    """Of a line, from its foreseen payments and its journal."""

    def __init__(self, financement, prevus, mouvements):
        self.financement = financement
        prevus = {un.exercice: un.montant for un in prevus}
        verses = {}
        for mouvement in mouvements:
            if mouvement.exercice:
                verses.setdefault(mouvement.exercice, []).append(mouvement.verse)
        self.annees = [
            Annee(exercice, prevus.get(exercice), total(verses.get(exercice, [])))
            for exercice in sorted({*prevus, *verses})
        ]

    @property
    def est_prevu(self):
        return any(annee.prevu is not None for annee in self.annees)

    @property
    def prevu(self):
        return total(annee.prevu for annee in self.annees)

    @property
    def verse(self):
        return total(annee.verse for annee in self.annees)

    @property
    def depassement(self):
        """What is foreseen beyond what the line counts for, since it was lowered; zero when nothing is."""
        return max(total([self.prevu, -self.financement.retenu]), RIEN)


@transaction.atomic
def enregistrer(financement, prevus, par):
    """Replace what is foreseen by {year: amount}. Zero is nothing.

    Raises `MontantRefuse` beyond what the line counts for, `PermissionDenied`.
    """
    lue = verrouiller_par_cle(Financement, {financement.pk})[financement.pk]
    if not Financement.objects.planifiables_par(par).filter(pk=lue.pk).exists():
        raise PermissionDenied
    voulus = {exercice: montant for exercice, montant in prevus.items() if montant}
    somme = total(voulus.values())
    if somme > lue.retenu:
        raise MontantRefuse(
            f"Les versements prévus feraient {en_euros(somme)}, et ce financement compte pour "
            f"{en_euros(lue.retenu)} : c'est {en_euros(somme - lue.retenu)} de trop. "
            "Un montant demandé se change tant que rien n'est décidé ; ensuite, par un acte du financeur."
        )
    actuels = {un.exercice: un for un in lue.versements_prevus.all()}
    for exercice, prevu in actuels.items():
        if exercice not in voulus:
            prevu.delete()
    for exercice, montant in voulus.items():
        prevu = actuels.get(exercice) or lue.versements_prevus.model(financement=lue, exercice=exercice)
        if prevu.montant != montant:
            prevu.montant = montant
            prevu.save()
