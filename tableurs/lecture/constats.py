"""What reading has to say: remarks on a file that was read, and the one exception for a file that was not."""

from dataclasses import dataclass

from tableurs.francais import INSECABLE, enumeration, nombre, pluriel
from tableurs.typographie import typographier

# How many rows, cells or columns a remark names before it only counts them.
CITES_MAX = 5


@dataclass(frozen=True)
class Remarque:
    """Something the reader of the preview should know. `code` is stable, `texte` is French.

    `ligne` is a row number and `colonne` a column letter, both as in Excel; None and "" when not of one place.
    """

    code: str
    texte: str
    feuille: str = ""
    ligne: int | None = None
    colonne: str = ""

    def __post_init__(self):
        object.__setattr__(self, "texte", typographier(self.texte))


class FichierIllisible(Exception):
    """The file cannot be read: `raison` says why and `remede` what to do, both in French. `code` is stable."""

    def __init__(self, code, raison, remede):
        self.code = code
        self.raison = typographier(raison)
        self.remede = typographier(remede)
        super().__init__(f"{self.raison} {self.remede}")


def compter(quantite, singulier, au_pluriel=None):
    """Return « 3 lignes »."""
    return f"{nombre(quantite)}{INSECABLE}{pluriel(quantite, singulier, au_pluriel)}"


def citer(elements):
    """Return « 12, 13 et 40 », or « 12, 13, 40, 41, 52 et 8 autres » when there are many."""
    elements = [str(element) for element in elements]
    if len(elements) <= CITES_MAX + 1:
        return enumeration(elements)
    return enumeration([*elements[:CITES_MAX], f"{nombre(len(elements) - CITES_MAX)}{INSECABLE}autres"])
