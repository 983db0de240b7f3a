"""Habilitations are named in addresses by a random key: the column, still empty."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('territoires', '0004_habilitations'),
    ]

    operations = [
        migrations.AddField(
            model_name='acteurlocal',
            name='cle',
            field=models.CharField(editable=False, max_length=10, null=True, verbose_name='clé'),
        ),
        migrations.AddField(
            model_name='etatterritorial',
            name='cle',
            field=models.CharField(editable=False, max_length=10, null=True, verbose_name='clé'),
        ),
        migrations.AddField(
            model_name='piloteregional',
            name='cle',
            field=models.CharField(editable=False, max_length=10, null=True, verbose_name='clé'),
        ),
        migrations.AddField(
            model_name='historicalacteurlocal',
            name='cle',
            field=models.CharField(editable=False, max_length=10, null=True, verbose_name='clé'),
        ),
        migrations.AddField(
            model_name='historicaletatterritorial',
            name='cle',
            field=models.CharField(editable=False, max_length=10, null=True, verbose_name='clé'),
        ),
        migrations.AddField(
            model_name='historicalpiloteregional',
            name='cle',
            field=models.CharField(editable=False, max_length=10, null=True, verbose_name='clé'),
        ),
    ]
