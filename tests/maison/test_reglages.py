"""Production starts complete or not at all. Each case has its own process and environment."""

import os
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {
    "SECRET_KEY": "Une-cle-assez-longue-et-assez-variee-pour-les-verifications-0123456789",
    "ALLOWED_HOSTS": "portail.example",
    "DATABASE_URL": "sqlite://:memory:",
    "ADRESSE_DU_SITE": "https://portail.example",
}
RIEN = dict.fromkeys(PRODUCTION, "")
VARIABLES = ("ENVIRONNEMENT", "DEBUG", "DJANGO_SETTINGS_MODULE", *PRODUCTION)


def lancer(*arguments, **environnement):
    """Run Python here with these variables, none of ours. Empty ones hide those of a developer's `.env`."""
    propre = {nom: valeur for nom, valeur in os.environ.items() if nom not in VARIABLES}
    return subprocess.run(
        [sys.executable, "-W", "ignore:No directory at:UserWarning", *arguments],
        env={**propre, **environnement},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("entree", ["config.wsgi", "config.asgi"])
def test_le_serveur_ne_demarre_pas_sans_environnement(entree):
    resultat = lancer("-c", f"import {entree}", **RIEN)
    assert resultat.returncode != 0
    assert f"Variables d'environnement manquantes : {', '.join(PRODUCTION)}." in resultat.stderr


@pytest.mark.parametrize("variable", PRODUCTION)
def test_chaque_variable_manquante_est_nommee(variable):
    resultat = lancer("-c", "import config.wsgi", **{**PRODUCTION, variable: ""})
    assert resultat.returncode != 0
    assert f"Variables d'environnement manquantes : {variable}." in resultat.stderr


@pytest.mark.parametrize("entree", ["config.wsgi", "config.asgi"])
def test_le_serveur_demarre_avec_un_environnement_complet(entree):
    resultat = lancer("-c", f"import {entree}; print({entree}.application)", **PRODUCTION)
    assert resultat.returncode == 0, resultat.stderr


@pytest.mark.parametrize(
    ("variable", "valeur"),
    [("DEBUG", "peut-etre"), ("ENVIRONNEMENT", "prod"), ("SECURE_HSTS_SECONDS", "un an")],
)
def test_une_valeur_douteuse_est_refusee(variable, valeur):
    resultat = lancer("manage.py", "check", **{**PRODUCTION, variable: valeur})
    assert resultat.returncode != 0
    assert variable in resultat.stderr


def test_une_cle_dans_le_fichier_env_fait_de_la_machine_une_production(tmp_path):
    # `manage.py` and the settings read the same file: what one takes for development the other must not.
    for nom in ("manage.py", "pyproject.toml"):
        shutil.copy(settings.BASE_DIR / nom, tmp_path)
    shutil.copytree(settings.BASE_DIR / "config", tmp_path / "config")
    (tmp_path / ".env").write_text("SECRET_KEY=une-cle-de-production\n")
    resultat = lancer(str(tmp_path / "manage.py"), "check")
    assert "ALLOWED_HOSTS" in resultat.stderr, resultat.stderr


def test_la_production_n_est_pas_en_mode_de_mise_au_point():
    resultat = lancer(
        "-c",
        "from django.conf import settings; print(settings.DEBUG)",
        **PRODUCTION,
        DJANGO_SETTINGS_MODULE="config.settings",
    )
    assert resultat.stdout.strip() == "False", resultat.stderr


def test_les_verifications_de_deploiement_ne_trouvent_rien():
    resultat = lancer("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert resultat.returncode == 0, resultat.stderr


def test_une_machine_qui_porte_une_cle_n_est_pas_prise_pour_celle_d_un_developpeur():
    resultat = lancer("manage.py", "check", **{**RIEN, "SECRET_KEY": PRODUCTION["SECRET_KEY"]})
    assert resultat.returncode != 0
    assert "manquantes : ALLOWED_HOSTS, DATABASE_URL" in resultat.stderr


EN_TETES = """
import django; django.setup()
from django.test import Client
client = Client(headers={"host": "portail.example"})
assert client.get("/robots.txt").status_code == 301, "HTTP doit renvoyer vers HTTPS"
reponse = client.get("/robots.txt", secure=True)
assert reponse.status_code == 200, reponse.status_code
for nom in ("Strict-Transport-Security", "Content-Security-Policy", "X-Frame-Options", "Referrer-Policy",
            "X-Content-Type-Options", "Cross-Origin-Opener-Policy"):
    print(nom, ":", reponse[nom])
"""


def test_la_production_envoie_ses_en_tetes_de_securite():
    resultat = lancer("-c", EN_TETES, **PRODUCTION, DJANGO_SETTINGS_MODULE="config.settings")
    assert resultat.returncode == 0, resultat.stderr
    assert "Content-Security-Policy : " in resultat.stdout
    assert "unsafe-inline" not in resultat.stdout


JOURNAUX = """
import logging
import django; django.setup()
for nom in ("django", "django.request", "django.server", "django.security.csrf", "django_tasks", "django_tasks_db",
            "tableurs", "territoires", "pilotage.views.technique"):
    logging.getLogger(nom).warning("Trace de %s", nom)
logging.getLogger("django.utils.autoreload").info("Trace du rechargement")
"""


@pytest.mark.parametrize("debug", ["true", "false"])
def test_chaque_ligne_du_journal_n_est_ecrite_qu_une_fois(debug):
    environnement = {**PRODUCTION, "ENVIRONNEMENT": "developpement", "DEBUG": debug}
    resultat = lancer("-c", JOURNAUX, **environnement, DJANGO_SETTINGS_MODULE="config.settings")
    lignes = [ligne for ligne in resultat.stderr.splitlines() if "Trace de " in ligne]
    assert len(lignes) == len(set(lignes)) == 9, resultat.stderr
    # Both processes of `make run` watch the code.
    assert "rechargement" not in resultat.stderr
