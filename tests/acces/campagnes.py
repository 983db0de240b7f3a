"""Of the access matrix: campaigns of follow-up. This one, national, has one project: the neighbour's, inscribed."""

from programme.models import Campagne
from tests.acces.lignes import Ligne
from tests.acces.objets import ObjetAdmin
from tests.acces.profils import (
    ADMINISTRATEUR,
    AGENT,
    ASSOCIE,
    CONNECTES,
    EQUIPE_VOISINE,
    LA_BAS,
    NATIONAUX,
    PILOTE,
    PILOTE_VOISIN,
    RIEN_A_ENVOYER,
    TENANTS,
    seuls,
    voient_mais,
)

UNE = {"dont": "d'un projet du voisin", "objet": lambda monde: [monde.campagne.cle]}
VOIENT = LA_BAS | NATIONAUX
OUVRENT = seuls({PILOTE, AGENT, ASSOCIE, PILOTE_VOISIN} | TENANTS)
REPONDENT = voient_mais({EQUIPE_VOISINE, PILOTE_VOISIN, ADMINISTRATEUR}, VOIENT, inconnus=())
CLOSENT = voient_mais(TENANTS, VOIENT, inconnus=())
CAMPAGNES = [
    Ligne("campagnes", "Campagnes de suivi", CONNECTES, RIEN_A_ENVOYER),
    Ligne("campagne_nouvelle", "Ouvrir une campagne", OUVRENT, OUVRENT),
    Ligne("campagne", "Une campagne", voient_mais(VOIENT, VOIENT, inconnus=()), RIEN_A_ENVOYER, **UNE),
    Ligne("campagne_saisir", "Répondre à une campagne", REPONDENT, REPONDENT, **UNE),
    Ligne("campagne_coller", "Coller des réponses", REPONDENT, REPONDENT, **UNE),
    Ligne(
        "campagne_classeur",
        "Classeur à remplir",
        REPONDENT,
        RIEN_A_ENVOYER,
        "d'un projet du voisin",
        lambda monde: [monde.campagne.cle, "csv"],
    ),
    Ligne("campagne_clore", "Clore une campagne", CLOSENT, CLOSENT, **UNE),
]
CAMPAGNES_ADMIN = {
    Campagne: [ObjetAdmin("d'un projet du voisin", lambda monde: [monde.campagne.pk], VOIENT, set())],
}
