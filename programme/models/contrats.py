"""The contracts of the territories: what was signed, by whom, until when, and the fiches that each inscribes."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from comptes.acces import QuerySetPortee, administre, aujourdhui, habilitations, nationale
from comptes.cles import nouvelle_cle
from comptes.conditions import condition_gardee
from programme.enums import GenreContrat
from tableurs.francais import jour
from territoires.models import (
    PiloteRegional,
    Territoire,
    territoires_de,
    territoires_des_regions_de,
    territoires_pilotes_par,
)

from .projets import Projet


def lit_des_contrats(personne):
    """Tell whether a person follows contracts: regions, the national team."""
    return any(une.voit_tout or isinstance(une, PiloteRegional) for une in habilitations(personne))


class QuerySetContrats(QuerySetPortee):
    """Anyone may know what was signed (its public projects only); written by those who decide for the region."""

    def visibles_par(self, personne):
        return self.all()

    def connus_par(self, personne):
        """Keep those of which a person knows all the projects, public or not."""
        return self.filter(self._connus_par(personne))

    def documentes_pour(self, personne):
        """Keep those whose signed document a person reads: it may name projects that are not public."""
        return self.filter(self._documentes_pour(personne))

    def modifiables_par(self, personne):
        return self.filter(administre(personne) | Q(territoire__in=territoires_pilotes_par(personne)))

    def ajoutables_par(self, personne):
        return super().ajoutables_par(personne) or territoires_pilotes_par(personne).exists()

    @condition_gardee
    def _connus_par(self, personne):
        return nationale(personne) | Q(territoire__in=territoires_des_regions_de(personne))

    @condition_gardee
    def _documentes_pour(self, personne):
        return nationale(personne) | Q(territoire__in=territoires_de(personne))


class Contrat(models.Model):
    donnees_personnelles = ("signataires",)
    # Anyone reads it.
    tus_a_qui_signe = ()

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    territoire = models.ForeignKey(
        Territoire, on_delete=models.PROTECT, related_name="contrats", verbose_name="territoire"
    )
    genre = models.CharField("nature", max_length=9, choices=GenreContrat)
    contrat_initial = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="avenants",
        verbose_name="contrat modifié",
        help_text="D'un avenant : le contrat ou le protocole qu'il modifie.",
    )
    signe_le = models.DateField("signé le")
    du = models.DateField("à partir du")
    au = models.DateField("jusqu'au", null=True, blank=True, help_text="Vide : sans terme écrit.")
    signataires = models.TextField("signataires", help_text="Un par ligne. Cette liste est publique.")
    projets = models.ManyToManyField(Projet, related_name="contrats", verbose_name="projets inscrits", blank=True)
    saisi_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, editable=False, related_name="+", verbose_name="saisi par"
    )
    cree_le = models.DateTimeField("créé le", default=timezone.now, editable=False)

    historique = HistoricalRecords(m2m_fields=[projets])
    objects = QuerySetContrats.as_manager()

    class Meta:
        verbose_name = "contrat"
        ordering = ["territoire", "signe_le", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(au=None) | Q(au__gte=F("du")),
                name="programme_contrat_periode",
                violation_error_message="La fin d'un contrat doit suivre son début.",
            ),
            models.CheckConstraint(
                condition=(Q(genre=GenreContrat.AVENANT) & Q(contrat_initial__isnull=False))
                | (~Q(genre=GenreContrat.AVENANT) & Q(contrat_initial=None)),
                name="programme_contrat_avenant",
                violation_error_message="Un avenant, et lui seul, modifie un contrat : dites lequel.",
            ),
        ]

    def __str__(self):
        return f"{self.get_genre_display()} du {jour(self.signe_le)}"

    def clean(self):
        super().clean()
        if self.signe_le and self.signe_le > aujourdhui():
            raise ValidationError({"signe_le": "Cette date est à venir : un contrat s'enregistre une fois signé."})
        initial = self.contrat_initial
        if initial and (initial.territoire_id != self.territoire_id or initial.genre == GenreContrat.AVENANT):
            raise ValidationError({"contrat_initial": "Un avenant modifie un contrat de son territoire."})
