"""What the access matrix is made of."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.acces.profils import PERSONNE, TOUS


@dataclass(frozen=True)
class Ligne:
    """A route, an object, and who obtains what. `objet(monde)` returns the arguments of the address."""

    adresse: str
    titre: str
    lire: dict
    ecrire: dict
    dont: str = ""
    objet: Callable = field(default=lambda monde: [])


def publique(adresse, titre, objet=lambda monde: []):
    return Ligne(adresse, titre, TOUS, PERSONNE, "", objet)
