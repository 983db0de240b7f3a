"""Keys are all there: none is empty, none is another's."""

from django.db import migrations, models

import comptes.cles


class Migration(migrations.Migration):

    dependencies = [
        ('comptes', '0009_cles_remplies'),
    ]

    operations = [
        migrations.AlterField(
            model_name='equipenationale',
            name='cle',
            field=models.CharField(default=comptes.cles.nouvelle_cle, editable=False, max_length=10, unique=True, verbose_name='clé'),
        ),
        migrations.AlterField(
            model_name='historicalequipenationale',
            name='cle',
            field=models.CharField(db_index=True, default=comptes.cles.nouvelle_cle, editable=False, max_length=10, verbose_name='clé'),
        ),
    ]
