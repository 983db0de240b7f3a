"""Of the access matrix: writing projects on the public pages."""

from tests.acces.lignes import Ligne
from tests.acces.profils import (
    ADMINISTRATEUR,
    AGENT,
    CHEF,
    CONNAISSENT_LE_TRANSMIS,
    EQUIPE_ASSOCIEE,
    EQUIPE_VOISINE,
    NATIONAUX,
    PILOTE,
    PILOTE_VOISIN,
    PORTEUR,
    RIEN_A_ENVOYER,
    RIEN_A_LIRE,
    seuls,
    voient_mais,
)
from tests.acces.projets import CONNAISSENT

IDEE = ("idée du territoire", lambda monde: [monde.projet.cle])
TRANSMIS = ("transmis, du territoire", lambda monde: [monde.transmis.cle])
INSCRIT = ("inscrit, du voisin", lambda monde: [monde.inscrit.cle])
DECIDENT = seuls({PILOTE, AGENT, PILOTE_VOISIN, ADMINISTRATEUR})
COMMENCENT = seuls({CHEF, EQUIPE_VOISINE, EQUIPE_ASSOCIEE, ADMINISTRATEUR})


def ligne(adresse, titre, cas, profil):
    dont, objet = cas
    return Ligne(adresse, titre, profil, profil, dont, objet)


def parmi(ceux, voient):
    """Return a profile: the object is looked for before anything is refused."""
    return voient_mais(ceux, voient, inconnus=())


SUR_L_IDEE = parmi({CHEF, ADMINISTRATEUR}, CONNAISSENT)
# Whoever writes ideas somewhere makes one of their own from a fiche that they read whole.
COPIENT = {CHEF, EQUIPE_ASSOCIEE, ADMINISTRATEUR}
PROPOSITION = {"dont": "du porteur", "objet": lambda monde: [monde.projet.cle, monde.proposition.cle]}
VOIENT_LA_PROPOSITION = {CHEF, PORTEUR} | NATIONAUX
REPONDENT = parmi({CHEF, ADMINISTRATEUR}, VOIENT_LA_PROPOSITION)
REDACTION = [
    Ligne("projets_ecrire", "Écrire aux chefs de projet", DECIDENT, DECIDENT),
    Ligne("projet_nouveau", "Commencer un projet", COMMENCENT, COMMENCENT),
    ligne("projet_modifier", "Écrire la fiche", IDEE, parmi({CHEF, PORTEUR, ADMINISTRATEUR}, CONNAISSENT)),
    ligne("projet_modifier", "Écrire la fiche", TRANSMIS, parmi({ADMINISTRATEUR}, CONNAISSENT_LE_TRANSMIS)),
    ligne("projet_modifier", "Écrire la fiche", INSCRIT, seuls({ADMINISTRATEUR})),
    ligne("projet_valider", "Validation locale", IDEE, SUR_L_IDEE),
    ligne("projet_valider", "Validation locale", TRANSMIS, parmi(set(), CONNAISSENT_LE_TRANSMIS)),
    ligne("projet_annuler_validation", "Annuler la validation locale", IDEE, SUR_L_IDEE),
    ligne("projet_dupliquer", "Dupliquer la fiche", IDEE, parmi(COPIENT, CONNAISSENT)),
    ligne("projet_dupliquer", "Dupliquer la fiche", TRANSMIS, parmi(COPIENT, CONNAISSENT_LE_TRANSMIS)),
    ligne("projet_dupliquer", "Dupliquer la fiche", INSCRIT, seuls({EQUIPE_VOISINE, EQUIPE_ASSOCIEE, ADMINISTRATEUR})),
    ligne("projet_suivre", "Suivre un projet", TRANSMIS, parmi(set(), CONNAISSENT_LE_TRANSMIS)),
    ligne("projet_suivre", "Suivre un projet", INSCRIT, seuls({EQUIPE_VOISINE, PILOTE_VOISIN, ADMINISTRATEUR})),
    Ligne(
        "projet_proposition",
        "Une proposition du porteur",
        parmi(VOIENT_LA_PROPOSITION, VOIENT_LA_PROPOSITION),
        RIEN_A_ENVOYER,
        **PROPOSITION,
    ),
    Ligne("proposition_accepter", "Accepter une proposition", RIEN_A_LIRE, REPONDENT, **PROPOSITION),
    Ligne("proposition_refuser", "Refuser une proposition", RIEN_A_LIRE, REPONDENT, **PROPOSITION),
    Ligne(
        "proposition_retirer",
        "Retirer sa proposition",
        RIEN_A_LIRE,
        parmi({PORTEUR}, VOIENT_LA_PROPOSITION),
        **PROPOSITION,
    ),
]
