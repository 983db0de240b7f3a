"""Of the access matrix: projects and what they hold, in the admin."""

from programme.models import Campagne, Etiquette, Indicateur, Porteur, Projet
from tests.acces import objets
from tests.acces.objets import ObjetAdmin
from tests.acces.profils import (
    ADMINISTRATEUR,
    AGENT,
    ASSOCIE,
    CHEF,
    CONNAISSENT_L_INSCRIT,
    CONNAISSENT_LE_TRANSMIS,
    EQUIPE_ASSOCIEE,
    EQUIPE_VOISINE,
    LA_BAS,
    LECTURE,
    NATIONAUX,
    PILOTE,
    PILOTE_VOISIN,
    PORTEUR,
)

# The whole fiche of the porteur's idea: the State doesn't see drafts, a porteur sees nothing else.
CONNAISSENT = {CHEF, LECTURE, EQUIPE_ASSOCIEE, PORTEUR, PILOTE, AGENT, ASSOCIE} | NATIONAUX
DECIDENT_POUR_LA_REGION = {PILOTE, AGENT, ADMINISTRATEUR}
PROJETS = {
    Projet: [
        ObjetAdmin(
            "idée du territoire",
            lambda monde: [monde.projet.pk],
            CONNAISSENT,
            {CHEF} | DECIDENT_POUR_LA_REGION,
        ),
        ObjetAdmin(
            "transmis, du territoire",
            lambda monde: [monde.transmis.pk],
            CONNAISSENT_LE_TRANSMIS,
            DECIDENT_POUR_LA_REGION,
        ),
        ObjetAdmin(
            "inscrit, du voisin",
            lambda monde: [monde.inscrit.pk],
            CONNAISSENT_L_INSCRIT,
            LA_BAS | {ADMINISTRATEUR},
        ),
    ],
    Indicateur: [
        ObjetAdmin(
            "d'une idée du territoire",
            lambda monde: [monde.indicateur.pk],
            CONNAISSENT,
            {CHEF, ADMINISTRATEUR},
            {CHEF, ADMINISTRATEUR},
        ),
    ],
    Etiquette: [
        ObjetAdmin(
            "de la région pilote",
            lambda monde: [monde.etiquette.pk],
            {PILOTE, AGENT} | NATIONAUX,
            DECIDENT_POUR_LA_REGION,
            DECIDENT_POUR_LA_REGION,
        ),
    ],
    Campagne: [
        ObjetAdmin("d'un projet du voisin", lambda monde: [monde.campagne.pk], CONNAISSENT_L_INSCRIT, set()),
    ],
    Porteur: [
        ObjetAdmin("du territoire", objets.de(Porteur, PORTEUR), CONNAISSENT, {CHEF} | DECIDENT_POUR_LA_REGION),
    ],
}
AJOUTENT_AUX_PROJETS = {
    Campagne: set(),
    Projet: {CHEF, EQUIPE_VOISINE, EQUIPE_ASSOCIEE, ADMINISTRATEUR},
    Indicateur: {CHEF, EQUIPE_VOISINE, PILOTE_VOISIN, ADMINISTRATEUR},
    Etiquette: {PILOTE, AGENT, ASSOCIE, PILOTE_VOISIN, ADMINISTRATEUR},
    Porteur: {CHEF, EQUIPE_VOISINE, PILOTE, AGENT, PILOTE_VOISIN, ADMINISTRATEUR},
}
