"""Of the access matrix: one's own views of the list of projects, the same act on several of them."""

from tests.acces.lignes import Ligne
from tests.acces.profils import (
    ADMINISTRATEUR,
    AGENT,
    CHEF,
    CONNECTES,
    EQUIPE_VOISINE,
    PILOTE,
    PILOTE_VOISIN,
    RIEN_A_ENVOYER,
    RIEN_A_LIRE,
    Reponse,
    seuls,
)

SIENNE = seuls({CHEF}, Reponse.ABSENT)
# Whoever carries, examines or conducts a project that is there.
AGISSENT = seuls({CHEF, EQUIPE_VOISINE, PILOTE, AGENT, PILOTE_VOISIN, ADMINISTRATEUR})


def sienne(adresse, titre, lire=SIENNE):
    """Not even an administrator reads another's."""
    return Ligne(adresse, titre, lire, SIENNE, "d'un chef de projet", lambda monde: [monde.vue.cle])


LISTE_DES_PROJETS = [
    Ligne("vues", "Mes vues des projets", CONNECTES, RIEN_A_ENVOYER),
    Ligne("vue_nouvelle", "Enregistrer une vue des projets", CONNECTES, CONNECTES),
    sienne("vue_modifier", "Modifier une vue des projets"),
    sienne("vue_remplacer", "Remplacer une vue des projets", RIEN_A_LIRE),
    sienne("vue_supprimer", "Supprimer une vue des projets"),
    Ligne("projets_ensemble", "Agir sur plusieurs projets : aperçu", AGISSENT, RIEN_A_ENVOYER),
    Ligne("projets_ensemble_appliquer", "Agir sur plusieurs projets : faire", RIEN_A_LIRE, AGISSENT),
    Ligne("projets_ensemble_fait", "Agir sur plusieurs projets : ce qui est fait", AGISSENT, RIEN_A_ENVOYER),
]
