"""Of the access matrix: agencies, federations, and who acts for them."""

from agences.models import Agence, Cner, Correspondant, Federation, MembreFederation
from tests.acces import objets
from tests.acces.lignes import Ligne, publique
from tests.acces.objets import ObjetAdmin
from tests.acces.profils import (
    ADMINISTRATEUR,
    AGENCE,
    AGENCE_VOISINE,
    CNER,
    FEDERATION,
    HABILITES,
    NATIONAUX,
    TENANTS,
    seuls,
)

TIENNENT = TENANTS | {CNER}
LISENT_LA_FICHE = {AGENCE, CNER} | NATIONAUX
NOMMENT = {CNER, ADMINISTRATEUR}
# Kind, whose, of what, who sees it, who ends it.
MEMBRES_DES_AGENCES = (
    (Correspondant, AGENCE, "de l'agence", LISENT_LA_FICHE, NOMMENT),
    (Cner, CNER, "du CNER", {AGENCE, AGENCE_VOISINE, CNER} | NATIONAUX, {ADMINISTRATEUR}),
    (MembreFederation, FEDERATION, "de la fédération", {FEDERATION, CNER} | NATIONAUX, NOMMENT),
)
TIENNENT_LA_FICHE = seuls(TIENNENT | {AGENCE})
AGENCES = [
    publique("agences", "Agences de développement"),
    publique("agences_export", "Export des agences", lambda monde: ["csv"]),
    publique("agence", "Une agence", lambda monde: [monde.agence.slug]),
    Ligne(
        "agence_modifier",
        "Mettre à jour la fiche d'une agence",
        *[TIENNENT_LA_FICHE] * 2,
        "du correspondant",
        lambda monde: [monde.agence.slug],
    ),
]
ADMINISTRATION_DES_AGENCES = {
    Agence: [
        ObjetAdmin("du correspondant", lambda monde: [monde.agence.pk], LISENT_LA_FICHE, TIENNENT, TIENNENT),
    ],
    Federation: [ObjetAdmin("", objets.premier, HABILITES, TIENNENT, TIENNENT)],
    **{
        genre: [ObjetAdmin(dont, objets.de(genre, nom), voient, changent)]
        for genre, nom, dont, voient, changent in MEMBRES_DES_AGENCES
    },
}
AJOUTENT_AUX_AGENCES = {
    Agence: TIENNENT,
    Federation: TIENNENT,
    Correspondant: NOMMENT | {AGENCE, AGENCE_VOISINE},
    Cner: {ADMINISTRATEUR},
    MembreFederation: NOMMENT,
}
