"""Of the access matrix: what happens to a project once it is inscribed, once it has ended."""

from tests.acces.lignes import Ligne
from tests.acces.profils import (
    ADMINISTRATEUR,
    AGENT,
    CHEF,
    CONNAISSENT_L_INSCRIT,
    CONNAISSENT_LE_TRANSMIS,
    EQUIPE_VOISINE,
    PILOTE,
    PILOTE_VOISIN,
    RIEN_A_ENVOYER,
    seuls,
)
from tests.acces.redaction import INSCRIT, TRANSMIS, ligne, parmi

SOUMISE = ("soumise, du voisin", lambda monde: [monde.inscrit.cle, monde.actualisation.cle])
CONDUISENT_LE_TRANSMIS = parmi({CHEF, PILOTE, AGENT, ADMINISTRATEUR}, CONNAISSENT_LE_TRANSMIS)
CONDUISENT = seuls({EQUIPE_VOISINE, PILOTE_VOISIN, ADMINISTRATEUR})


def etape(cle, titre, font):
    dont, objet = SOUMISE
    profil = parmi(font, CONNAISSENT_L_INSCRIT)
    return Ligne("actualisation_etape", titre, profil, profil, dont, lambda monde: [*objet(monde), cle])


ACTUALISATIONS = [
    ligne("projet_actualiser", "Actualiser la fiche", INSCRIT, seuls({EQUIPE_VOISINE, ADMINISTRATEUR})),
    ligne("projet_actualiser", "Actualiser la fiche", TRANSMIS, parmi(set(), CONNAISSENT_LE_TRANSMIS)),
    Ligne(
        "projet_actualisation",
        "Une actualisation",
        parmi(CONNAISSENT_L_INSCRIT, CONNAISSENT_L_INSCRIT),
        RIEN_A_ENVOYER,
        *SOUMISE,
    ),
    etape("accepter", "Accepter une actualisation", {PILOTE_VOISIN, ADMINISTRATEUR}),
    etape("reprendre", "Reprendre une actualisation", {EQUIPE_VOISINE, ADMINISTRATEUR}),
    ligne("projet_archiver", "Archiver un projet", INSCRIT, CONDUISENT),
    ligne(
        "projet_archiver",
        "Archiver un projet",
        TRANSMIS,
        parmi({CHEF, PILOTE, AGENT, ADMINISTRATEUR}, CONNAISSENT_LE_TRANSMIS),
    ),
    ligne("projet_desarchiver", "Sortir un projet des archives", INSCRIT, CONDUISENT),
]
