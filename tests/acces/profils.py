"""What each person of the cast obtains: the few profiles that the access matrix is made of."""

from enum import StrEnum


class Reponse(StrEnum):
    """What somebody obtains, as docs/roles.md says it."""

    OUI = "oui"
    CONNEXION = "connexion"
    CONFIRMER = "à confirmer"
    REFUS = "refusé"
    ABSENT = "introuvable"
    METHODE = "sans objet"

    @classmethod
    def de(cls, reponse):
        """Tell an HTTP answer: success, or the way elsewhere once it is done, is a yes."""
        if reponse.status_code == 302 and reponse.url.startswith(ADRESSES_DE_CONNEXION):
            return cls.CONNEXION
        if reponse.status_code == 302 and reponse.url.startswith("/compte/confirmer/"):
            return cls.CONFIRMER
        return {200: cls.OUI, 302: cls.OUI, 403: cls.REFUS, 404: cls.ABSENT, 405: cls.METHODE}.get(
            reponse.status_code, f"{reponse.status_code}"
        )


ADRESSES_DE_CONNEXION = ("/connexion/", "/admin/login/")

ANONYME, SANS, EXPIREE = "anonyme", "sans habilitation", "expirée"
CHEF, LECTURE, EQUIPE_VOISINE = "chef de projet", "lecture", "équipe voisine"
EQUIPE_ASSOCIEE = "équipe d'un territoire associé"
PORTEUR = "porteur"
PILOTE, AGENT = "pilote", "agent instructeur"
ASSOCIE, PILOTE_VOISIN = "pilote d'une région associée", "pilote voisin"
ETAT = "État territorial"
# Of an envelope, everywhere.
OPERATEUR = "opérateur"
# The agency of the cast, one from next door; who keeps the network; who asks for its people.
AGENCE, AGENCE_VOISINE = "correspondant d'agence", "correspondant d'une autre agence"
CNER, FEDERATION = "CNER", "fédération"
ANALYSTE, AUDITEUR, ADMINISTRATEUR = "analyste", "auditeur", "administrateur"
PERSONNAGES = (
    ANONYME,
    SANS,
    EXPIREE,
    CHEF,
    LECTURE,
    EQUIPE_VOISINE,
    EQUIPE_ASSOCIEE,
    PORTEUR,
    PILOTE,
    AGENT,
    ASSOCIE,
    PILOTE_VOISIN,
    ETAT,
    OPERATEUR,
    AGENCE,
    AGENCE_VOISINE,
    CNER,
    FEDERATION,
    ANALYSTE,
    AUDITEUR,
    ADMINISTRATEUR,
)
NATIONAUX = {ANALYSTE, AUDITEUR, ADMINISTRATEUR}
TENANTS = {ANALYSTE, ADMINISTRATEUR}
HABILITES = set(PERSONNAGES) - {ANONYME, SANS, EXPIREE}
AUTOUR = {CHEF, LECTURE, PILOTE, AGENT, ASSOCIE, ETAT}
# Of the neighbouring territory.
LA_BAS = {EQUIPE_VOISINE, PILOTE_VOISIN}
# Of any project with which its territory is associated: it reads the whole fiche, and writes nothing of it.
# The transmitted one asks money of the operator's envelope.
CONNAISSENT_LE_TRANSMIS = AUTOUR | {EQUIPE_ASSOCIEE, OPERATEUR} | NATIONAUX
CONNAISSENT_L_INSCRIT = LA_BAS | {EQUIPE_ASSOCIEE} | NATIONAUX


def seuls(ceux, sinon=Reponse.REFUS, inconnus=()):
    """Return a profile: yes for those; `inconnus` are refused before the object is looked for; sign-in for nobody."""
    return {nom: Reponse.OUI if nom in ceux else Reponse.REFUS if nom in inconnus else sinon for nom in PERSONNAGES} | {
        ANONYME: Reponse.CONNEXION
    }


def voient_mais(ceux, voient, inconnus=(SANS, EXPIREE)):
    """Return a profile: yes for `ceux`, 403 for who sees the object without the right, 404 for the others."""
    return {
        nom: Reponse.REFUS if nom in voient - ceux else reponse
        for nom, reponse in seuls(ceux, Reponse.ABSENT, inconnus).items()
    }


TOUS = dict.fromkeys(PERSONNAGES, Reponse.OUI)
PERSONNE = dict.fromkeys(PERSONNAGES, Reponse.METHODE)
# Its method is refused before anyone is asked who they are, but for visitors.
RIEN_A_ENVOYER = PERSONNE | {ANONYME: Reponse.CONNEXION}
CONNECTES = seuls(set(PERSONNAGES) - {ANONYME})
INTERDIT = seuls(set())
INTROUVABLE = seuls(set(), Reponse.ABSENT, (SANS, EXPIREE))
RIEN_A_LIRE = RIEN_A_ENVOYER
# Of one's own account, once the password has been given again.
A_CONFIRMER = dict.fromkeys(PERSONNAGES, Reponse.CONFIRMER) | {ANONYME: Reponse.CONNEXION}
NULLE_PART = dict.fromkeys(PERSONNAGES, Reponse.ABSENT)
SANS_OBJET = NULLE_PART | {ANONYME: Reponse.CONNEXION}
