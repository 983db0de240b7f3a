"""Of the access matrix: the money of a project."""

from programme.models import Financement, Operateur
from tests.acces import objets
from tests.acces.lignes import Ligne
from tests.acces.objets import ObjetAdmin
from tests.acces.profils import (
    ADMINISTRATEUR,
    AGENT,
    CHEF,
    CONNAISSENT_LE_TRANSMIS,
    NATIONAUX,
    OPERATEUR,
    PILOTE,
    PORTEUR,
    RIEN_A_ENVOYER,
    Reponse,
    seuls,
    voient_mais,
)
from tests.acces.projets import CONNAISSENT

DEMANDENT = {CHEF, PORTEUR, PILOTE, AGENT, ADMINISTRATEUR}
DEMANDENT_POUR_LE_TRANSMIS = {CHEF, PILOTE, AGENT, ADMINISTRATEUR}
AJOUTENT = voient_mais(DEMANDENT, CONNAISSENT, inconnus=())
MODIFIENT = voient_mais(DEMANDENT_POUR_LE_TRANSMIS, CONNAISSENT_LE_TRANSMIS, inconnus=())
INSTRUISENT = voient_mais({OPERATEUR, ADMINISTRATEUR}, CONNAISSENT_LE_TRANSMIS, inconnus=())
ARGENT = [
    Ligne(
        "projet_plan",
        "Plan de financement",
        seuls(CONNAISSENT, Reponse.ABSENT),
        RIEN_A_ENVOYER,
        "idée du territoire",
        lambda monde: [monde.projet.cle],
    ),
    Ligne(
        "projet_plan",
        "Plan de financement",
        seuls(CONNAISSENT_LE_TRANSMIS, Reponse.ABSENT),
        RIEN_A_ENVOYER,
        "transmis, du territoire",
        lambda monde: [monde.transmis.cle],
    ),
    Ligne(
        "financement_nouveau",
        "Ajouter une source",
        AJOUTENT,
        AJOUTENT,
        "idée du territoire",
        lambda monde: [monde.projet.cle],
    ),
    Ligne(
        "financement",
        "Un financement",
        seuls(CONNAISSENT, Reponse.ABSENT),
        RIEN_A_ENVOYER,
        "à solliciter, d'une idée",
        lambda monde: [monde.ligne.cle],
    ),
    Ligne(
        "financement",
        "Un financement",
        seuls(CONNAISSENT_LE_TRANSMIS, Reponse.ABSENT),
        RIEN_A_ENVOYER,
        "sollicité, d'un transmis",
        lambda monde: [monde.sollicitee.cle],
    ),
    Ligne(
        "financement_modifier",
        "Modifier une source",
        MODIFIENT,
        MODIFIENT,
        "sollicité, d'un transmis",
        lambda monde: [monde.sollicitee.cle],
    ),
    Ligne(
        "financement_etape",
        "Commencer l'instruction d'un financement",
        INSTRUISENT,
        INSTRUISENT,
        "sollicité, d'un transmis",
        lambda monde: [monde.sollicitee.cle, "instruire"],
    ),
    Ligne(
        "financement_etape",
        "Retirer une demande de financement",
        MODIFIENT,
        MODIFIENT,
        "sollicité, d'un transmis",
        lambda monde: [monde.sollicitee.cle, "retirer"],
    ),
]
ADMINISTRATION_DE_L_ARGENT = {
    Operateur: [
        ObjetAdmin("de l'enveloppe", objets.de(Operateur, OPERATEUR), {OPERATEUR} | NATIONAUX, {ADMINISTRATEUR}),
    ],
    Financement: [
        ObjetAdmin("sollicité, d'un transmis", lambda monde: [monde.sollicitee.pk], CONNAISSENT_LE_TRANSMIS, set()),
    ],
}
AJOUTENT_A_L_ARGENT = {Operateur: {ADMINISTRATEUR}, Financement: set()}
