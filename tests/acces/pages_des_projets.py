"""Of the access matrix: the list of projects, the page of one, a step of its life."""

from tests.acces.lignes import Ligne, publique
from tests.acces.profils import (
    ADMINISTRATEUR,
    AGENT,
    CONNAISSENT_L_INSCRIT,
    CONNAISSENT_LE_TRANSMIS,
    ETAT,
    OPERATEUR,
    PERSONNE,
    PILOTE,
    PILOTE_VOISIN,
    RIEN_A_ENVOYER,
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
    Ligne(
        "projet_historique",
        "Historique d'une fiche",
        seuls(CONNAISSENT, Reponse.ABSENT),
        RIEN_A_ENVOYER,
        "idée du territoire",
        lambda monde: [monde.projet.cle],
    ),
    Ligne(
        "projet_historique",
        "Historique d'une fiche",
        seuls(CONNAISSENT_LE_TRANSMIS - {ETAT, OPERATEUR}, Reponse.ABSENT),
        RIEN_A_ENVOYER,
        "transmis, du territoire",
        lambda monde: [monde.transmis.cle],
    ),
    Ligne(
        "projet_historique",
        "Historique d'une fiche",
        seuls(CONNAISSENT_L_INSCRIT, Reponse.ABSENT),
        RIEN_A_ENVOYER,
        "inscrit, du voisin",
        lambda monde: [monde.inscrit.cle],
    ),
    Ligne(
        "projet_restreindre",
        "Ne plus montrer un projet au public",
        ETAPE,
        ETAPE,
        "transmis, du territoire",
        lambda monde: [monde.transmis.cle],
    ),
    Ligne(
        "projet_restreindre",
        "Ne plus montrer un projet au public",
        seuls({PILOTE_VOISIN, ADMINISTRATEUR}),
        seuls({PILOTE_VOISIN, ADMINISTRATEUR}),
        "inscrit, du voisin",
        lambda monde: [monde.inscrit.cle],
    ),
]
