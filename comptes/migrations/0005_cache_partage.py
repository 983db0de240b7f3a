"""The table of the cache that all processes share (`CACHES["default"]`)."""

from django.core.management import call_command
from django.db import migrations

TABLE = "cache_partage"


def creer(apps, schema_editor):
    call_command("createcachetable", TABLE, database=schema_editor.connection.alias, verbosity=0)


def supprimer(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE {schema_editor.quote_name(TABLE)}")


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0004_sans_droits_de_django"),
    ]

    operations = [
        migrations.RunPython(creer, supprimer),
    ]
