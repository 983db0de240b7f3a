"""Of the access matrix: imports of projects; a national campaign, of one project, the neighbour's, inscribed."""

from tests.acces.lignes import Ligne
from tests.acces.profils import (
    ADMINISTRATEUR,
    AGENCE,
    AGENCE_VOISINE,
    AGENT,
    ASSOCIE,
    CHEF,
    CNER,
    CONNAISSENT_L_INSCRIT,
    CONNECTES,
    EQUIPE_ASSOCIEE,
    EQUIPE_VOISINE,
    NATIONAUX,
    OPERATEUR,
    PERSONNAGES,
    PILOTE,
    PILOTE_VOISIN,
    PORTEUR,
    RIEN_A_ENVOYER,
    TENANTS,
    Reponse,
    seuls,
    voient_mais,
)

UNE = {"dont": "d'un projet du voisin", "objet": lambda monde: [monde.campagne.cle]}
OUVRENT = seuls({PILOTE, AGENT, ASSOCIE, PILOTE_VOISIN} | TENANTS)
REPONDENT = voient_mais({EQUIPE_VOISINE, PILOTE_VOISIN, ADMINISTRATEUR}, CONNAISSENT_L_INSCRIT, inconnus=())
CLOSENT = voient_mais(TENANTS, CONNAISSENT_L_INSCRIT, inconnus=())
CAMPAGNES = [
    Ligne("campagnes", "Campagnes de suivi", CONNECTES, RIEN_A_ENVOYER),
    Ligne("campagne_nouvelle", "Ouvrir une campagne", OUVRENT, OUVRENT),
    Ligne(
        "campagne",
        "Une campagne",
        voient_mais(CONNAISSENT_L_INSCRIT, CONNAISSENT_L_INSCRIT, inconnus=()),
        RIEN_A_ENVOYER,
        **UNE,
    ),
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
    Ligne("campagne_modifier", "Changer la fin d'une campagne", CLOSENT, CLOSENT, **UNE),
    Ligne("campagne_clore", "Clore une campagne", CLOSENT, CLOSENT, **UNE),
]
REGIONS = {PILOTE, AGENT, ASSOCIE, PILOTE_VOISIN}
# These import something else, hence find nothing here; the others import nothing.
IMPORTENT_AUTRE_CHOSE = {
    CHEF,
    EQUIPE_VOISINE,
    EQUIPE_ASSOCIEE,
    PORTEUR,
    OPERATEUR,
    AGENCE,
    AGENCE_VOISINE,
    CNER,
}
PROJETS_A_IMPORTER = seuls(
    REGIONS | NATIONAUX, Reponse.ABSENT, set(PERSONNAGES) - REGIONS - NATIONAUX - IMPORTENT_AUTRE_CHOSE
)
IMPORTS_DE_PROJETS = [
    Ligne(
        "import_modele",
        "Modèle à remplir",
        PROJETS_A_IMPORTER,
        RIEN_A_ENVOYER,
        "de projets",
        lambda monde: ["projets"],
    ),
    Ligne(
        "import_donnees",
        "Fichier à compléter",
        PROJETS_A_IMPORTER,
        RIEN_A_ENVOYER,
        "de ses projets",
        lambda monde: ["projets_a_reprendre", "csv"],
    ),
]
