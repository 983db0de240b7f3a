"""The journal of money, append-only, and the acts that can't be counted yet. Amounts are in euros."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from comptes.cles import nouvelle_cle
from comptes.parcours import Passage
from programme.argent.enums import AutoriteFinanciere, EtatFinancement, GenreVersement
from programme.champs import ChampEuros
from programme.montants import RIEN

from .dotations import Dotation
from .financements import Financement
from .regle_financements import QuerySetDeFinancement


class Mouvement(Passage):
    """A row of the journal of money, append-only: what was done, decided by whom, by which act, entered by whom.

    Amounts are signed differences: the sums of a line, a share, a territory, at any date, are those of its movements.
    """

    donnees_personnelles = ("motif",)
    tus_a_qui_signe = ("acte", "programme", "engage", "verse")

    financement = models.ForeignKey(
        Financement, on_delete=models.PROTECT, related_name="mouvements", verbose_name="financement"
    )
    de = models.CharField("état précédent", max_length=20, choices=EtatFinancement, editable=False)
    vers = models.CharField("nouvel état", max_length=20, choices=EtatFinancement, editable=False)
    autorite = models.CharField("autorité qui décide", max_length=30, choices=AutoriteFinanciere, blank=True)
    autorite_precision = models.CharField("laquelle", max_length=200, blank=True)
    # What is typed: the differences come from it.
    montant = ChampEuros("montant (€)", null=True, blank=True)
    dotation = models.ForeignKey(
        Dotation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mouvements",
        verbose_name="imputé sur",
    )
    programme = ChampEuros("programmé (€)", default=RIEN, editable=False)
    engage = ChampEuros("engagé (€)", default=RIEN, editable=False)
    verse = ChampEuros("versé (€)", default=RIEN, editable=False)
    genre_versement = models.CharField("nature du versement", max_length=11, choices=GenreVersement, blank=True)
    exercice = models.PositiveSmallIntegerField("exercice du versement", null=True, blank=True)

    objects = QuerySetDeFinancement.as_manager()

    class Meta:
        verbose_name = "mouvement"
        ordering = ["saisie_le", "pk"]
        indexes = [models.Index(fields=["dotation", "date"], name="programme_mouvement_dotation")]
        constraints = [
            *Passage.Meta.constraints,
            models.CheckConstraint(
                condition=(Q(autorite=AutoriteFinanciere.AUTRE) & ~Q(autorite_precision=""))
                | (~Q(autorite=AutoriteFinanciere.AUTRE) & Q(autorite_precision="")),
                name="programme_mouvement_autorite_precisee",
                violation_error_message="« Autre autorité » : dites laquelle ; les autres n'ont rien à préciser.",
            ),
            models.CheckConstraint(
                condition=Q(engage=0, verse=0, programme__lte=0) | ~Q(autorite=""),
                name="programme_mouvement_decide",
                violation_error_message="Un montant change par la décision de quelqu'un, à une date.",
            ),
            models.CheckConstraint(
                condition=Q(engage__lte=0) | ~Q(acte=""),
                name="programme_mouvement_acte_d_engagement",
                violation_error_message="Un engagement a un acte : donnez sa référence.",
            ),
            models.CheckConstraint(
                condition=(Q(genre_versement="") & Q(verse=0, exercice=None))
                | (~Q(genre_versement="") & Q(exercice__isnull=False)),
                name="programme_mouvement_versement",
                violation_error_message="Un versement a une nature et un exercice ; les autres n'en ont pas.",
            ),
            models.CheckConstraint(
                condition=Q(verse__gte=0) | Q(genre_versement=GenreVersement.REVERSEMENT),
                name="programme_mouvement_reversement",
                violation_error_message="Seul un reversement rend de l'argent.",
            ),
        ]

    def __str__(self):
        return f"{self.transition}, {self.financement}"

    @property
    def autorite_dite(self):
        """Who decided, in words; "" when nobody had to."""
        return self.autorite_precision or self.get_autorite_display()


class Ecart(models.Model):
    """An act already taken elsewhere that can't be counted (a ceiling, a cost): kept apart until it is settled.

    It holds what `passer` is given when it is settled; outside every total until then.
    """

    donnees_personnelles = ("motif",)
    tus_a_qui_signe = ("montant", "acte", "raison")

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    financement = models.ForeignKey(
        Financement, on_delete=models.PROTECT, related_name="ecarts", verbose_name="financement"
    )
    dotation = models.ForeignKey(
        Dotation, on_delete=models.PROTECT, null=True, blank=True, related_name="ecarts", verbose_name="imputé sur"
    )
    transition = models.SlugField("transition", max_length=40)
    montant = ChampEuros("montant (€)")
    autorite = models.CharField("autorité qui décide", max_length=30, choices=AutoriteFinanciere)
    autorite_precision = models.CharField("laquelle", max_length=200, blank=True)
    date = models.DateField("date de l'acte")
    acte = models.CharField("acte", max_length=200)
    genre_versement = models.CharField("nature du versement", max_length=11, choices=GenreVersement, blank=True)
    exercice = models.PositiveSmallIntegerField("exercice du versement", null=True, blank=True)
    raison = models.TextField("ce qui empêche de le compter")
    saisi_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, editable=False, related_name="+", verbose_name="saisi par"
    )
    saisi_le = models.DateTimeField("saisi le", default=timezone.now, editable=False)
    mouvement = models.OneToOneField(
        Mouvement, on_delete=models.PROTECT, null=True, blank=True, related_name="ecart", verbose_name="compté par"
    )
    motif = models.TextField("pourquoi il est écarté", blank=True)
    regle_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="réglé par",
    )
    regle_le = models.DateTimeField("réglé le", null=True, blank=True, editable=False)

    historique = HistoricalRecords()
    objects = QuerySetDeFinancement.as_manager()

    class Meta:
        verbose_name = "écart à régulariser"
        verbose_name_plural = "écarts à régulariser"
        ordering = ["saisi_le", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(regle_le=None, regle_par=None, mouvement=None, motif="")
                | (
                    Q(regle_le__isnull=False, regle_par__isnull=False)
                    & ((Q(mouvement__isnull=False) & Q(motif="")) | (Q(mouvement=None) & ~Q(motif="")))
                ),
                name="programme_ecart_regle",
                violation_error_message="Un écart est compté, ou écarté pour une raison, par quelqu'un, un jour.",
            ),
            models.CheckConstraint(
                condition=Q(montant__gt=0),
                name="programme_ecart_positif",
                violation_error_message="Un écart porte sur un montant.",
            ),
        ]

    def __str__(self):
        return f"{self.montant} €, {self.financement}"
