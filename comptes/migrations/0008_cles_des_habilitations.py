"""Habilitations are named in addresses by a random key: the column, still empty."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('comptes', '0007_invitations'),
    ]

    operations = [
        migrations.AddField(
            model_name='equipenationale',
            name='cle',
            field=models.CharField(editable=False, max_length=10, null=True, verbose_name='clé'),
        ),
        migrations.AddField(
            model_name='historicalequipenationale',
            name='cle',
            field=models.CharField(editable=False, max_length=10, null=True, verbose_name='clé'),
        ),
    ]
