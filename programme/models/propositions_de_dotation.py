"""What regions ask that their share be."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from comptes.acces import QuerySetPortee, administre, nationale
from comptes.cles import nouvelle_cle
from programme.argent.enums import Circuit, GenreDotation, SensProposition
from programme.champs import ChampEuros
from territoires.models import Region, regions_decidees_par

from .dotations import Exercice
from .habilitations import Operateur


class QuerySetPropositions(QuerySetPortee):
    def visibles_par(self, personne):
        """Whoever proposes, and whoever decides."""
        if not personne.is_authenticated:
            return self.none()
        return self.filter(
            nationale(personne)
            | Q(region__in=regions_decidees_par(personne))
            | Operateur.objects.couvre(personne, "exercice__enveloppe", "region")
        )

    def decidables_par(self, personne):
        """Keep those that wait for a person: the national team, or the operator where it decides alone."""
        return self.filter(
            administre(personne)
            | (
                Q(exercice__enveloppe__circuit=Circuit.OPERATEUR)
                & Operateur.objects.couvre(personne, "exercice__enveloppe", "region", decident=True)
            ),
            sens=SensProposition.ATTENTE,
        )

    def ajoutables_par(self, personne):
        return regions_decidees_par(personne).exists()


class PropositionDeDotation(models.Model):
    """What a region asks that its share be. Nothing counts until it is accepted, which writes an `ActeDeDotation`."""

    donnees_personnelles = ("motif", "proposee_par", "decidee_par")

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    exercice = models.ForeignKey(
        Exercice, on_delete=models.PROTECT, related_name="propositions", verbose_name="exercice"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name="région")
    genre = models.CharField("nature", max_length=8, choices=GenreDotation, default=GenreDotation.PLAFOND)
    montant = ChampEuros("montant (€)")
    motif = models.TextField("pourquoi")
    proposee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        editable=False,
        related_name="+",
        verbose_name="proposée par",
    )
    proposee_le = models.DateTimeField("proposée le", default=timezone.now, editable=False)
    sens = models.CharField(
        "suite", max_length=8, choices=SensProposition, default=SensProposition.ATTENTE, editable=False
    )
    reponse = models.TextField("réponse", blank=True)
    decidee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="décidée par",
    )
    decidee_le = models.DateTimeField("décidée le", null=True, blank=True, editable=False)

    historique = HistoricalRecords()
    objects = QuerySetPropositions.as_manager()

    class Meta:
        verbose_name = "proposition d'enveloppe"
        verbose_name_plural = "propositions d'enveloppe"
        ordering = ["-proposee_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["exercice", "region"],
                condition=Q(sens=SensProposition.ATTENTE),
                name="programme_propositiondedotation_une",
                violation_error_message="Une proposition de cette région attend déjà une réponse.",
            ),
            models.CheckConstraint(
                condition=Q(sens=SensProposition.ATTENTE, decidee_par=None, decidee_le=None)
                | (~Q(sens=SensProposition.ATTENTE) & Q(decidee_par__isnull=False, decidee_le__isnull=False)),
                name="programme_propositiondedotation_decidee",
                violation_error_message="Une réponse est donnée par quelqu'un, un jour.",
            ),
            models.CheckConstraint(
                condition=Q(montant__gte=0),
                name="programme_propositiondedotation_positive",
                violation_error_message="Un montant n'est pas négatif.",
            ),
        ]

    def __str__(self):
        return f"{self.exercice}, {self.region}"
