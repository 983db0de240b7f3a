"""What is prepared aside the fiche, and what a porteur proposes to write in it (ADR 0011)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from comptes.acces import nationale
from comptes.cles import nouvelle_cle
from programme.enums import IssueProposition

from .projets import Projet
from .regle_projets import QuerySetParties


class QuerySetPropositions(QuerySetParties):
    """Read by who wrote them, by whoever writes the fiche, who answers, and by the national team."""

    def visibles_par(self, personne):
        ecrits = Projet.objects.transmissibles_par(personne).values("pk")
        siennes = Q(auteur=personne.pk, projet__in=Projet.objects.connus_par(personne).values("pk"))
        return self.filter(nationale(personne) | siennes | Q(projet__in=ecrits))

    def modifiables_par(self, personne):
        """Keep those that a person may answer."""
        return self.en_attente().filter(projet__in=Projet.objects.redigeables_par(personne).values("pk"))

    def ajoutables_par(self, personne):
        return Projet.objects.proposables_par(personne).exists()

    def en_attente(self):
        return self.filter(issue=IssueProposition.ATTENTE)


class Ecarts(models.Model):
    """`valeurs`: what is proposed, by field; `avant`: what stood there when it was written (`valeurs_de_fiche`)."""

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    avant = models.JSONField("avant", default=dict)
    valeurs = models.JSONField("proposé", default=dict)
    ecrite_le = models.DateTimeField("écrite le", default=timezone.now)

    class Meta:
        abstract = True


class PropositionDeFiche(Ecarts):
    """Of a porteur: the territory's team accepts it, whole or field by field, or refuses it."""

    donnees_personnelles = ("auteur", "avant", "valeurs", "motif", "traitee_par")

    projet = models.ForeignKey(Projet, on_delete=models.CASCADE, related_name="propositions", verbose_name="projet")
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name="auteur"
    )
    # Of an accepted one: the fields that were.
    acceptees = models.JSONField("champs acceptés", default=list)
    issue = models.CharField("issue", max_length=8, choices=IssueProposition, default=IssueProposition.ATTENTE)
    motif = models.TextField("motif", blank=True)
    traitee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="traitée par",
    )
    traitee_le = models.DateTimeField("traitée le", null=True, blank=True)

    historique = HistoricalRecords()
    objects = QuerySetPropositions.as_manager()

    class Meta:
        verbose_name = "proposition de fiche"
        verbose_name_plural = "propositions de fiche"
        ordering = ["-ecrite_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["projet", "auteur"],
                condition=Q(issue=IssueProposition.ATTENTE),
                name="programme_proposition_une_en_attente",
                violation_error_message="Cette personne a déjà une proposition en attente sur ce projet.",
            ),
            models.CheckConstraint(
                condition=Q(issue=IssueProposition.ATTENTE, traitee_par=None, traitee_le=None)
                | (~Q(issue=IssueProposition.ATTENTE) & Q(traitee_par__isnull=False, traitee_le__isnull=False)),
                name="programme_proposition_traitee",
                violation_error_message="Une proposition traitée l'est par quelqu'un, à une date.",
            ),
            models.CheckConstraint(
                condition=~Q(issue=IssueProposition.REFUSEE) | ~Q(motif=""),
                name="programme_proposition_motif_du_refus",
                violation_error_message="Un refus a un motif.",
            ),
        ]

    def __str__(self):
        return f"Proposition sur {self.projet}"

    def get_absolute_url(self):
        return reverse("projet_proposition", args=[self.projet.cle, self.cle])

    @property
    def est_en_attente(self):
        return self.issue == IssueProposition.ATTENTE

    def clore(self, issue, par, motif="", acceptees=()):
        """Keep what became of it, and who said so."""
        self.issue, self.traitee_par, self.traitee_le = issue, par, timezone.now()
        self.motif, self.acceptees = motif, list(acceptees)
        self._change_reason = self.get_issue_display()
        self.save()
