"""Pages of long lists: what follows, or precedes, a row that the reader saw. As quick at any depth."""

from functools import cached_property

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404

# Beyond, a list says « plus de 10 000 »: counting them all would take longer than reading a page.
COMPTE_MAX = 10_000
APRES, AVANT, FIN = REPERES = "apres", "avant", "fin"


class PageParCle:
    """One page of a queryset, in its order: names of fields that are never null, the last of them unique.

    The address says after (`apres`) or before (`avant`) which row, by its `cle`, or asks for the end (`fin`). Raises
    404 when no row is there.
    """

    compte_max = COMPTE_MAX

    def __init__(self, request, queryset, taille):
        self.taille = taille
        self._toutes = queryset
        self._ordre = queryset.query.order_by
        self.apres, self.avant = request.GET.get(APRES, ""), request.GET.get(AVANT, "")
        self._a_rebours = bool(self.avant) or FIN in request.GET
        self.object_list = self._lire()

    def _lire(self):
        lignes = self._toutes
        repere = self.apres or self.avant
        if repere:
            lignes = lignes.filter(self._au_dela(self._valeurs(repere)))
        ordre = [_inverse(champ) for champ in self._ordre] if self._a_rebours else self._ordre
        # One more tells whether something follows.
        lues = list(lignes.order_by(*ordre)[: self.taille + 1])
        self._continue = len(lues) > self.taille
        if repere and not lues:
            raise Http404("Page inconnue")
        lues = lues[: self.taille]
        return lues[::-1] if self._a_rebours else lues

    def _valeurs(self, cle):
        champs = [champ.lstrip("-") for champ in self._ordre]
        valeurs = self._toutes.model._base_manager.filter(cle=cle[:20].replace("\0", "")).values_list(*champs).first()
        if valeurs is None:
            raise Http404("Page inconnue")
        return valeurs

    def _au_dela(self, valeurs):
        """Return the condition on rows beyond these values, in the order or against it."""
        condition = None
        for champ, valeur in reversed(list(zip(self._ordre, valeurs, strict=True))):
            sens = "gt" if champ.startswith("-") == self._a_rebours else "lt"
            nom = champ.lstrip("-")
            au_dela = Q(**{f"{nom}__{sens}": valeur})
            # « a ≥ x and (a > x or …) » rather than « a > x or (a = x and …) »: reading an index begins at x.
            condition = Q(**{f"{nom}__{sens}e": valeur}) & (au_dela | condition) if condition else au_dela
        return condition

    def __iter__(self):
        return iter(self.object_list)

    def __len__(self):
        return len(self.object_list)

    @property
    def has_next(self):
        return bool(self.avant) or (self._continue and not self._a_rebours)

    @property
    def has_previous(self):
        return bool(self.apres) or (self._continue and self._a_rebours)

    @property
    def has_other_pages(self):
        return self.has_next or self.has_previous

    @property
    def premiere(self):
        return not self.has_previous

    @property
    def suivante(self):
        """What the address of the next page says."""
        return f"{APRES}={self.object_list[-1].cle}"

    @property
    def precedente(self):
        return f"{AVANT}={self.object_list[0].cle}"

    @cached_property
    def nombre(self):
        """How many in all, up to `compte_max` + 1."""
        if self.premiere and not self.has_next:
            return len(self.object_list)
        # Of their keys only: what a page reads besides would be asked of ten thousand rows.
        return self._toutes.order_by().values("pk")[: self.compte_max + 1].count()

    @property
    def au_dela_du_compte(self):
        return self.nombre > self.compte_max


def _inverse(champ):
    return champ[1:] if champ.startswith("-") else f"-{champ}"


class PagesEnDeuxTemps(Paginator):
    """Pages numbered from one: keys first, then the rows with what they are shown with (`avec`, as `select_related`).

    Beside the rule of access, the cost of a join counts for nothing to PostgreSQL's planner, which takes any.
    """

    def __init__(self, lignes, par_page, avec, nombre=None):
        super().__init__(lignes, par_page)
        self.avec = avec
        if nombre is not None:
            # Counted already, beside something else.
            self.count = nombre

    def _get_page(self, lignes, *suite):
        cles = list(lignes.values_list("pk", flat=True))
        lues = lignes.model._base_manager.select_related(*self.avec).in_bulk(cles)
        return super()._get_page([lues[cle] for cle in cles], *suite)
