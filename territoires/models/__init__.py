"""Where the programme takes place."""

from .decoupage import Appellation, Collectivite, Departement, FondDeCarte, Rattachement, Region
from .habilitations import (
    ActeurLocal,
    EtatTerritorial,
    PiloteRegional,
    inscriptions_actuelles,
    regions_de,
    regions_decidees_par,
    regions_sur,
    territoires_de,
    territoires_de_l_equipe,
    territoires_de_l_etat,
    territoires_de_la_region,
    territoires_des_regions_de,
    territoires_pilotes_par,
)
from .listes import Composition, Filiation, Inscription, Liste, Phase, Territoire, liste_en_vigueur
from .perimetres import Couverture, Perimetre

__all__ = [
    "ActeurLocal",
    "Appellation",
    "Collectivite",
    "Composition",
    "Couverture",
    "Departement",
    "EtatTerritorial",
    "Filiation",
    "FondDeCarte",
    "Inscription",
    "Liste",
    "Perimetre",
    "Phase",
    "PiloteRegional",
    "Rattachement",
    "Region",
    "Territoire",
    "inscriptions_actuelles",
    "liste_en_vigueur",
    "regions_de",
    "regions_decidees_par",
    "regions_sur",
    "territoires_de",
    "territoires_de_l_equipe",
    "territoires_de_l_etat",
    "territoires_de_la_region",
    "territoires_des_regions_de",
    "territoires_pilotes_par",
]
