"""What two people wrote at once, field by field: before, by the other, by oneself, and what is made of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from programme.choix_de_fiche import CLES_DES_CHOIX
from programme.valeurs_de_fiche import COCHEE, SUPPRIMER, partie_de, vide


class Sort(StrEnum):
    """Who changed a field: the other alone, oneself alone, both without harm, both otherwise."""

    AUTRE = "autre"
    SIEN = "sien"
    ENSEMBLE = "ensemble"
    CONFLIT = "conflit"


@dataclass
class Ecart:
    cle: str
    sort: Sort
    avant: Any
    autre: Any
    sien: Any
    fusion: Any
    # Of a part that goes, or may go, only that is told.
    est_dit: bool = True


def ecarts(avant, autre, sien):
    """Return what differs between three flat fiches, in the order of the third: one `Ecart` a field.

    Choices among many are added up: each addition and each removal of either stays. The rest of a field that both
    changed is a conflict: somebody chooses.
    """
    trouves = []
    for cle, s in sien.items():
        a, o = avant.get(cle, vide(cle)), autre.get(cle, vide(cle))
        if s == a == o:
            continue
        trouves.append(_ecart(cle, a, o, s))
    return _avec_les_suppressions([ecart for ecart in trouves if ecart])


def _ecart(cle, a, o, s):
    if s == o:
        # Both wrote the same, or the other's is already taken up: nothing to say.
        return None
    if s == a:
        return Ecart(cle, Sort.AUTRE, a, o, s, o)
    if o == a:
        return Ecart(cle, Sort.SIEN, a, o, s, s)
    if cle in CLES_DES_CHOIX:
        fusion = sorted((set(s) | (set(o) - set(a))) - (set(a) - set(o)))
        return Ecart(cle, Sort.ENSEMBLE, a, o, s, fusion)
    return Ecart(cle, Sort.CONFLIT, a, o, s, s)


def _avec_les_suppressions(trouves):
    """A part that one removed and the other changed: somebody chooses, of the whole part."""
    changees = {Sort.AUTRE: set(), Sort.SIEN: set()}
    for ecart in trouves:
        if (partie := partie_de(ecart.cle)) and partie[2] != SUPPRIMER:
            for cote in changees:
                if ecart.sort in (cote, Sort.CONFLIT):
                    changees[cote].add(tuple(partie[:2]))
    for ecart in trouves:
        partie = partie_de(ecart.cle)
        if not partie or partie[2] != SUPPRIMER:
            continue
        cote = Sort.SIEN if ecart.autre == COCHEE else Sort.AUTRE
        if tuple(partie[:2]) in changees[cote]:
            ecart.sort, ecart.fusion = Sort.CONFLIT, ecart.sien
    retirees = {tuple(partie[:2]) for e in trouves if (partie := partie_de(e.cle)) and partie[2] == SUPPRIMER}
    for ecart in trouves:
        partie = partie_de(ecart.cle)
        ecart.est_dit = not partie or partie[2] == SUPPRIMER or tuple(partie[:2]) not in retirees
    return trouves
