"""Of the access matrix: the list of projects, the page of one, a step of its life."""

from tests.acces.lignes import Ligne, publique
from tests.acces.profils import (
    ADMINISTRATEUR,
    AGENT,
    CONNAISSENT_LE_TRANSMIS,
    PERSONNE,
    PILOTE,
    TOUS,
    Reponse,
    seuls,
    voient_mais,
)
from tests.acces.projets import CONNAISSENT

INSTRUISENT = {PILOTE, AGENT, ADMINISTRATEUR}
ETAPE = voient_mais(INSTRUISENT, CONNAISSENT_LE_TRANSMIS, inconnus=())
PAGES_DES_PROJETS = [
    publique("projets", "Liste des projets"),
    publique("projets_carte", "Carte des projets"),
    publique("projets_export", "Export des projets", lambda monde: ["csv"]),
    Ligne(
        "projet",
        "Un projet",
        seuls(CONNAISSENT, Reponse.ABSENT),
        PERSONNE,
        "idée du territoire",
        lambda monde: [monde.projet.cle],
    ),
    Ligne(
        "projet",
        "Un projet",
        seuls(CONNAISSENT_LE_TRANSMIS, Reponse.ABSENT),
        PERSONNE,
        "transmis, du territoire",
        lambda monde: [monde.transmis.cle],
    ),
    Ligne("projet", "Un projet", TOUS, PERSONNE, "inscrit, du voisin", lambda monde: [monde.inscrit.cle]),
    Ligne(
        "projet_etape",
        "Demander des compléments",
        ETAPE,
        ETAPE,
        "transmis, du territoire",
        lambda monde: [monde.transmis.cle, "demander-complements"],
    ),
]
