"""A task, and where tasks come from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Exists

from comptes.acces import aujourdhui
from pilotage.mes_territoires import compte

# What was sent or asked is answered within a week.
DELAI = timedelta(days=7)
# Of each source; the count says them all.
PHRASES_MAX = 50
INSECABLE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Tache:
    """A sentence that is a link. `depuis`: since when it waits; `echeance`: the last day; None when there is none."""

    phrase: str
    adresse: str
    depuis: date | None = None
    echeance: date | None = None

    @property
    def attente(self):
        """« depuis 12 jours », « depuis hier », « aujourd'hui »; "" when it isn't known."""
        if self.depuis is None:
            return ""
        jours = (aujourdhui() - self.depuis).days
        if jours < 1:
            return "depuis aujourd'hui"
        return "depuis hier" if jours == 1 else f"depuis {jours}{INSECABLE}jours"


class Source(NamedTuple):
    """What may await people. `lignes(personne)`: the rows; `dire(ligne)`: the task of one.

    `resumer(nombre)`: one task for all the rows, when there are more than `seuil` of them. `modeles`: those on whose
    rows they depend, when each of them has a history.
    """

    lignes: Callable
    dire: Callable
    resumer: Callable | None = None
    modeles: tuple = ()
    seuil: int = 1

    def taches(self, personne):
        lignes = list(self.lignes(personne)[:PHRASES_MAX])
        if self.resumer and len(lignes) > self.seuil:
            return [self.resumer(self.lignes(personne).count() if len(lignes) == PHRASES_MAX else len(lignes))]
        return [self.dire(ligne) for ligne in lignes]

    def colonne(self, personne):
        """Return what counts its rows in a query: whether there is any, when one sentence says them all."""
        lignes = self.lignes(personne)
        return Exists(lignes) if self.resumer and self.seuil == 1 else compte(lignes)

    def phrases(self, combien):
        """Return how many sentences say so many rows."""
        return 1 if self.resumer and combien > self.seuil else int(combien)
