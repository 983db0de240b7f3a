"""Where the programme takes place."""

from .decoupage import Appellation, Collectivite, Departement, FondDeCarte, Rattachement, Region
from .listes import Composition, Filiation, Inscription, Liste, Phase, Territoire, liste_en_vigueur
from .perimetres import Couverture, Perimetre

__all__ = [
    "Appellation",
    "Collectivite",
    "Composition",
    "Couverture",
    "Departement",
    "Filiation",
    "FondDeCarte",
    "Inscription",
    "Liste",
    "Perimetre",
    "Phase",
    "Rattachement",
    "Region",
    "Territoire",
    "liste_en_vigueur",
]
