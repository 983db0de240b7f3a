"""Of the access matrix: what is attached and said on projects."""

from tests.acces.lignes import Ligne
from tests.acces.profils import (
    ADMINISTRATEUR,
    AGENT,
    ASSOCIE,
    CHEF,
    CONNAISSENT_L_INSCRIT,
    CONNAISSENT_LE_TRANSMIS,
    EQUIPE_ASSOCIEE,
    EQUIPE_VOISINE,
    ETAT,
    LA_BAS,
    LECTURE,
    NATIONAUX,
    OPERATEUR,
    PILOTE,
    PILOTE_VOISIN,
    PORTEUR,
    RIEN_A_ENVOYER,
    RIEN_A_LIRE,
    seuls,
)
from tests.acces.projets import CONNAISSENT
from tests.acces.redaction import IDEE, INSCRIT, TRANSMIS, ligne, parmi

DU_PORTEUR = {CHEF, LECTURE, EQUIPE_ASSOCIEE, PORTEUR} | NATIONAUX
DE_L_INSTRUCTION = {PILOTE, AGENT, ASSOCIE, ETAT, OPERATEUR} | NATIONAUX
PIECE = ("du porteur et de l'équipe", lambda monde: [monde.projet.cle, monde.piece.cle])
INSTRUITE = ("de l'instruction", lambda monde: [monde.transmis.cle, monde.instruite.cle])
# The key of a piece under the address of another project.
DEPLACEE = ("d'un autre projet", lambda monde: [monde.transmis.cle, monde.piece.cle])
MESSAGE = ("du porteur et de l'équipe", lambda monde: [monde.projet.cle, monde.message.cle])
AGISSENT = {CHEF, PILOTE, AGENT, ADMINISTRATEUR}


def lue(titre, cas, voient):
    dont, objet = cas
    return Ligne("piece", titre, parmi(voient, voient), RIEN_A_ENVOYER, dont, objet)


def echanges(cas, lisent, ecrivent, sinon=parmi):
    dont, objet = cas
    return Ligne("projet_echanges", "Échanges d'un projet", parmi(lisent, lisent), sinon(ecrivent, lisent), dont, objet)


PIECES = [
    ligne("piece_deposer", "Déposer une pièce", IDEE, parmi(AGISSENT | {PORTEUR}, CONNAISSENT)),
    ligne("piece_deposer", "Déposer une pièce", TRANSMIS, parmi(AGISSENT | {ETAT}, CONNAISSENT_LE_TRANSMIS)),
    ligne("piece_deposer", "Déposer une pièce", INSCRIT, seuls(LA_BAS | {ADMINISTRATEUR})),
    lue("Télécharger une pièce", PIECE, DU_PORTEUR),
    lue("Télécharger une pièce", INSTRUITE, DE_L_INSTRUCTION),
    lue("Télécharger une pièce", DEPLACEE, set()),
    ligne("piece_retirer", "Retirer une pièce", PIECE, parmi({CHEF, ADMINISTRATEUR}, DU_PORTEUR)),
    echanges(IDEE, CONNAISSENT, AGISSENT | {EQUIPE_ASSOCIEE, PORTEUR, ASSOCIE}),
    echanges(TRANSMIS, CONNAISSENT_LE_TRANSMIS, AGISSENT | {EQUIPE_ASSOCIEE, ETAT, ASSOCIE}),
    Ligne(
        "projet_echanges",
        "Échanges d'un projet",
        seuls(CONNAISSENT_L_INSCRIT),
        seuls({EQUIPE_VOISINE, EQUIPE_ASSOCIEE, PILOTE_VOISIN, ADMINISTRATEUR}),
        *INSCRIT,
    ),
    Ligne("message_retirer", "Retirer son message", RIEN_A_LIRE, parmi({CHEF}, DU_PORTEUR), *MESSAGE),
]
