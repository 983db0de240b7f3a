"""Accounts are put in order and looked for whatever the accents of their names."""

from django.db import migrations, models

from comptes.noms import simplifier


def ranger(apps, schema_editor):
    for personne in apps.get_model('comptes', 'Utilisateur').objects.all():
        personne.nom_normalise = simplifier(f'{personne.nom} {personne.prenom} {personne.email}')
        personne.save(update_fields=['nom_normalise'])


class Migration(migrations.Migration):

    dependencies = [
        ('comptes', '0010_cles_uniques'),
    ]

    operations = [
        migrations.AddField(
            model_name='utilisateur',
            name='nom_normalise',
            field=models.CharField(db_index=True, default='', editable=False, max_length=500),
            preserve_default=False,
        ),
        # Last: PostgreSQL does not alter a table after its rows in one transaction.
        migrations.RunPython(ranger, migrations.RunPython.noop),
    ]
