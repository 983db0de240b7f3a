"""The numbers of projects: national, by year, each given once."""

from django.db import models, transaction


class Compteur(models.Model):
    """The last number given in a year. Its row is locked until the transaction that takes a number ends."""

    donnees_personnelles = ()

    annee = models.PositiveSmallIntegerField("année", unique=True)
    dernier = models.PositiveIntegerField("dernier numéro donné", default=0)

    class Meta:
        verbose_name = "compteur"
        ordering = ["annee"]

    def __str__(self):
        return f"{self.annee} : {self.dernier}"

    @classmethod
    def reserver(cls, annee, nombre=1):
        """Take `nombre` numbers of a year, that nobody else will have. Returns the first."""
        with transaction.atomic():
            cls.objects.get_or_create(annee=annee)
            compteur = cls.objects.select_for_update().get(annee=annee)
            premier = compteur.dernier + 1
            compteur.dernier += nombre
            compteur.save(update_fields=["dernier"])
        return premier
