from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

TRIGRAMMES = "programme_projet_trigrammes"


def indexer_par_trigrammes(apps, schema_editor):
    """Parts of words, on PostgreSQL: reading every row would take longer with each project."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE INDEX {TRIGRAMMES} ON programme_projet USING gin (recherche gin_trgm_ops)"
        )


def retirer_les_trigrammes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX {TRIGRAMMES}")


class Migration(migrations.Migration):
    dependencies = [("programme", "0005_campagnes_de_suivi")]

    operations = [
        migrations.AddIndex(
            model_name="projet",
            index=models.Index(
                models.F("etat_depuis").desc(),
                models.F("id").desc(),
                name="programme_projet_recents",
                condition=models.Q(("archive_le", None)),
            ),
        ),
        # Nothing on other databases.
        TrigramExtension(),
        migrations.RunPython(indexer_par_trigrammes, retirer_les_trigrammes),
    ]
