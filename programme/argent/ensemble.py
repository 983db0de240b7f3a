"""Several lines programmed by one decision: seen first, then done, all of them or none."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from comptes.parcours import passer, permises_parmi, refus
from programme.argent.ecritures import est_imputable, verrouiller
from programme.argent.parcours import PARCOURS
from programme.models import Dotation
from programme.montants import total

PROGRAMMER = PARCOURS.transition("programmer")


@dataclass
class Apercu:
    """What would happen of [(line, amount in euros)] on a share, before anything is written."""

    dotation: Dotation
    passent: list = field(default_factory=list)
    # [(line, amount, why not, in a sentence)]
    refusees: list = field(default_factory=list)

    @property
    def total(self):
        return total(montant for _, montant in self.passent)

    @property
    def reste(self):
        """What is left today; None when the amount is unknown."""
        montant = self.dotation.montant
        return None if montant is None else total([montant, -self.dotation.charge])

    @property
    def laisse(self):
        """What would be left; negative when it is too much, None when the amount is unknown."""
        return None if self.reste is None else total([self.reste, -self.total])

    @property
    def depasse(self):
        """How much too much, in euros; zero when it fits."""
        return max(-self.laisse, Decimal(0)) if self.laisse is not None else Decimal(0)

    @property
    def est_bloque(self):
        return bool(self.depasse and self.dotation.est_un_plafond)


def apercu(choix, dotation, personne):
    """Return the `Apercu` of [(line, amount in euros)], for who would programme them: nothing is written."""
    vu = Apercu(dotation)
    permises = permises_parmi([ligne for ligne, _ in choix], personne)
    for ligne, montant in choix:
        raison = _pourquoi(ligne, montant, dotation, permises[ligne.pk])
        if raison:
            vu.refusees.append((ligne, montant, raison))
        else:
            vu.passent.append((ligne, montant))
    return vu


def _pourquoi(ligne, montant, dotation, permises):
    if raison := refus(ligne, PROGRAMMER, permises):
        return f"{raison[:1].upper()}{raison[1:]}"
    if ligne.etat not in PROGRAMMER.de:
        return f"Il est « {ligne.etat_dit.lower()} »."
    if not montant or montant < 0:
        return "Son montant est à écrire."
    if not est_imputable(ligne, dotation):
        return f"Il ne s'impute pas sur « {dotation} »."
    return " ".join(manque.message for exigence in PROGRAMMER.exige for manque in exigence(ligne))


@transaction.atomic
def programmer_en_nombre(choix, dotation, par, **decision):
    """Programme [(line, amount in euros)] on a share; `decision`: authority, date, act. Returns the movements.

    Raises what `passer` raises for the first that can't be: nothing is done then. All are locked first, by key: two
    lists that cross wait for one another.
    """
    verrouiller([ligne for ligne, _ in choix], {dotation.pk})
    champs = {"dotation": dotation, **decision}
    return [passer(ligne, "programmer", par, montant=montant, **champs) for ligne, montant in choix]
