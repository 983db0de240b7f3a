"""Rights come from habilitations: Django's own leave the accounts."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('comptes', '0003_droits_en_habilitations'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='historicalutilisateur',
            name='is_staff',
        ),
        migrations.RemoveField(
            model_name='historicalutilisateur',
            name='is_superuser',
        ),
        migrations.RemoveField(
            model_name='utilisateur',
            name='groups',
        ),
        migrations.RemoveField(
            model_name='utilisateur',
            name='is_staff',
        ),
        migrations.RemoveField(
            model_name='utilisateur',
            name='is_superuser',
        ),
        migrations.RemoveField(
            model_name='utilisateur',
            name='user_permissions',
        ),
    ]
