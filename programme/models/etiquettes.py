"""The tags that a region puts on projects."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from comptes.acces import QuerySetPortee, administre, nationale
from comptes.cles import nouvelle_cle
from comptes.conditions import condition_gardee
from territoires.enums import QualiteRegionale
from territoires.models import PiloteRegional, Region, regions_de


class QuerySetEtiquettes(QuerySetPortee):
    """A region's own tags: its pilots read them, those that decide keep them."""

    def visibles_par(self, personne):
        return self.filter(self._visibles_par(personne))

    def modifiables_par(self, personne):
        return self.filter(administre(personne) | Q(region__in=self._decident(personne).values("region")))

    def ajoutables_par(self, personne):
        return super().ajoutables_par(personne) or self._decident(personne).exists()

    @condition_gardee
    def _visibles_par(self, personne):
        return nationale(personne) | Q(region__in=regions_de(personne))

    def _decident(self, personne):
        return PiloteRegional.objects.de(personne).filter(qualite__in=QualiteRegionale.decident())


class Etiquette(models.Model):
    donnees_personnelles = ()

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="etiquettes", verbose_name="région")
    nom = models.CharField("nom", max_length=60)

    historique = HistoricalRecords()
    objects = QuerySetEtiquettes.as_manager()

    class Meta:
        verbose_name = "étiquette"
        ordering = ["nom"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "nom"],
                name="programme_etiquette_unique",
                violation_error_message="Cette région a déjà une étiquette de ce nom.",
            )
        ]

    def __str__(self):
        return self.nom
