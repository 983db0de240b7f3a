"""Each habilitation receives its key, its history with it."""

from django.db import migrations

from comptes.cles import nouvelle_cle

GENRES = ('EquipeNationale',)


def remplir(apps, schema_editor):
    for genre in GENRES:
        habilitations = apps.get_model('comptes', genre).objects
        historique = apps.get_model('comptes', f'Historical{genre}').objects
        for pk in habilitations.filter(cle=None).values_list('pk', flat=True):
            cle = nouvelle_cle()
            habilitations.filter(pk=pk).update(cle=cle)
            historique.filter(id=pk).update(cle=cle)
        # Of rows deleted since, if any.
        for pk in set(historique.filter(cle=None).values_list('id', flat=True)):
            historique.filter(id=pk).update(cle=nouvelle_cle())


class Migration(migrations.Migration):

    dependencies = [
        ('comptes', '0008_cles_des_habilitations'),
    ]

    operations = [
        migrations.RunPython(remplir, migrations.RunPython.noop),
    ]
