from django.db import migrations

from tableurs.francais import normaliser


def renormaliser(apps, schema_editor):
    """The number joins what is looked for."""
    Projet = apps.get_model("programme", "Projet")
    numerotes = Projet.objects.exclude(numero=None).only("titre", "porteur_nom", "numero")
    for projet in numerotes.iterator(chunk_size=2_000):
        recherche = normaliser(f"{projet.titre} {projet.porteur_nom} {projet.numero}")[:500]
        Projet.objects.filter(pk=projet.pk).update(recherche=recherche)


class Migration(migrations.Migration):
    dependencies = [("programme", "0006_index_des_projets")]

    operations = [migrations.RunPython(renormaliser, migrations.RunPython.noop)]
