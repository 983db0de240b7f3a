"""What the programme is made of: needs, measures, envelopes, and what was announced.

Sources: `fixtures/programme/`. What no source confirms says so in its `fiabilite` or its `source`.
"""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from comptes.acces import QuerySetReference
from programme.argent.enums import Circuit
from programme.enums import FiabiliteMesure, PrecisionMontant, UniteChiffre
from territoires.models import Phase, Region


class Besoin(models.Model):
    """One of the needs that the measures of a phase answer."""

    donnees_personnelles = ()

    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="besoins", verbose_name="phase")
    code = models.SlugField("code", max_length=20, unique=True)
    ordre = models.PositiveSmallIntegerField("ordre")
    nom = models.CharField("nom", max_length=100)
    description = models.TextField("description", blank=True)
    source = models.TextField("source", blank=True)

    historique = HistoricalRecords()
    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "besoin"
        ordering = ["phase", "ordre"]
        constraints = [
            models.UniqueConstraint(
                fields=["phase", "ordre"],
                name="programme_besoin_ordre",
                violation_error_message="Un autre besoin de cette phase a déjà ce rang.",
            )
        ]

    def __str__(self):
        return self.nom


class Mesure(models.Model):
    donnees_personnelles = ()

    besoin = models.ForeignKey(Besoin, on_delete=models.PROTECT, related_name="mesures", verbose_name="besoin")
    code = models.SlugField("code", max_length=20, unique=True)
    ordre = models.PositiveSmallIntegerField("ordre")
    titre = models.CharField("titre", max_length=250)
    description = models.TextField("description", blank=True)
    fiabilite = models.CharField("fiabilité", max_length=12, choices=FiabiliteMesure)
    source = models.TextField("source", blank=True)

    historique = HistoricalRecords()
    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "mesure"
        ordering = ["besoin__phase", "besoin__ordre", "ordre"]
        constraints = [
            models.UniqueConstraint(
                fields=["besoin", "ordre"],
                name="programme_mesure_ordre",
                violation_error_message="Une autre mesure de ce besoin a déjà ce rang.",
            )
        ]

    def __str__(self):
        return f"{self.code} · {self.titre}"

    def get_absolute_url(self):
        return reverse("mesure", args=[self.code])


class Enveloppe(models.Model):
    """A source of money. The announced amount bounds nothing and opens nothing."""

    donnees_personnelles = ()

    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="enveloppes", verbose_name="phase")
    code = models.SlugField("code", max_length=20, unique=True)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)
    nom = models.CharField("nom", max_length=200)
    montant_annonce = models.DecimalField("montant annoncé (€)", max_digits=14, decimal_places=2, null=True, blank=True)
    precision = models.CharField("précision", max_length=10, choices=PrecisionMontant, default=PrecisionMontant.EXACT)
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enveloppes",
        verbose_name="région",
        help_text="Crédits propres d'une région. Vide : enveloppe nationale.",
    )
    circuit = models.CharField(
        "qui décide", max_length=13, choices=Circuit, default=Circuit.OPERATEUR, help_text="Qui programme les projets."
    )
    inscription_requise = models.BooleanField(
        "réservée aux projets inscrits",
        default=False,
        help_text="Ce qui est programmé sans inscription au contrat est signalé « hors contrat », pas refusé.",
    )
    operateurs = models.TextField("opérateurs", blank=True, help_text="Un par ligne : qui instruit et qui paie.")
    source = models.TextField("source", blank=True)

    historique = HistoricalRecords()
    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "enveloppe"
        ordering = ["phase", "ordre", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(montant_annonce=None) | Q(montant_annonce__gte=0),
                name="programme_enveloppe_montant_positif",
                violation_error_message="Un montant annoncé n'est pas négatif.",
            ),
            models.CheckConstraint(
                condition=Q(region=None) | Q(circuit=Circuit.REGION),
                name="programme_enveloppe_de_region",
                violation_error_message="Des crédits propres d'une région sont décidés par elle.",
            ),
        ]

    def __str__(self):
        return self.nom


class ChiffreAnnonce(models.Model):
    """A figure given when the programme was announced: shown beside what we compute, never mixed with it."""

    donnees_personnelles = ()

    cle = models.SlugField("clé", max_length=40, unique=True)
    libelle = models.CharField("libellé", max_length=200)
    valeur = models.DecimalField("valeur", max_digits=14, decimal_places=2)
    unite = models.CharField("unité", max_length=12, choices=UniteChiffre)
    precision = models.CharField("précision", max_length=200, blank=True, help_text="« environ », « plus de »…")
    source = models.TextField("source", blank=True)

    historique = HistoricalRecords()
    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "chiffre annoncé"
        verbose_name_plural = "chiffres annoncés"
        ordering = ["cle"]

    def __str__(self):
        return self.libelle
