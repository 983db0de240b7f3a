"""Drafts of how a share could be given out: nothing counts until one is programmed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from comptes.acces import QuerySetPortee, administre, est_administrateur, nationale
from comptes.cles import nouvelle_cle
from programme.argent.enums import Circuit, QualiteOperateur
from programme.champs import ChampEuros
from territoires.models import EtatTerritorial, regions_decidees_par

from .dotations import Dotation
from .financements import Financement
from .habilitations import Operateur


class QuerySetScenarios(QuerySetPortee):
    """Read and written by those who may decide on the share: never by those who ask."""

    def visibles_par(self, personne):
        return self.filter(nationale(personne) | self._decides_par(personne))

    def modifiables_par(self, personne):
        return self.filter(administre(personne) | self._decides_par(personne), converti_le=None)

    def ajoutables_par(self, personne):
        return (
            est_administrateur(personne)
            or regions_decidees_par(personne).exists()
            or Operateur.objects.de(personne).filter(qualite=QualiteOperateur.DECISION).exists()
            or EtatTerritorial.objects.de(personne).filter(region__isnull=False).exists()
        )

    def decidables(self, personne, dotation):
        """Tell whether a person may draft on a share."""
        essai = Dotation.objects.filter(pk=dotation.pk)
        return est_administrateur(personne) or essai.filter(self._decident(personne, "")).exists()

    def _decides_par(self, personne):
        return self._decident(personne, "dotation__")

    def _decident(self, personne, chemin):
        """Return the condition on shares (`chemin` leads to them) that a person decides of."""
        etat = EtatTerritorial.objects.de(personne).values("region")
        prefets = [Circuit.PREFET, Circuit.PREFET_ET_REGION]
        enveloppe, region = f"{chemin}exercice__enveloppe", f"{chemin}region"
        return (
            Q(**{f"{region}__in": regions_decidees_par(personne)})
            | Operateur.objects.couvre(personne, enveloppe, region, decident=True)
            | Q(**{f"{enveloppe}__circuit__in": prefets, f"{region}__in": etat})
        )


class Scenario(models.Model):
    """`revision` goes up at each save: of two people who edit at once, the second finds out."""

    donnees_personnelles = ("notes",)
    tus_a_qui_signe = ("nom", "revision", "converti_le")

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    dotation = models.ForeignKey(
        Dotation, on_delete=models.PROTECT, related_name="scenarios", verbose_name="enveloppe régionale"
    )
    nom = models.CharField("nom", max_length=100, help_text="Par exemple « Priorité à la formation ».")
    notes = models.TextField("notes", blank=True)
    revision = models.PositiveIntegerField("révision", default=0, editable=False)
    saisi_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, editable=False, related_name="+", verbose_name="saisi par"
    )
    cree_le = models.DateTimeField("créé le", default=timezone.now, editable=False)
    converti_le = models.DateTimeField("programmé le", null=True, blank=True, editable=False)
    converti_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="programmé par",
    )

    historique = HistoricalRecords()
    objects = QuerySetScenarios.as_manager()

    class Meta:
        verbose_name = "scénario"
        ordering = ["-cree_le", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(converti_le=None, converti_par=None)
                | Q(converti_le__isnull=False, converti_par__isnull=False),
                name="programme_scenario_converti",
                violation_error_message="Un scénario programmé l'est par quelqu'un, un jour.",
            ),
            models.CheckConstraint(
                condition=~Q(nom=""), name="programme_scenario_nomme", violation_error_message="Donnez-lui un nom."
            ),
        ]

    def __str__(self):
        return self.nom

    def get_absolute_url(self):
        return reverse("scenario", args=[self.cle])


class LigneDeScenario(models.Model):
    """What a scenario would give to a line, in euros."""

    donnees_personnelles = ()

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="lignes", verbose_name="scénario")
    financement = models.ForeignKey(
        Financement, on_delete=models.PROTECT, related_name="scenarios", verbose_name="financement"
    )
    montant = ChampEuros("montant (€)")

    objects = QuerySetPortee.as_manager()

    class Meta:
        verbose_name = "ligne de scénario"
        verbose_name_plural = "lignes de scénario"
        ordering = ["scenario", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "financement"],
                name="programme_lignedescenario_unique",
                violation_error_message="Ce financement est déjà dans le scénario.",
            ),
            models.CheckConstraint(
                condition=Q(montant__gt=0),
                name="programme_lignedescenario_positive",
                violation_error_message="Un scénario donne un montant, ou rien.",
            ),
        ]

    def __str__(self):
        return f"{self.scenario}, {self.financement}"
