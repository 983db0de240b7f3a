"""The access matrix: every address × every person of the cast × whose object × reading and writing → what they obtain.

A route that is not here fails `test_matrice.py`; `docs/roles.md` is made from it (`python -m tests.acces.roles`).
"""

from django.contrib import admin

from comptes.invitations import jeton
from comptes.models import Courrier, EquipeNationale, Invitation, Utilisateur
from programme.models import Porteur
from territoires.models import ActeurLocal, EtatTerritorial, PiloteRegional, Territoire
from tests.acces import agences, objets
from tests.acces.actualisations import ACTUALISATIONS
from tests.acces.argent import ADMINISTRATION_DE_L_ARGENT, AJOUTENT_A_L_ARGENT, ARGENT
from tests.acces.campagnes import CAMPAGNES, IMPORTS_DE_PROJETS
from tests.acces.comites import ADMINISTRATION_DES_COMITES, AJOUTENT_AUX_COMITES, COMITES
from tests.acces.lignes import Ligne, publique
from tests.acces.liste_des_projets import LISTE_DES_PROJETS
from tests.acces.objets import ObjetAdmin
from tests.acces.pages_des_projets import INSTRUISENT, PAGES_DES_PROJETS
from tests.acces.perimetres import ADMINISTRATION_DES_PERIMETRES, AJOUTENT_AUX_PERIMETRES, PERIMETRES
from tests.acces.pieces import PIECES
from tests.acces.profils import (
    A_CONFIRMER,
    ADMINISTRATEUR,
    AGENCE,
    AGENCE_VOISINE,
    AGENT,
    ASSOCIE,
    AUTOUR,
    CHEF,
    CNER,
    CONNECTES,
    EQUIPE_ASSOCIEE,
    EQUIPE_VOISINE,
    HABILITES,
    INTERDIT,
    LA_BAS,
    NATIONAUX,
    NULLE_PART,
    OPERATEUR,
    PERSONNAGES,
    PERSONNE,
    PILOTE,
    PILOTE_VOISIN,
    PORTEUR,
    RIEN_A_ENVOYER,
    RIEN_A_LIRE,
    SANS,
    SANS_OBJET,
    TENANTS,
    TOUS,
    Reponse,
    seuls,
    voient_mais,
)
from tests.acces.projets import AJOUTENT_AUX_PROJETS, CONNAISSENT, PROJETS
from tests.acces.redaction import REDACTION

PAGES_PUBLIQUES = [
    publique("accueil", "Accueil"),
    publique("communes", "Recherche d'une commune"),
    publique("communes_suggestions", "Suggestions de communes"),
    publique("communes_export", "Export des communes", lambda monde: ["csv"]),
    publique("commune", "Une commune", lambda monde: ["02738"]),
    publique("carte", "Carte"),
    publique("territoires", "Liste des territoires"),
    publique("territoires_export", "Export des territoires", lambda monde: ["csv"]),
    publique("territoire", "Un territoire", lambda monde: [monde.territoire.slug]),
    publique("mesures", "Mesures"),
    publique("mesures_export", "Export des mesures", lambda monde: ["csv"]),
    publique("mesure", "Une mesure", lambda monde: [monde.mesure.code]),
    publique("financements", "Financements"),
    publique("financements_export", "Export des financements", lambda monde: ["csv"]),
    publique("montants_export", "Export des montants suivis", lambda monde: ["csv"]),
    publique("plan_du_site", "Plan du site"),
    publique("accessibilite", "Accessibilité"),
    publique("mentions_legales", "Mentions légales"),
    publique("donnees_personnelles", "Données personnelles"),
    publique("aide", "Aide"),
    publique("sante", "État de marche"),
    publique("robots", "Consignes aux robots"),
    publique("sitemap", "Plan pour les moteurs"),
]

# One page over all kinds of habilitations; then one of them: who sees it, who ends it.
MEMBRES = [
    # What awaits the reader, and no one else.
    Ligne("a_faire", "À faire", CONNECTES, RIEN_A_ENVOYER),
    Ligne("membres", "Membres", seuls(HABILITES), RIEN_A_ENVOYER),
    Ligne("membres_export", "Export des membres", seuls(HABILITES), RIEN_A_ENVOYER, objet=lambda monde: ["csv"]),
    Ligne(
        "territoire_acces",
        "Qui a accès ?",
        seuls(AUTOUR | NATIONAUX),
        RIEN_A_ENVOYER,
        "du territoire",
        lambda monde: [monde.territoire.slug],
    ),
    Ligne(
        "territoire_acces",
        "Qui a accès ?",
        seuls(LA_BAS | NATIONAUX),
        RIEN_A_ENVOYER,
        "du voisin",
        lambda monde: [monde.voisin.slug],
    ),
]
for genre, nom, dont, voient, terminent in (
    (ActeurLocal, "lecture", "du territoire", AUTOUR | NATIONAUX, objets.NOMMENT_L_EQUIPE),
    (ActeurLocal, "équipe voisine", "du voisin", LA_BAS | NATIONAUX, {"pilote voisin", ADMINISTRATEUR}),
    (PiloteRegional, "agent instructeur", "de la région pilote", AUTOUR | NATIONAUX, {"pilote", ADMINISTRATEUR}),
    (Porteur, PORTEUR, "du territoire, porteur", CONNAISSENT, {CHEF} | INSTRUISENT),
    (EtatTerritorial, "État territorial", "de l'État", AUTOUR | NATIONAUX, {ADMINISTRATEUR}),
    (EquipeNationale, "analyste", "de l'équipe nationale", NATIONAUX, {ADMINISTRATEUR}),
    *agences.MEMBRES_DES_AGENCES,
):
    lire, ecrire = voient_mais(voient, voient), voient_mais(terminent, voient)
    objet = objets.membre(genre, nom)
    MEMBRES += [
        Ligne("membre", "Une habilitation", lire, RIEN_A_ENVOYER, dont, objet),
        Ligne("membre_terminer", "Mettre fin à une habilitation", ecrire, ecrire, dont, objet),
        Ligne("membre_transferer", "Transférer une habilitation", ecrire, ecrire, dont, objet),
    ]

# Those who may give something to someone: one by one, or from a table.
INVITENT_SUR_PLACE = {CHEF, EQUIPE_VOISINE, EQUIPE_ASSOCIEE, PILOTE, AGENT, ASSOCIE, PILOTE_VOISIN, ADMINISTRATEUR}
INVITENT = INVITENT_SUR_PLACE | {AGENCE, AGENCE_VOISINE, CNER}
IMPORTENT = INVITENT | TENANTS | {PORTEUR, OPERATEUR}
N_IMPORTENT_PAS = set(PERSONNAGES) - IMPORTENT - NATIONAUX
LOT = {"dont": "équipe nationale", "objet": lambda monde: [monde.lot.cle]}
VOIT_UN_LOT = seuls(NATIONAUX, Reponse.ABSENT, N_IMPORTENT_PAS)
ECRIT_UN_LOT = voient_mais(TENANTS, NATIONAUX, N_IMPORTENT_PAS)
IMPORTS = [
    Ligne("imports", "Liste des imports", seuls(IMPORTENT | NATIONAUX), RIEN_A_ENVOYER),
    Ligne("import_nouveau", "Déposer un fichier", seuls(IMPORTENT), seuls(IMPORTENT)),
    Ligne(
        "import_modele",
        "Modèle à remplir",
        VOIT_UN_LOT,
        RIEN_A_ENVOYER,
        "de la référence",
        lambda monde: ["mesures"],
    ),
    Ligne(
        "import_modele",
        "Modèle à remplir",
        seuls(INVITENT_SUR_PLACE | NATIONAUX, Reponse.ABSENT, N_IMPORTENT_PAS),
        RIEN_A_ENVOYER,
        "d'invitations",
        lambda monde: ["invitations_territoires"],
    ),
    Ligne(
        "import_donnees",
        "Fichier à compléter",
        VOIT_UN_LOT,
        RIEN_A_ENVOYER,
        objet=lambda monde: ["mesures", "csv"],
    ),
    Ligne("import", "Un import", VOIT_UN_LOT, RIEN_A_ENVOYER, **LOT),
    Ligne("import_colonnes", "Reconnaître les colonnes", ECRIT_UN_LOT, ECRIT_UN_LOT, **LOT),
    Ligne("import_lecture", "Relire autrement", CONNECTES, ECRIT_UN_LOT, **LOT),
    Ligne("import_disparus", "Choisir les disparus", CONNECTES, ECRIT_UN_LOT, **LOT),
    Ligne("import_appliquer", "Appliquer un import", ECRIT_UN_LOT, ECRIT_UN_LOT, **LOT),
    Ligne("import_annuler", "Annuler un import", ECRIT_UN_LOT, ECRIT_UN_LOT, **LOT),
    Ligne("import_abandonner", "Abandonner un import", ECRIT_UN_LOT, ECRIT_UN_LOT, **LOT),
    Ligne("import_refus", "Lignes refusées", VOIT_UN_LOT, RIEN_A_ENVOYER, **LOT),
    Ligne(
        "import_lignes",
        "Lignes d'un import",
        VOIT_UN_LOT,
        RIEN_A_ENVOYER,
        "équipe nationale",
        lambda monde: [monde.lot.cle, "csv"],
    ),
]

PUBLIC_A_REMPLIR = {"lire": TOUS, "ecrire": TOUS}
A_SOI = {"lire": CONNECTES, "ecrire": CONNECTES}
SANS_FACTEUR = {"lire": SANS_OBJET, "ecrire": SANS_OBJET}
A_SOI_EN_LECTURE = {"lire": CONNECTES, "ecrire": RIEN_A_ENVOYER}
A_SOI_CONFIRME = {"lire": A_CONFIRMER, "ecrire": A_CONFIRMER}
COMPTE = [
    Ligne("account_login", "Se connecter", **PUBLIC_A_REMPLIR),
    Ligne("account_logout", "Se déconnecter", PERSONNE, TOUS),
    Ligne("account_reset_password", "Mot de passe oublié", **PUBLIC_A_REMPLIR),
    Ligne("account_reset_password_done", "Mot de passe oublié : envoyé", TOUS, PERSONNE),
    Ligne("account_reset_password_from_key_done", "Nouveau mot de passe : fait", TOUS, PERSONNE),
    Ligne(
        "account_reset_password_from_key",
        "Nouveau mot de passe, par un lien sans valeur",
        TOUS,
        TOUS,
        objet=lambda monde: ["1", "absent"],
    ),
    Ligne("account_change_password", "Changer de mot de passe", **A_SOI),
    Ligne("account_set_password", "Premier mot de passe", **A_SOI),
    Ligne("account_reauthenticate", "Confirmer son mot de passe", **A_SOI),
    Ligne("usersessions_list", "Mes connexions", **A_SOI),
    Ligne("courriels", "Mes courriels", **A_SOI),
    Ligne("compte", "Mon compte", **A_SOI),
    Ligne("en_qualite", "Agir en qualité de", **A_SOI),
    Ligne("mes_donnees", "Mes données", **A_SOI_EN_LECTURE),
    Ligne("effacer", "Effacer mon compte", **A_SOI_CONFIRME),
    Ligne("efface", "Compte effacé", TOUS, PERSONNE),
    Ligne("adresse", "Changer d'adresse", **A_SOI_CONFIRME),
    Ligne(
        "adresse_confirmer",
        "Confirmer sa nouvelle adresse",
        seuls({SANS}, Reponse.ABSENT),
        seuls({SANS}, Reponse.ABSENT),
        "de qui l'a demandé",
        objets.lien_d_adresse("adresse_confirmer"),
    ),
    # Whoever reads the old mailbox: they may be unable to sign in.
    Ligne(
        "adresse_arreter",
        "Arrêter un changement d'adresse",
        TOUS,
        TOUS,
        "de qui tient le lien",
        objets.lien_d_adresse("adresse_arreter"),
    ),
    Ligne("mfa_authenticate", "Donner son second facteur", **A_SOI),
    Ligne("mfa_trust", "Navigateur de confiance", **A_SOI),
    Ligne("mfa_reauthenticate", "Confirmer par un code", **A_SOI_CONFIRME),
    Ligne("mfa_reauthenticate_webauthn", "Confirmer par une clé", **A_SOI_CONFIRME),
    Ligne("mfa_index", "Mon second facteur", **A_SOI_EN_LECTURE),
    Ligne("mfa_activate_totp", "Ajouter une application", **A_SOI_CONFIRME),
    Ligne("mfa_deactivate_totp", "Retirer son application, quand on n'en a pas", **SANS_FACTEUR),
    Ligne("mfa_add_webauthn", "Ajouter une clé", **A_SOI_CONFIRME),
    Ligne("mfa_edit_webauthn", "Nommer une clé", dont="d'un autre", objet=lambda monde: [1], **A_SOI_CONFIRME),
    Ligne("mfa_remove_webauthn", "Retirer une clé", dont="d'un autre", objet=lambda monde: [1], **A_SOI_CONFIRME),
    Ligne("mfa_view_recovery_codes", "Codes de secours, quand on n'en a pas", SANS_OBJET, RIEN_A_ENVOYER),
    Ligne("mfa_download_recovery_codes", "Codes de secours, fichier, quand on n'en a pas", **SANS_FACTEUR),
    Ligne("mfa_generate_recovery_codes", "Refaire les codes de secours", **A_SOI_CONFIRME),
    Ligne("openid_connect_login", "Aller à ProConnect, s'il n'est pas branché", PERSONNE, NULLE_PART),
    Ligne("openid_connect_callback", "Revenir de ProConnect, s'il n'est pas branché", NULLE_PART, PERSONNE),
    Ligne("voir_comme", "Voir comme", seuls({ADMINISTRATEUR}), seuls({ADMINISTRATEUR})),
    Ligne("voir_comme_fin", "Ne plus voir comme", RIEN_A_LIRE, CONNECTES),
]

# Those who may give what the invitation gives.
DECIDENT = voient_mais(objets.NOMMENT_L_EQUIPE, objets.NOMMENT_L_EQUIPE | NATIONAUX, inconnus=())
UNE_INVITATION = {"dont": "du territoire", "objet": lambda monde: [monde.invitation.cle]}
UN_LIEN = {"objet": lambda monde: [jeton(monde.invitation)]}
INVITATIONS = [
    Ligne("inviter", "Inviter", seuls(INVITENT), seuls(INVITENT)),
    Ligne("invitations", "Invitations", seuls(INVITENT | NATIONAUX), RIEN_A_ENVOYER),
    Ligne("invitation_renvoyer", "Renvoyer une invitation", RIEN_A_ENVOYER, DECIDENT, **UNE_INVITATION),
    Ligne("invitation_annuler", "Annuler une invitation", DECIDENT, DECIDENT, **UNE_INVITATION),
    # Whoever holds the link; the page itself says whose it is.
    Ligne("invitation", "Répondre à une invitation", TOUS, TOUS, **UN_LIEN),
    Ligne("invitation_demander", "Demander une nouvelle invitation", PERSONNE, TOUS, **UN_LIEN),
]


# --- The admin: one more screen behind the same rule

REFERENCE = [ObjetAdmin("", objets.premier, HABILITES, TENANTS, TENANTS)]
# Follows its inscriptions in the lists.
TERRITOIRES = [ObjetAdmin("", objets.premier, HABILITES, set(), TENANTS)]
CAS = (
    PROJETS
    | ADMINISTRATION_DES_COMITES
    | ADMINISTRATION_DES_PERIMETRES
    | ADMINISTRATION_DE_L_ARGENT
    | agences.ADMINISTRATION_DES_AGENCES
    | {
        Courrier: [ObjetAdmin("", objets.premier, {ADMINISTRATEUR}, set())],
        Territoire: TERRITOIRES,
        ActeurLocal: [
            ObjetAdmin("du territoire", objets.de(ActeurLocal, "lecture"), AUTOUR | NATIONAUX, objets.NOMMENT_L_EQUIPE),
            ObjetAdmin(
                "du voisin",
                objets.de(ActeurLocal, "équipe voisine"),
                LA_BAS | NATIONAUX,
                {"pilote voisin", ADMINISTRATEUR},
            ),
        ],
        PiloteRegional: [
            ObjetAdmin(
                "de la région pilote",
                objets.de(PiloteRegional, "agent instructeur"),
                AUTOUR | NATIONAUX,
                {"pilote", ADMINISTRATEUR},
            ),
            ObjetAdmin("du voisin", objets.de(PiloteRegional, "pilote voisin"), LA_BAS | NATIONAUX, {ADMINISTRATEUR}),
        ],
        EtatTerritorial: [
            ObjetAdmin(
                "de la région pilote",
                objets.de(EtatTerritorial, "État territorial"),
                AUTOUR | NATIONAUX,
                {ADMINISTRATEUR},
            ),
        ],
        EquipeNationale: [
            ObjetAdmin("de l'équipe nationale", objets.de(EquipeNationale, "analyste"), NATIONAUX, {ADMINISTRATEUR}),
        ],
        Invitation: [
            ObjetAdmin(
                "du territoire",
                lambda monde: [monde.invitation.pk],
                objets.NOMMENT_L_EQUIPE | NATIONAUX,
                set(),
            ),
        ],
        Utilisateur: [
            ObjetAdmin("du territoire", objets.compte("lecture"), AUTOUR | NATIONAUX, {ADMINISTRATEUR}),
            ObjetAdmin("du voisin", objets.compte("équipe voisine"), LA_BAS | NATIONAUX, {ADMINISTRATEUR}),
        ],
    }
)
LECTEURS = {Courrier: {ADMINISTRATEUR}}
AJOUTENT = (
    {
        ActeurLocal: INVITENT_SUR_PLACE,
        PiloteRegional: {"pilote", "pilote d'une région associée", "pilote voisin", ADMINISTRATEUR},
        EtatTerritorial: {ADMINISTRATEUR},
        EquipeNationale: {ADMINISTRATEUR},
        Utilisateur: set(),
        Invitation: set(),
        Courrier: set(),
    }
    | AJOUTENT_AUX_PROJETS
    | AJOUTENT_AUX_COMITES
    | AJOUTENT_AUX_PERIMETRES
    | AJOUTENT_A_L_ARGENT
    | agences.AJOUTENT_AUX_AGENCES
)


def lignes_d_un_modele(modele):
    nom = f"admin:{modele._meta.app_label}_{modele._meta.model_name}"
    titre = f"Administration, {modele._meta.verbose_name_plural}"
    ajoutent = AJOUTENT.get(modele, TENANTS)
    lecteurs = seuls(LECTEURS.get(modele, HABILITES))
    yield Ligne(f"{nom}_changelist", f"{titre} : liste", lecteurs, lecteurs)
    yield Ligne(f"{nom}_add", f"{titre} : ajouter", seuls(ajoutent), seuls(ajoutent))
    for cas in CAS.get(modele, REFERENCE):
        objet = cas.objet(modele) if cas.objet is objets.premier else cas.objet
        lire, ecrire = voient_mais(cas.voient, cas.voient), voient_mais(cas.changent, cas.voient)
        yield Ligne(f"{nom}_change", f"{titre} : un objet", lire, ecrire, cas.dont, objet)
        yield Ligne(f"{nom}_history", f"{titre} : historique", lire, lire, cas.dont, objet)
        supprimer = voient_mais(cas.suppriment, cas.voient)
        yield Ligne(f"{nom}_delete", f"{titre} : supprimer", supprimer, supprimer, cas.dont, objet)


# Who may come in, where nothing is read, or sent.
SANS_ENVOI = SANS_LECTURE = INTERDIT | dict.fromkeys(HABILITES, Reponse.METHODE)
EFFACENT = {
    "du territoire": ("lecture", voient_mais({ADMINISTRATEUR}, AUTOUR | NATIONAUX)),
    "du voisin": ("équipe voisine", voient_mais({ADMINISTRATEUR}, LA_BAS | NATIONAUX)),
}
ADMINISTRATION = [
    *(
        Ligne("admin:comptes_utilisateur_effacer", "Effacer un compte", qui, qui, dont, objets.compte(nom))
        for dont, (nom, qui) in EFFACENT.items()
    ),
    Ligne("admin:index", "Administration", seuls(HABILITES), seuls(HABILITES)),
    Ligne(
        "admin:app_list",
        "Administration : une pièce",
        seuls(HABILITES),
        seuls(HABILITES),
        objet=lambda monde: ["territoires"],
    ),
    Ligne("admin:login", "Administration : connexion", seuls(HABILITES), seuls(HABILITES)),
    Ligne("admin:logout", "Administration : déconnexion", SANS_LECTURE, seuls(HABILITES)),
    Ligne("admin:password_change", "Administration : mot de passe", seuls(HABILITES), seuls(HABILITES)),
    Ligne("admin:password_change_done", "Administration : mot de passe changé", seuls(HABILITES), SANS_ENVOI),
    Ligne("admin:autocomplete", "Administration : choix assisté", INTERDIT, SANS_ENVOI),
    Ligne("admin:jsi18n", "Administration : traductions", seuls(HABILITES), SANS_ENVOI),
    *(ligne for modele in admin.site._registry for ligne in lignes_d_un_modele(modele)),
]

PROGRAMME = [
    *PAGES_DES_PROJETS,
    *LISTE_DES_PROJETS,
    *REDACTION,
    *ACTUALISATIONS,
    *PIECES,
    *CAMPAGNES,
    *COMITES,
    *PERIMETRES,
    *ARGENT,
    *IMPORTS_DE_PROJETS,
]
MATRICE = [
    *PAGES_PUBLIQUES,
    *PROGRAMME,
    *agences.AGENCES,
    *COMPTE,
    *INVITATIONS,
    *MEMBRES,
    *IMPORTS,
    *ADMINISTRATION,
]
