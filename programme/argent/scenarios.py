"""Scenarios: who could receive what, what it leaves, how two differ, and programming one. Amounts are in euros."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from comptes.parcours import TransitionImpossible
from programme.argent.ensemble import apercu, programmer_en_nombre
from programme.argent.enums import EtatFinancement
from programme.models import Financement, LigneDeScenario, Scenario
from programme.montants import RIEN, somme, total

LU_AVEC = ("projet__territoire", "territoire", "enveloppe", "region")
ORDRE = "etat_depuis", "pk"


class ChangeEntreTemps(TransitionImpossible):
    """Somebody saved it in the meantime."""


@dataclass
class Bilan:
    """What a scenario gives, and what it leaves of its share."""

    scenario: Scenario
    total: Decimal
    nombre: int

    @property
    def reste(self):
        """What the share has today; None when its amount is unknown."""
        dotation = self.scenario.dotation
        return None if dotation.montant is None else total([dotation.montant, -dotation.charge])

    @property
    def laisse(self):
        return None if self.reste is None else total([self.reste, -self.total])

    @property
    def jauge(self):
        """Return (carried, this scenario) in thousandths of the share, within it; None when its amount is unknown."""
        dotation = self.scenario.dotation
        if not dotation.montant:
            return None
        porte = min(1000, round(1000 * dotation.charge / dotation.montant))
        return porte, min(1000 - porte, round(1000 * self.total / dotation.montant))


def bilan(scenario):
    lignes = scenario.lignes.aggregate(montants=somme("montant"))
    return Bilan(scenario, lignes["montants"], scenario.lignes.count())


def candidats(scenario, personne):
    """Return the keys of the lines that it could give to: of its envelope and place, undecided; the oldest first.

    Keys only: asking the rule takes longer than the rest, and a page is counted and cut from them.
    """
    dotation = scenario.dotation
    lignes = Financement.objects.visibles_par(personne).filter(
        enveloppe=dotation.exercice.enveloppe_id, etat__in=EtatFinancement.avant_decision()
    )
    if dotation.region_id:
        lignes = lignes.filter(region=dotation.region_id)
    if dotation.territoire_id:
        lignes = lignes.filter(projet__territoire=dotation.territoire_id)
    return list(lignes.order_by(*ORDRE).values_list("pk", flat=True))


def lignes_de(cles):
    return list(Financement.objects.filter(pk__in=cles).select_related(*LU_AVEC).order_by(*ORDRE))


@transaction.atomic
def enregistrer(scenario, montants, revision, par):
    """Keep what it gives to some lines: {line: amount, or None for nothing}. The others stay as they are.

    Raises `ChangeEntreTemps`, `PermissionDenied`.
    """
    lu = _verrouiller(scenario, par)
    if lu.revision != revision:
        raise ChangeEntreTemps("Quelqu'un a enregistré ce scénario entre-temps : relisez-le, puis recommencez.")
    LigneDeScenario.objects.filter(scenario=lu, financement__in=montants).delete()
    LigneDeScenario.objects.bulk_create(
        LigneDeScenario(scenario=lu, financement=ligne, montant=montant)
        for ligne, montant in montants.items()
        if montant
    )
    lu.revision += 1
    lu.save()
    return lu


@transaction.atomic
def dupliquer(scenario, par):
    """Return a copy, to be changed: the first one stays."""
    copie = Scenario.objects.create(
        dotation=scenario.dotation, nom=f"{scenario.nom} (copie)"[:100], notes=scenario.notes, saisi_par=par
    )
    LigneDeScenario.objects.bulk_create(
        LigneDeScenario(scenario=copie, financement_id=ligne.financement_id, montant=ligne.montant)
        for ligne in scenario.lignes.all()
    )
    return copie


def choix_de(scenario):
    """Return [(line, amount)] that it gives."""
    lignes = scenario.lignes.select_related(*(f"financement__{nom}" for nom in LU_AVEC))
    return [(ligne.financement, ligne.montant) for ligne in lignes]


def prevoir(scenario, personne):
    """Return what programming it would do (`ensemble.Apercu`): nothing is written."""
    return apercu(choix_de(scenario), scenario.dotation, personne)


@transaction.atomic
def programmer(scenario, par, **decision):
    """Programme all that it gives, or nothing. Raises what `programmer_en_nombre` raises."""
    lu = _verrouiller(scenario, par)
    choix = choix_de(lu)
    if not choix:
        raise TransitionImpossible("Ce scénario ne donne rien : choisissez d'abord des demandes.")
    mouvements = programmer_en_nombre(choix, lu.dotation, par, **decision)
    lu.converti_le, lu.converti_par = timezone.now(), par
    lu.save()
    return mouvements


def comparer(un, autre):
    """Return [(line, amount in one, amount in the other, difference)]: only what differs comes first."""
    ici, la = dict(choix_de(un)), dict(choix_de(autre))
    lignes = {**ici, **la}
    differences = [
        (ligne, ici.get(ligne, RIEN), la.get(ligne, RIEN), total([la.get(ligne, RIEN), -ici.get(ligne, RIEN)]))
        for ligne in lignes
    ]
    return sorted(differences, key=lambda une: (une[3] == 0, une[0].pk))


def _verrouiller(scenario, par):
    lu = Scenario.objects.select_for_update(of=("self",)).select_related("dotation").get(pk=scenario.pk)
    if lu.converti_le:
        raise TransitionImpossible("Ce scénario est déjà programmé.")
    if not Scenario.objects.modifiables_par(par).filter(pk=lu.pk).exists():
        raise PermissionDenied
    return lu
