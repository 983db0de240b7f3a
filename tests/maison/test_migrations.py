"""Migrations: none missing, named by intent, reversible, one line without merges."""

import re

import pytest
from django.core.management import call_command
from django.db import migrations
from django.db.migrations.loader import MigrationLoader

from tests.outils.sens import PIECES

_NOM_SANS_INTENTION = re.compile(r"_auto_\d|_and_more$|_more$|_initial$|_merge_|^\d{4}_merge")


def fautes(migration):
    """Return what is wrong with one of our migrations."""
    trouvees = []
    if not re.match(r"\d{4}_\w+$", migration.name) or _NOM_SANS_INTENTION.search(migration.name):
        trouvees.append(f"{migration} : le nom doit dire l'intention")
    trouvees += [
        f"{migration} : {operation!r} est irréversible"
        for operation in migration.operations
        if not operation.reversible
    ]
    return trouvees


def test_il_ne_manque_aucune_migration(db, capsys):
    try:
        call_command("makemigrations", check=True, dry_run=True)
    except SystemExit:
        pytest.fail(f"Migration manquante :\n{capsys.readouterr().out}")


def test_les_migrations_disent_leur_intention_et_se_defont():
    notres = [
        migration
        for (piece, _), migration in MigrationLoader(connection=None).disk_migrations.items()
        if piece in PIECES
    ]
    trouvees = [faute for migration in notres for faute in fautes(migration)]
    assert not trouvees, "\n".join(trouvees)
    assert len(notres) >= 3


@pytest.mark.parametrize(
    "nom", ["0002_auto_20260101_0000", "0002_phase_x_and_more", "0001_initial", "0003_merge_a", "sans_numero"]
)
def test_un_nom_sans_intention_est_signale(nom):
    assert fautes(migrations.Migration(nom, "territoires"))


def test_une_migration_sans_retour_est_signalee():
    migration = migrations.Migration("0002_corriger_les_noms", "territoires")
    assert not fautes(migration)
    migration.operations = [migrations.RunPython(lambda apps, schema: None)]
    assert fautes(migration)
