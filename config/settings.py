"""The one settings file. Safe for production by default; everything that varies comes from the environment.

`ENVIRONNEMENT=developpement` (what `manage.py` chooses on a machine without `SECRET_KEY`) relaxes what only
makes sense on a developer's machine. Anything else missing stops the start with a sentence that names it.
"""

import tomllib
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from config.journaux import journaux

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]

env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)

ENVIRONNEMENT = env.str("ENVIRONNEMENT", "production")
if ENVIRONNEMENT not in ("production", "developpement"):
    raise ImproperlyConfigured(f"ENVIRONNEMENT vaut « {ENVIRONNEMENT} » : écrire « production » ou « developpement ».")
DEVELOPPEMENT = ENVIRONNEMENT == "developpement"

OBLIGATOIRES = ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "ADRESSE_DU_SITE")
if not DEVELOPPEMENT:
    manquantes = [nom for nom in OBLIGATOIRES if not env.str(nom, "")]
    if manquantes:
        raise ImproperlyConfigured(
            "Variables d'environnement manquantes : " + ", ".join(manquantes) + ". Voir docs/deploiement.md."
        )

DEBUG = env.bool("DEBUG", DEVELOPPEMENT)
SECRET_KEY = env.str("SECRET_KEY", "cle-de-developpement-sans-valeur-hors-de-cette-machine")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "config.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.forms",
    "widget_tweaks",
    "dsfr",
    "django_filters",
    "simple_history",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_tasks",
    "django_tasks_db",
    "comptes",
    "tableurs",
    "territoires",
    "programme",
    "agences",
    "pilotage",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "comptes.second_facteur.ExigerLeSecondFacteur",
    "comptes.voir_comme.VoirComme",
    "comptes.en_qualite.EnQualite",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.gabarits.site",
                "config.menu.menu",
            ],
            "builtins": ["tableurs.templatetags.francais", "django.templatetags.static", "config.gabarits"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Data -----------------------------------------------------------------------------------------------------------
DATABASES = {
    "default": env.dj_db_url(
        "DATABASE_URL", f"sqlite:///{BASE_DIR / 'var' / 'portail.sqlite3'}", conn_max_age=600, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # One writer at a time, taken at the start of a transaction; readers never wait (WAL).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;",
    }
    if DEVELOPPEMENT:
        (BASE_DIR / "var").mkdir(exist_ok=True)
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Compiling our queries, long but of few rows, would take longer than running them.
    options = DATABASES["default"].setdefault("OPTIONS", {})
    options["options"] = f"{options.get('options', '')} -c jit=off".strip()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    # What every process must know: attempts to sign in, codes already used. allauth reads no other alias.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_partage",
        # Far above what attempts may fill: reaching it would drop some before their time.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    },
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}
# How long an exact page may stay in the cache, in seconds: its key already changes with the data.
DUREE_CACHE_PAGES = env.int("DUREE_CACHE_PAGES", 3600)

# Long work waits in the database for `manage.py ouvrier`, whatever the queue.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# --- People ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "comptes.Utilisateur"
from config.connexion import *  # noqa: E402, F403 - after `.env` has been read

# --- Language and time: French only ---------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

# --- Static files ---------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", BASE_DIR / "collecte")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Files that no address serves: only views, behind the rule of access, read them.
    "prive": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": env.path("DOSSIER_PRIVE", BASE_DIR / "var" / "prive"), "base_url": None},
    },
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEVELOPPEMENT
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# Antivirus of the files attached to projects (« unix:/run/clamav/clamd.ctl », « host:3310 »): none unless it is said.
CLAMD = env.str("CLAMD", "")

# --- Security -------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "pilotage.views.erreurs.jeton_refuse"
SECURE_REFERRER_POLICY = "same-origin"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
if not DEVELOPPEMENT:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    # Health checks of a load balancer come in plain HTTP from inside.
    SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000)
    # A commitment for the whole domain of the operator, who may not be ready for it.
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", True)
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if env.bool("DERRIERE_UN_MANDATAIRE", False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Mail -----------------------------------------------------------------------------------------------------------
EMAIL_CONFIG = env.dj_email_url("EMAIL_URL", "console:" if DEVELOPPEMENT else "smtp://localhost:25")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "ne-pas-repondre@localhost")
SERVER_EMAIL = env.str("SERVER_EMAIL", DEFAULT_FROM_EMAIL)
ADMINS = [("Équipe technique", courriel) for courriel in env.list("ADMINS", [])]

# --- The portal -----------------------------------------------------------------------------------------------------
# Public address of the site, for links written outside a request (sitemap, Open Graph). No trailing slash.
ADRESSE_DU_SITE = env.str("ADRESSE_DU_SITE", "http://localhost:8000").rstrip("/")
# Shown on the legal, accessibility, personal data and help pages, which say so while they are empty.
COURRIEL_DE_CONTACT = env.str("COURRIEL_DE_CONTACT", "")
EDITEUR = env.str("EDITEUR", "")
DIRECTION_DE_LA_PUBLICATION = env.str("DIRECTION_DE_LA_PUBLICATION", "")
HEBERGEUR = env.str("HEBERGEUR", "")

LOGGING = journaux(env.log_level("LOG_LEVEL", "INFO"))
