"""Of the access matrix: perimeter requests, signed documents."""

from programme.models import DemandeDePerimetre
from tests.acces.lignes import Ligne
from tests.acces.objets import ObjetAdmin
from tests.acces.profils import (
    ADMINISTRATEUR,
    AGENT,
    ASSOCIE,
    AUTOUR,
    CHEF,
    EQUIPE_ASSOCIEE,
    EQUIPE_VOISINE,
    ETAT,
    HABILITES,
    NATIONAUX,
    PILOTE,
    PILOTE_VOISIN,
    RIEN_A_ENVOYER,
    RIEN_A_LIRE,
    seuls,
    voient_mais,
)

DEMANDENT = {CHEF, EQUIPE_VOISINE, EQUIPE_ASSOCIEE, PILOTE, AGENT, ASSOCIE, PILOTE_VOISIN, ADMINISTRATEUR}
# The State sees it once transmitted.
VOIENT = (AUTOUR | NATIONAUX) - {ETAT}
ECRIVENT = {CHEF, PILOTE, AGENT, ADMINISTRATEUR}
LISENT_LE_DOCUMENT = AUTOUR | NATIONAUX
EN_PREPARATION, TRANSMISE = "en préparation, du territoire", "transmise, du territoire"


def profil(ceux, voient=VOIENT):
    return voient_mais(ceux, voient, inconnus=())


def ligne(nom, titre, lire, ecrire):
    return Ligne(nom, titre, lire, ecrire, EN_PREPARATION, lambda monde: [monde.demande.cle])


PERIMETRES = [
    Ligne("perimetres", "Demandes de périmètre", seuls(HABILITES), RIEN_A_ENVOYER),
    Ligne("perimetre_nouveau", "Demander un changement de périmètre", seuls(DEMANDENT), seuls(DEMANDENT)),
    ligne("perimetre", "Une demande de périmètre", profil(VOIENT), RIEN_A_ENVOYER),
    Ligne(
        "perimetre",
        "Une demande de périmètre",
        profil(AUTOUR | NATIONAUX, AUTOUR | NATIONAUX),
        RIEN_A_ENVOYER,
        TRANSMISE,
        lambda monde: [monde.transmise.cle],
    ),
    ligne("perimetre_modifier", "Modifier une demande de périmètre", profil(ECRIVENT), profil(ECRIVENT)),
    ligne("perimetre_deliberer", "Ajouter une délibération", profil(ECRIVENT), profil(ECRIVENT)),
    Ligne(
        "deliberation_retirer",
        "Retirer une délibération",
        RIEN_A_LIRE,
        profil(ECRIVENT),
        EN_PREPARATION,
        lambda monde: [monde.demande.cle, monde.demande.deliberations.get().cle],
    ),
    *(
        Ligne("perimetre_etape", titre, profil(qui, voient), profil(qui, voient), dont, objet)
        for titre, qui, voient, dont, objet in (
            (
                "Transmettre une demande de périmètre",
                ECRIVENT,
                VOIENT,
                EN_PREPARATION,
                lambda monde: [monde.demande.cle, "transmettre"],
            ),
            (
                "Noter l'avis sur une demande de périmètre",
                {PILOTE, AGENT, ADMINISTRATEUR},
                AUTOUR | NATIONAUX,
                TRANSMISE,
                lambda monde: [monde.transmise.cle, "rendre-avis"],
            ),
            (
                "Inscrire une demande de périmètre",
                {ADMINISTRATEUR},
                AUTOUR | NATIONAUX,
                TRANSMISE,
                lambda monde: [monde.transmise.cle, "inscrire"],
            ),
        )
    ),
    Ligne(
        "document_signe",
        "Télécharger le document d'un contrat",
        profil(LISENT_LE_DOCUMENT, LISENT_LE_DOCUMENT),
        RIEN_A_ENVOYER,
        "du territoire",
        lambda monde: [monde.document.cle],
    ),
    Ligne(
        "contrat_document",
        "Document signé d'un contrat",
        seuls(LISENT_LE_DOCUMENT),
        seuls({PILOTE, AGENT, ADMINISTRATEUR}),
        "du territoire",
        lambda monde: [monde.contrat.cle],
    ),
]
ADMINISTRATION_DES_PERIMETRES = {
    DemandeDePerimetre: [ObjetAdmin(EN_PREPARATION, lambda monde: [monde.demande.pk], VOIENT, set())],
}
AJOUTENT_AUX_PERIMETRES = {DemandeDePerimetre: set()}
