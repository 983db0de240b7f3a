"""Of the access matrix: the money of a project."""

from programme.models import Financement, Operateur
from tests.acces import objets
from tests.acces.lignes import Ligne
from tests.acces.objets import ObjetAdmin
from tests.acces.profils import (
    ADMINISTRATEUR,
    AGENT,
    ASSOCIE,
    CHEF,
    CONNAISSENT_LE_TRANSMIS,
    ETAT,
    HABILITES,
    INTERDIT,
    NATIONAUX,
    OPERATEUR,
    PERSONNAGES,
    PILOTE,
    PILOTE_VOISIN,
    PORTEUR,
    RIEN_A_ENVOYER,
    RIEN_A_LIRE,
    Reponse,
    seuls,
    voient_mais,
)
from tests.acces.projets import CONNAISSENT
from tests.outils.personnages import ENVELOPPE

DEMANDENT = {CHEF, PORTEUR, PILOTE, AGENT, ADMINISTRATEUR}
DEMANDENT_POUR_LE_TRANSMIS = {CHEF, PILOTE, AGENT, ADMINISTRATEUR}
AJOUTENT = voient_mais(DEMANDENT, CONNAISSENT, inconnus=())
MODIFIENT = voient_mais(DEMANDENT_POUR_LE_TRANSMIS, CONNAISSENT_LE_TRANSMIS, inconnus=())
INSTRUISENT = voient_mais({OPERATEUR, ADMINISTRATEUR}, CONNAISSENT_LE_TRANSMIS, inconnus=())
SUIVENT_LE_TRANSMIS = voient_mais(DEMANDENT_POUR_LE_TRANSMIS | {OPERATEUR}, CONNAISSENT_LE_TRANSMIS, inconnus=())
# Whose business envelopes are.
SUIVENT = {PILOTE, AGENT, ASSOCIE, PILOTE_VOISIN, ETAT, OPERATEUR} | NATIONAUX
PROPOSENT = {PILOTE, AGENT, ASSOCIE, PILOTE_VOISIN}
REPARTISSENT = PROPOSENT | {OPERATEUR, ADMINISTRATEUR}
LISENT_LA_PART = {PILOTE, AGENT, OPERATEUR} | NATIONAUX
FIXENT = voient_mais({OPERATEUR, ADMINISTRATEUR}, LISENT_LA_PART, inconnus=())
REGLENT = voient_mais({OPERATEUR, ADMINISTRATEUR}, CONNAISSENT_LE_TRANSMIS, inconnus=())
# A region's, an operator's, the State's there: on some share.
EBAUCHENT = PROPOSENT | {ETAT, OPERATEUR, ADMINISTRATEUR}
REDIGENT = voient_mais({PILOTE, AGENT, OPERATEUR, ADMINISTRATEUR}, LISENT_LA_PART, inconnus=())
# None is named: those whose business it isn't are refused before any is looked for.
COMPARENT = seuls(set(), Reponse.ABSENT, set(PERSONNAGES) - SUIVENT)


def scenario(adresse, titre, lire, ecrire):
    return Ligne(adresse, titre, lire, ecrire, "de la région pilote", lambda monde: [monde.scenario.cle])


def ecart(adresse, titre, lire, ecrire):
    return Ligne(adresse, titre, lire, ecrire, "d'un transmis", lambda monde: [monde.ecart.cle])


def part(adresse, titre, lire, ecrire):
    return Ligne(adresse, titre, lire, ecrire, "de la région pilote", lambda monde: [monde.ecart.dotation.cle])


def annee(adresse, titre, lire, ecrire):
    return Ligne(adresse, titre, lire, ecrire, "de l'opérateur", lambda monde: [ENVELOPPE, 2026])


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
        "financement_document",
        "Joindre un document à un financement",
        SUIVENT_LE_TRANSMIS,
        SUIVENT_LE_TRANSMIS,
        "sollicité, d'un transmis",
        lambda monde: [monde.sollicitee.cle],
    ),
    Ligne(
        "document_signe",
        "Télécharger le document d'un financement",
        seuls(CONNAISSENT_LE_TRANSMIS, Reponse.ABSENT),
        RIEN_A_ENVOYER,
        "sollicité, d'un transmis",
        lambda monde: [monde.sollicitee.documents.get().cle],
    ),
    Ligne(
        "financement_echeancier",
        "Écrire l'échéancier d'un financement",
        SUIVENT_LE_TRANSMIS,
        SUIVENT_LE_TRANSMIS,
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
    Ligne(
        "financement_hors_fiche",
        "Enregistrer un financement hors fiche-action",
        *[seuls(PROPOSENT | {OPERATEUR, ADMINISTRATEUR})] * 2,
    ),
    Ligne("suivi_financier", "Suivi des enveloppes", seuls(SUIVENT), RIEN_A_ENVOYER),
    Ligne("demandes", "Demandes de financement", seuls(SUIVENT), RIEN_A_ENVOYER),
    Ligne("demandes_programmer", "Programmer des demandes : aperçu", seuls(SUIVENT), RIEN_A_ENVOYER),
    Ligne("demandes_appliquer", "Programmer des demandes", RIEN_A_LIRE, INTERDIT),
    Ligne("ecarts", "Écarts à régulariser", seuls(SUIVENT), RIEN_A_ENVOYER),
    Ligne("mouvements", "Mouvements", seuls(HABILITES), RIEN_A_ENVOYER),
    Ligne("mouvements_export", "Export des mouvements", seuls(HABILITES), RIEN_A_ENVOYER, "", lambda monde: ["csv"]),
    Ligne("scenarios", "Scénarios", seuls(SUIVENT), RIEN_A_ENVOYER),
    Ligne("scenario_nouveau", "Nouveau scénario", *[seuls(EBAUCHENT)] * 2),
    Ligne("scenarios_comparer", "Comparer deux scénarios", COMPARENT, RIEN_A_ENVOYER),
    scenario("scenario", "Un scénario", seuls(LISENT_LA_PART, Reponse.ABSENT), REDIGENT),
    scenario("scenario_dupliquer", "Copier un scénario", RIEN_A_LIRE, REDIGENT),
    scenario("scenario_programmer", "Programmer un scénario", REDIGENT, REDIGENT),
    Ligne("a_rapprocher", "À rapprocher", seuls({OPERATEUR} | NATIONAUX), RIEN_A_ENVOYER),
    Ligne(
        "rapprocher",
        "Rapprocher une ligne de fichier",
        *[voient_mais({OPERATEUR, ADMINISTRATEUR}, {OPERATEUR} | NATIONAUX, inconnus=())] * 2,
        "de l'opérateur",
        lambda monde: [monde.fait.cle],
    ),
    ecart("ecart_regulariser", "Compter un écart", RIEN_A_LIRE, REGLENT),
    ecart("ecart_ecarter", "Écarter un acte", REGLENT, REGLENT),
    part("dotation", "Une enveloppe régionale", seuls(LISENT_LA_PART, Reponse.ABSENT), RIEN_A_ENVOYER),
    part("dotation_fixer", "Fixer une enveloppe régionale", FIXENT, FIXENT),
    annee("exercice", "Une année d'une enveloppe", seuls(SUIVENT), RIEN_A_ENVOYER),
    annee("exercice_ouvrir", "Enregistrer une ouverture de crédits", *[seuls({ADMINISTRATEUR})] * 2),
    annee("exercice_repartir", "Répartir une enveloppe", *[seuls(REPARTISSENT)] * 2),
    annee("exercice_proposer", "Proposer une enveloppe pour sa région", *[seuls(PROPOSENT)] * 2),
    Ligne(
        "proposition_decider",
        "Répondre à la proposition d'une région",
        *[voient_mais({OPERATEUR, ADMINISTRATEUR}, {OPERATEUR, PILOTE, AGENT} | NATIONAUX, inconnus=())] * 2,
        "de la région pilote",
        lambda monde: [monde.proposition_de_dotation.cle],
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
