"""Of the access matrix: agencies, federations, and who acts for them."""

from agences.models import Agence, Cner, Correspondant, Federation, MembreFederation
from tests.acces import objets
from tests.acces.objets import ObjetAdmin
from tests.acces.profils import ADMINISTRATEUR, AGENCE, AGENCE_VOISINE, CNER, FEDERATION, HABILITES, NATIONAUX, TENANTS

TIENNENT = TENANTS | {CNER}
LISENT_LA_FICHE = {AGENCE, CNER} | NATIONAUX
NOMMENT = {CNER, ADMINISTRATEUR}
# Kind, whose, of what, who sees it, who ends it.
MEMBRES_DES_AGENCES = (
    (Correspondant, AGENCE, "de l'agence", LISENT_LA_FICHE, NOMMENT),
    (Cner, CNER, "du CNER", {AGENCE, AGENCE_VOISINE, CNER} | NATIONAUX, {ADMINISTRATEUR}),
    (MembreFederation, FEDERATION, "de la fédération", {FEDERATION, CNER} | NATIONAUX, NOMMENT),
)
AGENCES = []
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
