"""Is the reference sound? Each check computes again, by its own means, what loading and applying have written.

A check yields anomalies, which must be mended, and informations, which are known and only said.
"""

from typing import NamedTuple

from tableurs.typographie import typographier

from . import listes, totaux
from .base import Anomalie, Base, Information

CONTROLES = {
    "Listes": listes.verifier_listes,
    "Membres": listes.verifier_membres,
    "Recouvrements": listes.verifier_recouvrements,
    "Périmètres": listes.verifier_perimetres,
    "Totaux": totaux.verifier_totaux,
    "Régions": listes.verifier_regions,
    "Noms": listes.verifier_noms,
    "Recherche": totaux.verifier_recherche,
}


class Constat(NamedTuple):
    """What one check found, in French sentences."""

    controle: str
    anomalies: list[str]
    informations: list[str]


def verifier():
    """Return one `Constat` for each check. Reads the whole reference: a few seconds."""
    base = Base()
    constats = []
    for controle, fonction in CONTROLES.items():
        trouves = list(fonction(base))
        constats.append(
            Constat(
                controle,
                [typographier(phrase) for phrase in trouves if isinstance(phrase, Anomalie)],
                [typographier(phrase) for phrase in trouves if isinstance(phrase, Information)],
            )
        )
    return constats
