"""Of the access matrix: opinions, committees, contracts."""

from programme.models import Avis, Comite, Contrat
from tests.acces.lignes import Ligne
from tests.acces.objets import ObjetAdmin
from tests.acces.profils import (
    ADMINISTRATEUR,
    AGENT,
    ASSOCIE,
    CONNAISSENT_LE_TRANSMIS,
    ETAT,
    NATIONAUX,
    PILOTE,
    PILOTE_VOISIN,
    RIEN_A_ENVOYER,
    RIEN_A_LIRE,
    seuls,
    voient_mais,
)

DONNENT_LEUR_AVIS = voient_mais({ETAT}, CONNAISSENT_LE_TRANSMIS, inconnus=())
VOIENT_LE_COMITE = {PILOTE, AGENT, ASSOCIE, ETAT} | NATIONAUX
LISENT_DES_COMITES = {PILOTE, AGENT, ASSOCIE, PILOTE_VOISIN, ETAT} | NATIONAUX
DECIDENT = {PILOTE, AGENT, ASSOCIE, PILOTE_VOISIN, ADMINISTRATEUR}
LISENT_LE_COMITE = voient_mais(VOIENT_LE_COMITE, VOIENT_LE_COMITE, inconnus=())
TIENNENT = voient_mais({PILOTE, AGENT, ADMINISTRATEUR}, VOIENT_LE_COMITE, inconnus=())
# Whoever signed in may know of a contract.
CONTRACTENT = seuls({PILOTE, AGENT, ADMINISTRATEUR})


def ligne(adresse, titre, lire, ecrire):
    """Of the committee of the lead region, that has a project of the territory on its agenda."""
    return Ligne(adresse, titre, lire, ecrire, "de la région pilote", lambda monde: [monde.comite.cle])


COMITES = [
    Ligne(
        "projet_avis",
        "Donner l'avis de l'État",
        DONNENT_LEUR_AVIS,
        DONNENT_LEUR_AVIS,
        "transmis, du territoire",
        lambda monde: [monde.transmis.cle],
    ),
    Ligne("comites", "Comités", seuls(LISENT_DES_COMITES), RIEN_A_ENVOYER),
    Ligne("comite_nouveau", "Préparer un comité", seuls(DECIDENT), seuls(DECIDENT)),
    ligne("comite", "Un comité", LISENT_LE_COMITE, RIEN_A_ENVOYER),
    *(
        Ligne(f"comite_{quoi}", titre, LISENT_LE_COMITE, RIEN_A_ENVOYER, "de la région pilote", objet)
        for quoi, titre, objet in (
            ("dossier", "Dossier d'un comité", lambda monde: [monde.comite.cle]),
            ("dossier_fichier", "Dossier d'un comité, fichier", lambda monde: [monde.comite.cle, "odt"]),
            ("releve", "Relevé d'un comité", lambda monde: [monde.comite.cle]),
            ("releve_fichier", "Relevé d'un comité, fichier", lambda monde: [monde.comite.cle, "docx"]),
        )
    ),
    ligne("comite_modifier", "Modifier un comité", TIENNENT, TIENNENT),
    ligne("comite_ordre_du_jour", "Ordre du jour d'un comité", TIENNENT, TIENNENT),
    ligne("comite_decisions", "Décisions d'un comité : saisir", TIENNENT, TIENNENT),
    ligne("comite_appliquer", "Décisions d'un comité : enregistrer", RIEN_A_LIRE, TIENNENT),
    ligne("comite_clore", "Arrêter le relevé d'un comité", RIEN_A_LIRE, TIENNENT),
    ligne("comite_rouvrir", "Rouvrir le relevé d'un comité", RIEN_A_LIRE, TIENNENT),
    Ligne("contrats", "Contrats", seuls(DECIDENT | NATIONAUX), RIEN_A_ENVOYER),
    Ligne("contrat_nouveau", "Enregistrer un contrat", seuls(DECIDENT), seuls(DECIDENT)),
    Ligne(
        "contrat_modifier",
        "Modifier un contrat",
        CONTRACTENT,
        CONTRACTENT,
        "du territoire",
        lambda monde: [monde.contrat.cle],
    ),
]
# Written on their own pages: the admin only shows them.
ADMINISTRATION_DES_COMITES = {
    Avis: [
        ObjetAdmin("sur un projet du territoire", lambda monde: [monde.avis.pk], CONNAISSENT_LE_TRANSMIS, set()),
    ],
    Comite: [
        ObjetAdmin("de la région pilote", lambda monde: [monde.comite.pk], VOIENT_LE_COMITE, set()),
    ],
    Contrat: [
        ObjetAdmin("du territoire", lambda monde: [monde.contrat.pk], {PILOTE, AGENT, ASSOCIE} | NATIONAUX, set()),
    ],
}
AJOUTENT_AUX_COMITES = {Avis: set(), Comite: set(), Contrat: set()}
