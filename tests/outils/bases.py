"""The test databases: the real programme, loaded once and copied for each worker.

A model database is made by the very commands that a new machine runs, and kept as long as nothing it is made
of changes: in `var/tests/` for SQLite, beside the tests' own databases for PostgreSQL. Each worker copies it.
A test that commits leaves a database that nobody reads again: a new copy replaces it, whatever was written.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from itertools import count
from urllib.parse import urlsplit

import django
import psycopg2
import pytest
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.test import TransactionTestCase

from tests.outils import cles_etrangeres

ATELIER = settings.BASE_DIR / "var" / "tests"
# What the model database depends on: the code that defines and loads the data, and the data.
INGREDIENTS = (
    "comptes",
    "tableurs",
    "territoires",
    "programme",
    "agences",
    "pilotage/management",
    "pilotage/migrations",
    "fixtures",
)
MODELES_GARDES = 3


def pytest_configure():
    """Workers inherit what was read at the start: code edited during a run does not split them."""
    os.environ.setdefault("EMPREINTE_DU_MODELE", empreinte())


def empreinte():
    """Return a text that changes with anything the model database is made of."""
    condense = hashlib.sha256(django.__version__.encode())
    for dossier in INGREDIENTS:
        for fichier in sorted((settings.BASE_DIR / dossier).rglob("*")):
            if fichier.is_file() and (dossier == "fixtures" or fichier.suffix == ".py"):
                condense.update(str(fichier.relative_to(settings.BASE_DIR)).encode() + fichier.read_bytes())
    return condense.hexdigest()[:16]


@contextmanager
def verrou():
    """One worker makes the model, the others wait for it."""
    ATELIER.mkdir(parents=True, exist_ok=True)
    with (ATELIER / "verrou").open("w") as fichier:
        fcntl.flock(fichier, fcntl.LOCK_EX)
        yield


def remplir(adresse):
    """Run on the database at `adresse` (a DATABASE_URL) what a new machine runs."""
    for commande in ("migrate", "charger_reference"):
        resultat = subprocess.run(
            [sys.executable, settings.BASE_DIR / "manage.py", commande],
            env={**os.environ, "DATABASE_URL": adresse, "DJANGO_SETTINGS_MODULE": "config.settings"},
            capture_output=True,
            text=True,
            check=False,
        )
        if resultat.returncode:
            pytest.fail(f"« manage.py {commande} » a échoué :\n{resultat.stdout}{resultat.stderr}", pytrace=False)


class BaseSQLite:
    """A file, as tests with threads need: an in-memory database locks whole tables between connections.

    Each copy has its own name: a thread of the live server that still answers the test before keeps to its own.
    """

    def __init__(self, dossier, travailleur):
        self.copies = (dossier / f"portail_{travailleur}_{rang}.sqlite3" for rang in count(1))
        self.chemin = next(self.copies)
        self.modele = ATELIER / f"modele-{os.environ['EMPREINTE_DU_MODELE']}.sqlite3"

    def preparer_modele(self):
        if not self.modele.exists():
            essai = self.modele.with_suffix(".essai")
            self._effacer(essai)
            remplir(f"sqlite:///{essai}")
            self._verifier(essai)
            essai.rename(self.modele)
        self.modele.touch()
        modeles = sorted(ATELIER.glob("modele-*.sqlite3"), key=lambda modele: modele.stat().st_mtime)
        for ancien in modeles[:-MODELES_GARDES]:
            self._effacer(ancien)

    def copier(self):
        connection.close()
        ancienne, self.chemin = self.chemin, next(self.copies)
        shutil.copyfile(self.modele, self.chemin)
        connection.settings_dict["NAME"] = str(self.chemin)
        self._effacer(ancienne)

    def supprimer(self):
        connection.close()
        self._effacer(self.chemin)

    @staticmethod
    def _verifier(chemin):
        """Nothing refers to nothing at the start: `cles_etrangeres` looks at what changes."""
        with closing(sqlite3.connect(chemin)) as connexion:
            assert not connexion.execute("PRAGMA foreign_key_check").fetchall()

    @staticmethod
    def _effacer(chemin):
        for suffixe in ("", "-wal", "-shm"):
            chemin.with_name(chemin.name + suffixe).unlink(missing_ok=True)


class BasePostgreSQL:
    def __init__(self, travailleur):
        nom = f"test_{connection.settings_dict['NAME']}"
        self.nom, self.modele = f"{nom}_{travailleur}", f"{nom}_modele"

    def preparer_modele(self):
        attendue = os.environ["EMPREINTE_DU_MODELE"]
        presente = self._lire(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", self.modele
        )
        if presente != attendue:
            self._executer(f'DROP DATABASE IF EXISTS "{self.modele}" WITH (FORCE)')
            self._executer(f'CREATE DATABASE "{self.modele}"')
            remplir(self._adresse(self.modele))
            self._executer(f"COMMENT ON DATABASE \"{self.modele}\" IS '{attendue}'")

    def copier(self):
        self.supprimer()
        # Copying files is several times quicker than the default, which logs every page.
        self._executer(f'CREATE DATABASE "{self.nom}" TEMPLATE "{self.modele}" STRATEGY FILE_COPY')
        connection.settings_dict["NAME"] = self.nom

    def supprimer(self):
        connection.close()
        self._executer(f'DROP DATABASE IF EXISTS "{self.nom}" WITH (FORCE)')

    @staticmethod
    def _adresse(nom):
        return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{nom}").geturl()

    def _connecter(self):
        connexion = psycopg2.connect(self._adresse("postgres"))
        connexion.autocommit = True
        return closing(connexion)

    def _executer(self, ordre):
        with self._connecter() as connexion, connexion.cursor() as curseur:
            curseur.execute(ordre)

    def _lire(self, requete, *parametres):
        with self._connecter() as connexion, connexion.cursor() as curseur:
            curseur.execute(requete, parametres)
            ligne = curseur.fetchone()
        return ligne and ligne[0]


class CopieDeTravail:
    """The database of this worker, and whether a test has committed something in it."""

    def __init__(self, base):
        self.base, self.salie = base, False

    def marquer(self):
        """Stand for the end of a test that commits, where Django empties every table (a second or more)."""
        self.salie = True

    def rendre(self):
        """Give back the programme if it may have changed."""
        if self.salie:
            from django.contrib.contenttypes.models import ContentType

            self.base.copier()
            ContentType.objects.clear_cache()
            self.salie = False


BASE = pytest.StashKey()


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, tmp_path_factory):
    """Replace pytest-django's fixture: the database of this worker is a copy of the model."""
    travailleur = os.environ.get("PYTEST_XDIST_WORKER", "seul")
    if connection.vendor == "postgresql":
        base = BasePostgreSQL(travailleur)
    else:
        base = BaseSQLite(tmp_path_factory.getbasetemp(), travailleur)
    # The live server's threads close their connection after each request: none outlives its test.
    connection.settings_dict["CONN_MAX_AGE"] = 0
    with verrou():
        base.preparer_modele()
    base.copier()
    suivie = request.config.stash[BASE] = CopieDeTravail(base)
    with pytest.MonkeyPatch.context() as remplacement:
        # The one place through which every test that commits passes at its end, whatever fixture or mark it uses.
        remplacement.setattr(TransactionTestCase, "_fixture_teardown", suivie.marquer)
        if connection.vendor == "sqlite":
            with django_db_blocker.unblock():
                cles_etrangeres.surveiller(connections[DEFAULT_DB_ALIAS], remplacement)
        yield
    base.supprimer()
    suivie.salie = False


@pytest.fixture(scope="session")
def live_server(django_db_setup, live_server):
    """pytest-django's, started after the database is chosen: from its file, each thread has its own connection."""
    return live_server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    """Give back the programme after a test that committed."""
    try:
        return (yield)
    finally:
        if BASE in item.config.stash:
            item.config.stash[BASE].rendre()
