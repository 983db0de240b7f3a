"""What every test stands on. The rest is in `tests/outils/`."""

import gc

import pytest
from django.core.management.color import no_style
from django.db import connection

from comptes.pages_publiques import cache
from tests.outils import reseau

pytest_plugins = [
    "tests.outils.bases",
    "tests.outils.navigateur",
    "tests.outils.personnages",
    "tests.outils.second_facteur",
    "tests.outils.serveur_smtp",
]

reseau.interdire()


def pytest_collection_finish():
    """Modules, models and tests last as long as the process: looking through them again took a sixth of its time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


# What migrations make, which no row of ours refers to.
TABLES_DE_DJANGO = ("django_migrations", "django_content_type", "auth_permission")


@pytest.fixture(autouse=True)
def cache_vide():
    """Pages are kept in the cache of the process: what one test rendered must not answer another."""
    cache.clear()


@pytest.fixture
def reference(db):
    """The real programme, as on a new machine. Every test that uses the database has it: this says so."""


@pytest.fixture
def base_vide(db):
    """No row of ours, until the end of the test."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    ordres = connection.ops.sql_flush(no_style(), [table for table in tables if table not in TABLES_DE_DJANGO])
    with connection.cursor() as curseur:
        for ordre in ordres:
            curseur.execute(ordre)
