"""A task, and where tasks come from."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Count, Exists, Min
from django.utils import timezone

from comptes.acces import aujourdhui
from pilotage.mes_territoires import compte
from tableurs.francais import jour

# What was sent or asked is answered within a week.
DELAI = timedelta(days=7)
# Of each source; the count says them all.
PHRASES_MAX = 50
INSECABLE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Tache:
    """A sentence that is a link. `depuis`: since when it waits; `echeance`: the last day; None when there is none.

    Of several rows (`plusieurs`), these are of the one that waits longest, and of the first that is expected.
    """

    phrase: str
    adresse: str
    depuis: date | None = None
    echeance: date | None = None
    plusieurs: bool = False

    @property
    def attente(self):
        """« depuis 12 jours », « depuis hier », « le plus ancien depuis hier »; "" when it isn't known."""
        if self.depuis is None:
            return ""
        jours = max((aujourdhui() - self.depuis).days, 0)
        depuis = {0: "depuis aujourd'hui", 1: "depuis hier"}.get(jours, f"depuis {jours}{INSECABLE}jours")
        return f"le plus ancien {depuis}" if self.plusieurs else depuis

    @property
    def est_en_retard(self):
        return self.echeance is not None and self.echeance < aujourdhui()


class Source(NamedTuple):
    """What may await people. `lignes(personne)`: the rows; `dire(ligne)`: the task of one.

    `resumer(nombre)`: one task for all the rows, when there are more than `seuil` of them. `modeles`: those on whose
    rows they depend, when each of them has a history. `depuis`: the field that says since when a row waits, when the
    rows that wait longest may be others than the first ones.
    """

    lignes: Callable
    dire: Callable
    resumer: Callable | None = None
    modeles: tuple = ()
    seuil: int = 1
    depuis: str = ""

    def taches(self, personne):
        lignes = list(self.lignes(personne)[:PHRASES_MAX])
        dites = [self.dire(ligne) for ligne in lignes]
        return [self._resumee(personne, dites)] if self.resumer and len(lignes) > self.seuil else dites

    def _resumee(self, personne, dites):
        """Return the one task for all: the oldest wait, the first day expected."""
        combien = len(dites)
        depuis = min((tache.depuis for tache in dites if tache.depuis), default=None)
        if combien == PHRASES_MAX:
            # There may be more.
            agregats = {"combien": Count("pk")} | ({"depuis": Min(self.depuis)} if self.depuis else {})
            lus = self.lignes(personne).order_by().aggregate(**agregats)
            combien = lus["combien"]
            depuis = timezone.localdate(lus["depuis"]) if self.depuis else depuis
        echeance = min((tache.echeance for tache in dites if tache.echeance), default=None)
        tache = self.resumer(combien)
        phrase = f"{tache.phrase}, le premier au plus tard le {jour(echeance)}" if echeance else tache.phrase
        return replace(tache, phrase=phrase, depuis=depuis, echeance=echeance, plusieurs=True)

    def colonne(self, personne):
        """Return what counts its rows in a query: whether there is any, when one sentence says them all."""
        lignes = self.lignes(personne)
        return Exists(lignes) if self.resumer and self.seuil == 1 else compte(lignes)

    def phrases(self, combien):
        """Return how many sentences say so many rows."""
        return 1 if self.resumer and combien > self.seuil else int(combien)
