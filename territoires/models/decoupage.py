"""The administrative map: regions, départements, communes and groups of communes, with their history in time.

Source of the rows: `fixtures/reference/`, rebuilt by `manage.py construire_reference`.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from simple_history.models import HistoricalRecords

from comptes.acces import QuerySetReference
from tableurs.francais import normaliser
from territoires.enums import NatureAppellation, NatureCollectivite


class Nommee(models.Model):
    """What has a name, in the same alphabetical order on every database: « Île-de-France » before « La Réunion »."""

    nom = models.CharField("nom", max_length=100, unique=True)
    nom_normalise = models.CharField(max_length=120, editable=False)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        # Bulk paths, which do not come here, give both: see `territoires.reference`.
        self.nom_normalise = normaliser(self.nom)
        super().save(*args, **kwargs)


class Region(Nommee):
    donnees_personnelles = ()

    code = models.CharField("code Insee", max_length=2, primary_key=True)

    historique = HistoricalRecords(excluded_fields=["nom_normalise"])
    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "région"
        ordering = ["nom_normalise"]

    def __str__(self):
        return self.nom


class Departement(Nommee):
    donnees_personnelles = ()

    code = models.CharField("code Insee", max_length=3, primary_key=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="departements", verbose_name="région")

    historique = HistoricalRecords(excluded_fields=["nom_normalise"])
    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "département"
        ordering = ["code"]

    def __str__(self):
        return f"{self.nom} ({self.code})"


class CollectiviteQuerySet(QuerySetReference):
    def communes(self):
        return self.filter(nature=NatureCollectivite.COMMUNE)

    def groupements(self):
        return self.exclude(nature=NatureCollectivite.COMMUNE)

    def actuelles(self):
        """Those that exist today: the others have an end and usually a successor."""
        return self.filter(au=None)


class Collectivite(models.Model):
    """A commune (INSEE code) or a group of communes (SIREN): EPCI à fiscalité propre, or EPT in Greater Paris."""

    donnees_personnelles = ()

    code = models.CharField("code Insee ou SIREN", max_length=9, primary_key=True)
    nature = models.CharField("nature", max_length=5, choices=NatureCollectivite)
    nom = models.CharField("nom", max_length=200)
    departement = models.ForeignKey(
        Departement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="communes",
        verbose_name="département",
    )
    population = models.PositiveIntegerField(
        "population municipale", null=True, blank=True, help_text="Habitants, dernière valeur connue (Insee)."
    )
    superficie = models.DecimalField("superficie (km²)", max_digits=9, decimal_places=2, null=True, blank=True)
    longitude = models.DecimalField("longitude", max_digits=8, decimal_places=5, null=True, blank=True)
    latitude = models.DecimalField("latitude", max_digits=8, decimal_places=5, null=True, blank=True)
    codes_postaux = models.CharField("codes postaux", max_length=200, blank=True)
    du = models.DateField("depuis le", null=True, blank=True, help_text="Vide : existait déjà en 2019.")
    au = models.DateField("jusqu'au", null=True, blank=True, help_text="Vide : existe aujourd'hui.")
    remplacee_par = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecesseurs",
        verbose_name="remplacée par",
    )

    historique = HistoricalRecords()
    objects = CollectiviteQuerySet.as_manager()

    class Meta:
        verbose_name = "collectivité"
        ordering = ["nom", "code"]
        indexes = [models.Index(fields=["nature", "nom"], name="territoires_collectivite_nom")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(nature=NatureCollectivite.COMMUNE, departement__isnull=False) & Exact(Length("code"), 5))
                | (~Q(nature=NatureCollectivite.COMMUNE) & Exact(Length("code"), 9)),
                name="territoires_collectivite_code_selon_nature",
                violation_error_message=(
                    "Une commune a un code Insee de 5 caractères et un département ; "
                    "un groupement a un SIREN de 9 chiffres."
                ),
            ),
            models.CheckConstraint(
                condition=Q(du=None) | Q(au=None) | Q(au__gte=F("du")),
                name="territoires_collectivite_periode",
                violation_error_message="La fin doit suivre le début.",
            ),
            models.CheckConstraint(
                condition=Q(remplacee_par=None) | (Q(au__isnull=False) & ~Q(remplacee_par=F("code"))),
                name="territoires_collectivite_succession",
                violation_error_message=(
                    "Seule une collectivité qui a pris fin est remplacée, et par une autre qu'elle-même."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.nom} ({self.code})"

    @property
    def est_commune(self):
        return self.nature == NatureCollectivite.COMMUNE

    @property
    def n_est_qu_un_code(self):
        """Whether this is only another code that a commune bore for some years, without land nor members of its own.

        Les Trois Lacs (27676) was 27058 in the COG of 2021 and 2022.
        """
        return self.est_commune and self.superficie is None and self.du is not None and self.au is not None


class Rattachement(models.Model):
    """A commune's membership of a group of communes, from `du` to `au`, both included."""

    donnees_personnelles = ()

    commune = models.ForeignKey(
        Collectivite,
        on_delete=models.PROTECT,
        limit_choices_to=Q(nature=NatureCollectivite.COMMUNE),
        related_name="rattachements",
        verbose_name="commune",
    )
    groupement = models.ForeignKey(
        Collectivite,
        on_delete=models.PROTECT,
        limit_choices_to=~Q(nature=NatureCollectivite.COMMUNE),
        related_name="rattachements_membres",
        verbose_name="groupement",
    )
    du = models.DateField("depuis le", null=True, blank=True, help_text="Vide : déjà membre en 2019.")
    au = models.DateField("jusqu'au", null=True, blank=True)

    historique = HistoricalRecords()
    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "rattachement"
        ordering = ["groupement", "commune"]
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "groupement", "du"],
                name="territoires_rattachement_unique",
                violation_error_message="Cette commune a déjà rejoint ce groupement à cette date.",
            ),
            models.UniqueConstraint(
                fields=["commune", "groupement"],
                condition=Q(du=None),
                name="territoires_rattachement_unique_initial",
                violation_error_message=(
                    "Cette commune était déjà membre de ce groupement en 2019 : pour un retour, indiquez « depuis le »."
                ),
            ),
            models.CheckConstraint(
                condition=Q(du=None) | Q(au=None) | Q(au__gte=F("du")),
                name="territoires_rattachement_periode",
                violation_error_message="La fin doit suivre le début.",
            ),
            models.CheckConstraint(
                condition=~Q(commune=F("groupement")),
                name="territoires_rattachement_deux_collectivites",
                violation_error_message="Une collectivité n'est pas membre d'elle-même.",
            ),
        ]

    def __str__(self):
        return f"{self.commune} dans {self.groupement}"


# From this many letters, few names begin so: at most 700 (« saint m »).
LONGUEUR_RARE = 7


class Appellation(models.Model):
    """One way to look for a current commune. Derived from the reference rows, rewritten with them.

    `nom` and `lieu` (« Nord (59) ») repeat the commune's, so that an answer is read from one table.
    """

    donnees_personnelles = ()

    texte = models.CharField("texte cherché", max_length=100)
    amorce = models.CharField("début du texte", max_length=3)
    longueur = models.GeneratedField(
        expression=Length("texte"), output_field=models.PositiveSmallIntegerField(), db_persist=True
    )
    nature = models.CharField("nature", max_length=6, choices=NatureAppellation)
    libelle = models.CharField("libellé", max_length=100, help_text="Tel que montré : « Vouël ».")
    commune = models.ForeignKey(
        Collectivite, on_delete=models.CASCADE, related_name="appellations", verbose_name="commune"
    )
    nom = models.CharField("nom de la commune", max_length=100)
    lieu = models.CharField("département de la commune", max_length=110)
    poids = models.PositiveIntegerField("poids", default=0, help_text="Les plus grands d'abord.")
    entiere = models.BooleanField("appellation entière", default=True, help_text="Faux pour une fin de nom : « Laye ».")

    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "appellation"
        constraints = [
            models.UniqueConstraint(fields=["texte", "nature", "commune"], name="territoires_appellation_unique")
        ]
        indexes = [
            # Read in order and left as soon as there are enough answers: « sai » has 5 000.
            models.Index(
                F("amorce"),
                F("entiere").desc(),
                F("poids").desc(),
                F("texte"),
                name="territoires_appellation_debut",
            ),
            # What few texts begin with is read whole (LIKE on PostgreSQL, whatever the collation). The shorter ones
            # are left out so that the planner doesn't take this index for « saint ».
            models.Index(
                fields=["texte"],
                condition=Q(longueur__gte=LONGUEUR_RARE),
                opclasses=["varchar_pattern_ops"],
                name="territoires_appellation_texte",
            ),
        ]

    def __str__(self):
        return self.libelle


class FondDeCarte(models.Model):
    """The outline of a region, in map units (see `territoires.geometrie`), and its figures. Derived.

    Population in inhabitants, area in km²: the sums of those of its communes of today.
    """

    donnees_personnelles = ()

    region = models.OneToOneField(
        Region, on_delete=models.CASCADE, primary_key=True, related_name="fond", verbose_name="région"
    )
    population = models.PositiveIntegerField("population municipale")
    superficie = models.DecimalField("superficie (km²)", max_digits=9, decimal_places=2)
    trace = models.TextField("tracé SVG")
    x_min = models.IntegerField()
    y_min = models.IntegerField()
    x_max = models.IntegerField()
    y_max = models.IntegerField()

    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "fond de carte"
        verbose_name_plural = "fonds de carte"

    def __str__(self):
        return f"Contour : {self.region_id}"
