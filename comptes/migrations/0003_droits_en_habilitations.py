"""Who administered goes on administering: superusers as administrators, the rest of the team as analysts."""

from django.db import migrations


def donner(apps, schema_editor):
    utilisateurs = apps.get_model('comptes', 'Utilisateur').objects
    equipe = apps.get_model('comptes', 'EquipeNationale')
    for personne in utilisateurs.filter(is_superuser=True):
        equipe.objects.create(personne=personne, qualite='administrateur')
    for personne in utilisateurs.filter(is_staff=True, is_superuser=False):
        equipe.objects.create(personne=personne, qualite='analyste')


def reprendre(apps, schema_editor):
    utilisateurs = apps.get_model('comptes', 'Utilisateur').objects
    equipe = apps.get_model('comptes', 'EquipeNationale').objects.filter(au=None, retiree_le=None)
    administrateurs = equipe.filter(qualite='administrateur').values('personne')
    utilisateurs.filter(pk__in=administrateurs).update(is_staff=True, is_superuser=True)
    utilisateurs.filter(pk__in=equipe.filter(qualite='analyste').values('personne')).update(is_staff=True)


class Migration(migrations.Migration):

    dependencies = [
        ('comptes', '0002_equipe_nationale'),
    ]

    operations = [
        migrations.RunPython(donner, reprendre),
    ]
