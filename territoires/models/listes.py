"""The dated lists of the programme. A list is a photograph: no import of one touches another."""

from itertools import chain, count

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from simple_history.models import HistoricalRecords

from comptes.acces import QuerySetReference
from tableurs.francais import MOIS, jour, normaliser
from territoires.enums import Fiabilite, NatureFiliation, PrecisionDate

from .decoupage import Collectivite, Region


class Phase(models.Model):
    donnees_personnelles = ()

    numero = models.PositiveSmallIntegerField("numéro", unique=True)
    nom = models.CharField("nom", max_length=100)
    debut = models.DateField("début")
    fin = models.DateField("fin")

    historique = HistoricalRecords()
    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "phase"
        ordering = ["numero"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__gt=F("debut")),
                name="territoires_phase_periode",
                violation_error_message="La fin doit suivre le début.",
            )
        ]

    def __str__(self):
        return self.nom


def liste_en_vigueur(listes, le=None):
    """Return, among lists, the one in force on a day (today by default): the latest of the latest phase begun."""
    le = le or timezone.localdate()
    commencees = [liste for liste in listes if liste.phase.debut <= le and liste.date <= le]
    return max(commencees, key=lambda liste: (liste.phase.debut, liste.date), default=None)


class Liste(models.Model):
    """A dated list of territories."""

    donnees_personnelles = ()

    slug = models.SlugField("identifiant", unique=True)
    titre = models.CharField("titre", max_length=200)
    date = models.DateField("date")
    precision = models.CharField(
        "précision de la date", max_length=5, choices=PrecisionDate, default=PrecisionDate.JOUR
    )
    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="listes", verbose_name="phase")
    source = models.TextField("source", blank=True)

    historique = HistoricalRecords()
    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "liste"
        ordering = ["-date"]
        constraints = [
            models.UniqueConstraint(
                fields=["phase", "date"],
                name="territoires_liste_une_par_date",
                violation_error_message="Une liste de cette phase porte déjà cette date.",
            )
        ]

    def __str__(self):
        return f"{self.titre} ({self.date_en_clair})"

    def get_absolute_url(self):
        return reverse("territoires", query={"liste": self.slug})

    @property
    def date_en_clair(self):
        """The date as precisely as it is known: « 22 novembre 2018 », « décembre 2022 »."""
        if self.precision == PrecisionDate.JOUR:
            return jour(self.date)
        if self.precision == PrecisionDate.MOIS:
            return f"{MOIS[self.date.month - 1]} {self.date.year}"
        return str(self.date.year)


def slug_libre(nom, code, phase, est_pris):
    """Return the address of a new territory: from its name, else with its code and phase, else numbered.

    `phase` is its number; `est_pris(slug)` tells whether another territory has it. Bulk paths call this, as
    they do not go through `save`.
    """
    complement = f"{slugify(code)[:40]}-{phase}"
    slug = slugify(nom)[:100].strip("-") or complement
    suites = chain([slug, f"{slug}-{complement}"], (f"{slug}-{rang}" for rang in count(2)))
    return next(suite for suite in suites if not est_pris(suite))


class Territoire(models.Model):
    """Within a phase the same first code is the same territory, whatever its name in later lists.

    `slug` comes from the first name and never changes; `nom` is the name in the latest list that has it.
    """

    donnees_personnelles = ()

    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="territoires", verbose_name="phase")
    code = models.CharField("premier code", max_length=20)
    slug = models.SlugField("identifiant", max_length=150, unique=True, editable=False)
    nom = models.CharField("nom d'usage", max_length=200)

    historique = HistoricalRecords()
    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "territoire"
        ordering = ["nom"]
        constraints = [
            models.UniqueConstraint(
                fields=["phase", "code"],
                name="territoires_territoire_code_par_phase",
                violation_error_message="Un territoire de cette phase porte déjà ce code.",
            )
        ]

    def __str__(self):
        return self.nom

    def save(self, *args, **kwargs):
        if not self.slug:
            pris = Territoire.objects.filter
            self.slug = slug_libre(self.nom, self.code, self.phase.numero, lambda slug: pris(slug=slug).exists())
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("territoire", args=[self.slug])


class Inscription(models.Model):
    """A territory as it stands in one list: under this code, this name, led by this region."""

    donnees_personnelles = ()

    liste = models.ForeignKey(Liste, on_delete=models.PROTECT, related_name="inscriptions", verbose_name="liste")
    territoire = models.ForeignKey(
        Territoire, on_delete=models.PROTECT, related_name="inscriptions", verbose_name="territoire"
    )
    code = models.CharField("code", max_length=20)
    nom = models.CharField("nom", max_length=200)
    nom_normalise = models.CharField(max_length=200, editable=False)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="inscriptions_pilotees", verbose_name="région pilote"
    )
    regions = models.ManyToManyField(
        Region,
        related_name="inscriptions",
        verbose_name="régions publiées",
        blank=True,
        help_text="Telles que la liste les donne ; les régions des communes membres sont calculées à part.",
    )
    fiabilite = models.CharField("fiabilité", max_length=12, choices=Fiabilite)
    source = models.TextField("source", blank=True)

    historique = HistoricalRecords(m2m_fields=[regions], excluded_fields=["nom_normalise"])
    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "inscription"
        ordering = ["nom_normalise"]
        constraints = [
            models.UniqueConstraint(
                fields=["liste", "code"],
                name="territoires_inscription_code_par_liste",
                violation_error_message="Ce code est déjà celui d'un autre territoire de cette liste.",
            ),
            models.UniqueConstraint(
                fields=["liste", "territoire"],
                name="territoires_inscription_territoire_par_liste",
                violation_error_message="Ce territoire est déjà inscrit dans cette liste.",
            ),
        ]

    def __str__(self):
        return f"{self.nom} ({self.code})"

    def save(self, *args, **kwargs):
        self.normaliser()
        super().save(*args, **kwargs)

    def normaliser(self):
        """Set the searched form of the name; bulk paths call it, as they do not go through `save`."""
        self.nom_normalise = normaliser(f"{self.nom} {self.code}")


class Composition(models.Model):
    """A member of a territory in a list: an EPCI, an EPT or a single commune, from `du` to `au` when decided so."""

    donnees_personnelles = ()

    inscription = models.ForeignKey(
        Inscription, on_delete=models.CASCADE, related_name="compositions", verbose_name="inscription"
    )
    collectivite = models.ForeignKey(
        Collectivite, on_delete=models.PROTECT, related_name="compositions", verbose_name="collectivité"
    )
    du = models.DateField("depuis le", null=True, blank=True, help_text="Vide : depuis la date de la liste.")
    au = models.DateField("jusqu'au", null=True, blank=True)

    historique = HistoricalRecords()
    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "membre"
        ordering = ["collectivite__nom"]
        constraints = [
            models.UniqueConstraint(
                fields=["inscription", "collectivite"],
                condition=Q(au=None),
                name="territoires_composition_unique",
                violation_error_message="Cette collectivité est déjà membre de ce territoire.",
            ),
            models.CheckConstraint(
                condition=Q(du=None) | Q(au=None) | Q(au__gte=F("du")),
                name="territoires_composition_periode",
                violation_error_message="La fin doit suivre le début.",
            ),
        ]

    def __str__(self):
        return f"{self.collectivite} dans {self.inscription}"


class Filiation(models.Model):
    """What became of a territory when codes or perimeters were dealt again: decided by an act, on a date."""

    donnees_personnelles = ()

    origine = models.ForeignKey(
        Territoire, on_delete=models.PROTECT, related_name="suites", verbose_name="territoire d'origine"
    )
    suite = models.ForeignKey(
        Territoire, on_delete=models.PROTECT, related_name="origines", verbose_name="territoire qui suit"
    )
    nature = models.CharField("nature", max_length=10, choices=NatureFiliation)
    date = models.DateField("date")
    acte = models.CharField("acte", max_length=200, blank=True)

    historique = HistoricalRecords()
    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "filiation"
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(
                fields=["origine", "suite"],
                name="territoires_filiation_unique",
                violation_error_message="Ce qui lie ces deux territoires est déjà inscrit.",
            ),
            models.CheckConstraint(
                condition=~Q(origine=F("suite")),
                name="territoires_filiation_deux_territoires",
                violation_error_message="Un territoire ne se succède pas à lui-même.",
            ),
        ]

    def __str__(self):
        return f"{self.origine} → {self.suite}"
