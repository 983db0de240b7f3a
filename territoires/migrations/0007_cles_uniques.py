"""Keys are all there: none is empty, none is another's."""

from django.db import migrations, models

import comptes.cles


class Migration(migrations.Migration):

    dependencies = [
        ('territoires', '0006_cles_remplies'),
    ]

    operations = [
        migrations.AlterField(
            model_name='acteurlocal',
            name='cle',
            field=models.CharField(default=comptes.cles.nouvelle_cle, editable=False, max_length=10, unique=True, verbose_name='clé'),
        ),
        migrations.AlterField(
            model_name='etatterritorial',
            name='cle',
            field=models.CharField(default=comptes.cles.nouvelle_cle, editable=False, max_length=10, unique=True, verbose_name='clé'),
        ),
        migrations.AlterField(
            model_name='piloteregional',
            name='cle',
            field=models.CharField(default=comptes.cles.nouvelle_cle, editable=False, max_length=10, unique=True, verbose_name='clé'),
        ),
        migrations.AlterField(
            model_name='historicalacteurlocal',
            name='cle',
            field=models.CharField(db_index=True, default=comptes.cles.nouvelle_cle, editable=False, max_length=10, verbose_name='clé'),
        ),
        migrations.AlterField(
            model_name='historicaletatterritorial',
            name='cle',
            field=models.CharField(db_index=True, default=comptes.cles.nouvelle_cle, editable=False, max_length=10, verbose_name='clé'),
        ),
        migrations.AlterField(
            model_name='historicalpiloteregional',
            name='cle',
            field=models.CharField(db_index=True, default=comptes.cles.nouvelle_cle, editable=False, max_length=10, verbose_name='clé'),
        ),
    ]
