"""Settings of the sign-in (django-allauth), read by `config/settings.py`: constants only."""

from datetime import timedelta
from urllib.parse import urlsplit

from environs import Env

_env = Env()
_DEVELOPPEMENT = _env.str("ENVIRONNEMENT", "production") == "developpement"

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "prenom", "nom"]},
    },
    # What ANSSI and CNIL advise for a password that a limit on attempts and a second factor complete.
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "a_faire"
LOGOUT_REDIRECT_URL = "accueil"

# --- E-mail and password
ACCOUNT_ADAPTER = "comptes.connexion.Connexion"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# An account is made by an invitation or by a command: its address is proved there, never here.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# allauth's own writes a row when a link is opened: reading never writes.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_FORMS = {
    "login": "comptes.forms_connexion.FormulaireConnexion",
    "reset_password": "comptes.forms_connexion.FormulaireMotDePasseOublie",
    "reset_password_from_key": "comptes.forms_connexion.FormulaireNouveauMotDePasse",
    "change_password": "comptes.forms_connexion.FormulaireChangementMotDePasse",
    "set_password": "comptes.forms_connexion.FormulairePremierMotDePasse",
    "reauthenticate": "comptes.forms_connexion.FormulaireConfirmation",
}

# --- Limits on attempts: by address of the visitor (ip), by account named (key), by person signed in (user).
# A key is what was typed, whether or not such an account exists.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,60/h/ip,5/5m/key,20/h/key",
    "reset_password": "10/m/ip,30/h/ip,3/15m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
# Whose address a request comes from: the last one that our own proxies wrote, and nobody's word otherwise.
ALLAUTH_TRUSTED_PROXY_COUNT = _env.int("NOMBRE_DE_MANDATAIRES", 1) if _env.bool("DERRIERE_UN_MANDATAIRE", False) else 0

# --- Second factor
MFA_ADAPTER = "comptes.second_facteur.SecondFacteur"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Territoires d'industrie"
MFA_TRUST_ENABLED = True
MFA_TRUST_COOKIE_AGE = timedelta(days=30)
MFA_TRUST_COOKIE_NAME = "navigateur_de_confiance"
MFA_FORMS = {
    "authenticate": "comptes.forms_connexion.FormulaireCode",
    "reauthenticate": "comptes.forms_connexion.FormulaireConfirmationCode",
    "activate_totp": "comptes.forms_connexion.FormulaireApplication",
    "add_webauthn": "comptes.forms_connexion.FormulaireCle",
    "edit_webauthn": "comptes.forms_connexion.FormulaireNomDeCle",
}
# Demonstration accounts, whose password everybody knows, have none: on a developer's machine only.
DOMAINE_SANS_SECOND_FACTEUR = "demo.example" if _DEVELOPPEMENT else ""
# Names of the pages that one may read before setting up a required factor, beside the set-up and the sign-out.
PAGES_SANS_SECOND_FACTEUR = {
    "accessibilite",
    # Whoever stops a theft of their account.
    "adresse_arreter",
    "aide",
    "donnees_personnelles",
    "efface",
    "mentions_legales",
    "plan_du_site",
    "robots",
    "sante",
}

# --- ProConnect (OpenID Connect): offered when the three variables are given
PROCONNECT_ISSUER = _env.str("PROCONNECT_ISSUER", "").rstrip("/")
PROCONNECT_CLIENT_ID = _env.str("PROCONNECT_CLIENT_ID", "")
PROCONNECT_CLIENT_SECRET = _env.str("PROCONNECT_CLIENT_SECRET", "")
PROCONNECT_ACTIF = bool(PROCONNECT_ISSUER and PROCONNECT_CLIENT_ID and PROCONNECT_CLIENT_SECRET)
# ProConnect vouches for its identity providers' addresses; whether its answers say so depends on them.
PROCONNECT_ADRESSES_VERIFIEES = _env.bool("PROCONNECT_ADRESSES_VERIFIEES", False)
PROCONNECT_VAUT_SECOND_FACTEUR = _env.bool("PROCONNECT_VAUT_SECOND_FACTEUR", False)
SOCIALACCOUNT_ADAPTER = "comptes.proconnect.ProConnect"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "proconnect",
                "name": "ProConnect",
                "client_id": PROCONNECT_CLIENT_ID,
                "secret": PROCONNECT_CLIENT_SECRET,
                "settings": {"server_url": PROCONNECT_ISSUER, "scope": ["openid", "email"]},
            }
        ]
        if PROCONNECT_ACTIF
        else [],
    }
}
if PROCONNECT_ACTIF and urlsplit(PROCONNECT_ISSUER).scheme != "https" and not _DEVELOPPEMENT:
    raise ValueError("PROCONNECT_ISSUER doit commencer par https://.")
