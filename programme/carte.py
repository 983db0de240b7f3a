"""Classes of the map of projects: few enough to be told apart in greyscale."""

from bisect import bisect_right
from typing import NamedTuple


class Classe(NamedTuple):
    """`cle` names the colour (static/css/carte.css); `minimum`: of projects."""

    cle: str
    minimum: int
    libelle: str


CLASSES = (
    Classe("aucun", 0, "aucun projet"),
    Classe("peu", 1, "1 à 4 projets"),
    Classe("plusieurs", 5, "5 à 9 projets"),
    Classe("beaucoup", 10, "10 projets ou plus"),
)


def classe_de(nombre):
    """Return the key of the class of a number of projects."""
    return CLASSES[bisect_right([classe.minimum for classe in CLASSES], nombre) - 1].cle
