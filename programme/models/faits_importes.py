"""What the rows of an operator's file say: awards and payments, counted, or waiting for their line (*À rapprocher*)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from comptes.acces import QuerySetPortee, administre, nationale
from comptes.cles import nouvelle_cle
from programme.argent.enums import AutoriteFinanciere, GenreFait, GenreVersement
from programme.champs import ChampEuros, ChampSiret
from tableurs.models import LotImport
from territoires.models import Region, Territoire

from .catalogue import Enveloppe
from .financements import Financement
from .habilitations import Operateur
from .mouvements import Ecart, Mouvement

COMPTE = Q(mouvement__isnull=False) | Q(ecart__isnull=False)


class QuerySetFaitsImportes(QuerySetPortee):
    """Of a file that nobody could place, only those of its envelope, everywhere or in its region, read the rows."""

    def visibles_par(self, personne):
        return self.filter(nationale(personne) | Operateur.objects.couvre(personne, "enveloppe", "region"))

    def modifiables_par(self, personne):
        """Keep those that a person reconciles, or sets aside."""
        return self.filter(
            administre(personne) | Operateur.objects.couvre(personne, "enveloppe", "region", decident=True)
        )

    def ajoutables_par(self, personne):
        return False

    def a_rapprocher(self):
        return self.filter(mouvement=None, ecart=None, motif="")


class FaitImporte(models.Model):
    """An award or a payment that a row of a file says. It is known by its `empreinte`: nothing is counted twice.

    `repere` tells the case: its dossier number, else its act, SIRET and year. Whoever chose the line of a case chose it
    for the next files. Counted: it has its movement, or the `Ecart` that keeps it; else it waits, or was set aside.
    """

    donnees_personnelles = ("beneficiaire_nom", "motif")
    tus_a_qui_signe = ("montant", "acte", "dossier", "siret", "raison")

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    enveloppe = models.ForeignKey(
        Enveloppe, on_delete=models.PROTECT, related_name="faits_importes", verbose_name="enveloppe"
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="région"
    )
    genre = models.CharField("genre", max_length=11, choices=GenreFait)
    repere = models.CharField("repère", max_length=200)
    empreinte = models.CharField("empreinte", max_length=64)

    dossier = models.CharField("numéro de dossier", max_length=60, blank=True)
    siret = ChampSiret("SIRET du bénéficiaire", blank=True)
    beneficiaire_nom = models.CharField("bénéficiaire", max_length=200, blank=True)
    numero_projet = models.CharField("numéro du projet", max_length=16, blank=True)
    territoire = models.ForeignKey(
        Territoire, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="territoire"
    )
    montant = ChampEuros("montant (€)")
    date = models.DateField("date de l'acte ou du versement")
    acte = models.CharField("acte", max_length=200, blank=True)
    reference = models.CharField("référence du versement", max_length=100, blank=True)
    autorite = models.CharField("autorité qui décide", max_length=30, choices=AutoriteFinanciere)
    genre_versement = models.CharField("nature du versement", max_length=11, choices=GenreVersement, blank=True)
    exercice = models.PositiveSmallIntegerField("exercice du versement", null=True, blank=True)

    lot = models.ForeignKey(LotImport, on_delete=models.PROTECT, related_name="+", verbose_name="import")
    feuille = models.TextField("feuille", blank=True)
    ligne = models.PositiveIntegerField("ligne", help_text="Comme dans Excel.")

    financement = models.ForeignKey(
        Financement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="faits_importes",
        verbose_name="financement",
    )
    mouvement = models.OneToOneField(
        Mouvement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="fait_importe",
        verbose_name="compté par",
    )
    ecart = models.OneToOneField(
        Ecart,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="fait_importe",
        verbose_name="gardé par l'écart",
    )
    raison = models.TextField("pourquoi il attend", blank=True)
    motif = models.TextField("pourquoi il est écarté", blank=True)
    decide_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="rapproché ou écarté par",
    )
    decide_le = models.DateTimeField("rapproché ou écarté le", null=True, blank=True, editable=False)

    objects = QuerySetFaitsImportes.as_manager()

    class Meta:
        verbose_name = "attribution ou versement importé"
        verbose_name_plural = "attributions et versements importés"
        ordering = ["repere", "genre", "date", "pk"]
        indexes = [
            models.Index(fields=["enveloppe", "repere"], name="programme_fait_repere"),
            # Those that wait: every page asks whether there are any.
            models.Index(
                fields=["enveloppe"], name="programme_fait_attendus", condition=Q(mouvement=None, ecart=None, motif="")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enveloppe", "empreinte"],
                name="programme_fait_unique",
                violation_error_message="Cette attribution ou ce versement est déjà enregistré.",
            ),
            models.CheckConstraint(
                condition=(Q(mouvement=None) | Q(ecart=None)) & (~COMPTE | Q(financement__isnull=False, motif="")),
                name="programme_fait_compte_une_fois",
                violation_error_message="Il est compté une fois, sur un financement, ou écarté.",
            ),
            models.CheckConstraint(
                condition=(Q(decide_par=None, decide_le=None) & Q(motif=""))
                | Q(decide_par__isnull=False, decide_le__isnull=False),
                name="programme_fait_decide",
                violation_error_message="Il est rapproché ou écarté par quelqu'un, un jour.",
            ),
            models.CheckConstraint(
                condition=Q(genre=GenreFait.ATTRIBUTION, genre_versement="", exercice=None)
                | (Q(genre=GenreFait.VERSEMENT, exercice__isnull=False) & ~Q(genre_versement="")),
                name="programme_fait_versement",
                violation_error_message="Un versement a une nature et un exercice ; une attribution n'en a pas.",
            ),
        ]

    def __str__(self):
        return f"{self.get_genre_display()}, {self.dit}"

    def get_absolute_url(self):
        return reverse("rapprocher", args=[self.cle])

    @property
    def dit(self):
        """What the operator calls it: its dossier, else its act."""
        return f"dossier {self.dossier}" if self.dossier else f"acte {self.acte}"

    @property
    def est_un_versement(self):
        return self.genre == GenreFait.VERSEMENT

    @property
    def attend(self):
        return not (self.mouvement_id or self.ecart_id or self.motif)
