"""What is followed of a project: its milestones, its indicators, what blocks it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Subquery
from simple_history.models import HistoricalRecords

from comptes.acces import aujourdhui
from comptes.cles import nouvelle_cle

from .projets import Projet
from .regle_projets import QuerySetParties, QuerySetReleves


class Frein(models.Model):
    """A rule that blocks a project: whose it is, what is asked. The need for simplification, of the card."""

    donnees_personnelles = ("demande",)

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    projet = models.ForeignKey(Projet, on_delete=models.CASCADE, related_name="freins", verbose_name="projet")
    regle = models.CharField("règle ou procédure qui bloque", max_length=300)
    autorite_competente = models.CharField("autorité compétente", max_length=200, blank=True)
    demande = models.TextField("ce qui est demandé", blank=True)
    leve_le = models.DateField("levé le", null=True, blank=True)

    historique = HistoricalRecords()
    objects = QuerySetParties.as_manager()

    class Meta:
        verbose_name = "frein"
        ordering = ["pk"]

    def __str__(self):
        return self.regle

    def clean(self):
        super().clean()
        _refuser_l_avenir(self, "leve_le", "Cette date est à venir : le frein n'est pas encore levé.")


class Jalon(models.Model):
    donnees_personnelles = ()

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    projet = models.ForeignKey(Projet, on_delete=models.CASCADE, related_name="jalons", verbose_name="projet")
    titre = models.CharField("étape", max_length=200)
    prevu_le = models.DateField("prévue le")
    atteint_le = models.DateField("atteinte le", null=True, blank=True)

    historique = HistoricalRecords()
    objects = QuerySetParties.as_manager()

    class Meta:
        verbose_name = "étape"
        ordering = ["prevu_le", "pk"]
        indexes = [
            # Those that projects are late of.
            models.Index(
                fields=["prevu_le", "projet"], name="programme_jalon_attendus", condition=models.Q(atteint_le=None)
            ),
        ]

    def __str__(self):
        return self.titre

    def clean(self):
        super().clean()
        _refuser_l_avenir(self, "atteint_le", "Cette date est à venir : l'étape n'est pas encore atteinte.")

    @property
    def est_en_retard(self):
        return self.atteint_le is None and self.prevu_le < aujourdhui()


class QuerySetIndicateurs(QuerySetParties):
    def avec_dernier_releve(self):
        """Add the latest reading of each: `derniere_valeur`, `relevee_le`; None when there is none."""
        derniers = Releve.objects.filter(indicateur=OuterRef("pk")).order_by("-date")
        return self.annotate(
            derniere_valeur=Subquery(derniers.values("valeur")[:1]), relevee_le=Subquery(derniers.values("date")[:1])
        )


class Indicateur(models.Model):
    """What the project is to change, measured: from where, to where."""

    donnees_personnelles = ()

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    projet = models.ForeignKey(Projet, on_delete=models.CASCADE, related_name="indicateurs", verbose_name="projet")
    nom = models.CharField("indicateur", max_length=200)
    unite = models.CharField("unité", max_length=50, blank=True)
    base = models.DecimalField("valeur de départ", max_digits=14, decimal_places=2, null=True, blank=True)
    cible = models.DecimalField("cible", max_digits=14, decimal_places=2)

    historique = HistoricalRecords()
    objects = QuerySetIndicateurs.as_manager()

    class Meta:
        verbose_name = "indicateur"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["projet", "nom"],
                name="programme_indicateur_unique",
                violation_error_message="Ce projet a déjà un indicateur de ce nom.",
            )
        ]

    def __str__(self):
        return f"{self.nom} ({self.unite})" if self.unite else self.nom


class Releve(models.Model):
    """An indicator as it was on a day."""

    donnees_personnelles = ()

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    indicateur = models.ForeignKey(
        Indicateur, on_delete=models.CASCADE, related_name="releves", verbose_name="indicateur"
    )
    date = models.DateField("date")
    valeur = models.DecimalField("valeur", max_digits=14, decimal_places=2)

    historique = HistoricalRecords()
    objects = QuerySetReleves.as_manager()

    class Meta:
        verbose_name = "relevé"
        ordering = ["-date"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicateur", "date"],
                name="programme_releve_un_par_jour",
                violation_error_message="Cet indicateur a déjà un relevé de ce jour.",
            )
        ]

    def __str__(self):
        return f"{self.indicateur}, {self.date:%d/%m/%Y}"

    def clean(self):
        super().clean()
        _refuser_l_avenir(self, "date", "Un relevé est d'aujourd'hui ou d'avant.")


def _refuser_l_avenir(objet, champ, message):
    jour = getattr(objet, champ)
    if jour and jour > aujourdhui():
        raise ValidationError({champ: message})
