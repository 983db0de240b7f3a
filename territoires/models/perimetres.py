"""What follows from the members of a territory: communes covered, outline, figures. Computed, never typed.

Written only by `territoires.perimetres.appliquer`, when a list or a perimeter is applied.
"""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from comptes.acces import QuerySetReference

from .decoupage import Collectivite, Departement, Region
from .listes import Inscription, Liste


class Couverture(models.Model):
    """A commune of today covered by a territory of a list.

    Members name communes as they were at the list's date; a commune nouvelle made since of one commune inside
    and one outside is `partielle`, and may then be shared by two territories.
    """

    donnees_personnelles = ()

    liste = models.ForeignKey(Liste, on_delete=models.CASCADE, related_name="couvertures")
    inscription = models.ForeignKey(Inscription, on_delete=models.CASCADE, related_name="couvertures")
    commune = models.ForeignKey(Collectivite, on_delete=models.PROTECT, related_name="couvertures")
    partielle = models.BooleanField("en partie seulement", default=False)

    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "commune couverte"
        verbose_name_plural = "communes couvertes"
        constraints = [
            models.UniqueConstraint(
                fields=["liste", "commune"],
                condition=Q(partielle=False),
                name="territoires_couverture_un_territoire_par_commune",
                violation_error_message="Une commune ne peut être dans deux territoires d'une même liste.",
            ),
            models.UniqueConstraint(fields=["inscription", "commune"], name="territoires_couverture_unique"),
        ]

    def __str__(self):
        return f"{self.commune_id} dans {self.inscription_id}"


class Perimetre(models.Model):
    """Outline and figures of an inscription. Population in inhabitants, area in km², coordinates in map units."""

    donnees_personnelles = ()

    inscription = models.OneToOneField(
        Inscription, on_delete=models.CASCADE, primary_key=True, related_name="perimetre"
    )
    nb_communes = models.PositiveIntegerField("communes")
    population = models.PositiveIntegerField("population municipale")
    superficie = models.DecimalField("superficie (km²)", max_digits=9, decimal_places=2)
    departements = models.ManyToManyField(Departement, related_name="perimetres", verbose_name="départements")
    regions = models.ManyToManyField(Region, related_name="perimetres", verbose_name="régions des communes")
    voisins = models.ManyToManyField(Inscription, related_name="voisins_de", verbose_name="territoires voisins")
    geometrie = models.BinaryField("contour (WKB, longitude et latitude WGS 84)")
    trace = models.TextField("tracé SVG détaillé")
    trace_carte = models.TextField("tracé SVG pour la carte nationale")
    x_min = models.IntegerField()
    y_min = models.IntegerField()
    x_max = models.IntegerField()
    y_max = models.IntegerField()

    historique = HistoricalRecords(excluded_fields=["geometrie", "trace", "trace_carte"])
    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "périmètre calculé"
        verbose_name_plural = "périmètres calculés"
        constraints = [
            models.CheckConstraint(condition=Q(superficie__gte=0), name="territoires_perimetre_superficie_positive")
        ]

    def __str__(self):
        return f"Périmètre de {self.inscription_id}"

    @property
    def densite(self):
        """Inhabitants per km², or None without an area."""
        return self.population / self.superficie if self.superficie else None
