"""What is opened on an envelope each year, and how it is shared (« enveloppes régionales »).

What is carried is stored, and bounded by a constraint: `programme/argent/plafonds.py` alone changes it, under a lock.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from comptes.acces import (
    QuerySetPortee,
    QuerySetReference,
    administre,
    est_administrateur,
    habilitations,
    nationale,
)
from comptes.cles import nouvelle_cle
from programme.argent.enums import (
    AutoriteFinanciere,
    Circuit,
    GenreDotation,
    GenreOuverture,
    QualiteOperateur,
)
from programme.champs import ChampEuros
from programme.montants import RIEN, au_plus
from territoires.models import (
    EtatTerritorial,
    PiloteRegional,
    Region,
    Territoire,
    regions_decidees_par,
    territoires_des_regions_de,
)

from .catalogue import Enveloppe
from .habilitations import Operateur

ANNEES = Q(annee__gte=2018) & Q(annee__lte=2099)


def suit_l_argent(personne):
    """Tell whether shares are any business of a person: operators, regions, the State, the national team."""
    suivent = Operateur | PiloteRegional | EtatTerritorial
    return any(une.voit_tout or isinstance(une, suivent) for une in habilitations(personne))


class Exercice(models.Model):
    """A year of an envelope: what is opened in force, what is shared out. Its row is locked when either changes."""

    donnees_personnelles = ()

    enveloppe = models.ForeignKey(
        Enveloppe, on_delete=models.PROTECT, related_name="exercices", verbose_name="enveloppe"
    )
    annee = models.PositiveSmallIntegerField("année")
    ouvert_ae = ChampEuros("ouvert en AE (€)", null=True, blank=True, editable=False)
    ouvert_cp = ChampEuros("ouvert en CP (€)", null=True, blank=True, editable=False)
    reparti = ChampEuros("réparti en plafonds (€)", default=RIEN, editable=False)

    historique = HistoricalRecords()
    objects = QuerySetReference.as_manager()

    class Meta:
        verbose_name = "exercice"
        ordering = ["enveloppe", "annee"]
        constraints = [
            models.UniqueConstraint(fields=["enveloppe", "annee"], name="programme_exercice_unique"),
            models.CheckConstraint(
                condition=ANNEES,
                name="programme_exercice_annee",
                violation_error_message="Une année s'écrit en quatre chiffres, de 2018 à 2099.",
            ),
            models.CheckConstraint(condition=Q(reparti__gte=0), name="programme_exercice_reparti_positif"),
            models.CheckConstraint(
                condition=Q(ouvert_ae=None) | au_plus("reparti", "ouvert_ae"),
                name="programme_exercice_reparti_dans_l_ouvert",
                violation_error_message="Les plafonds répartis dépassent ce qui est ouvert.",
            ),
        ]

    def __str__(self):
        return f"{self.enveloppe}, {self.annee}"


class QuerySetActes(QuerySetReference):
    """Append-only: written by `programme/argent/plafonds.py`."""

    def modifiables_par(self, personne):
        return self.none()

    def ajoutables_par(self, personne):
        return False


class Ouverture(models.Model):
    """Credits opened for a year by an act. A revision says the new total; the latest by its date is in force."""

    donnees_personnelles = ("saisie_par",)

    exercice = models.ForeignKey(Exercice, on_delete=models.PROTECT, related_name="ouvertures", verbose_name="exercice")
    genre = models.CharField("nature", max_length=8, choices=GenreOuverture)
    ae = ChampEuros("autorisations d'engagement (€)", null=True, blank=True, help_text="Vide : montant inconnu.")
    cp = ChampEuros("crédits de paiement (€)", null=True, blank=True, help_text="Vide : montant inconnu.")
    date = models.DateField("date de l'acte")
    acte = models.CharField("acte", max_length=200, help_text="Loi de finances, convention, décision : sa référence.")
    source = models.TextField("source", blank=True)
    saisie_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        editable=False,
        related_name="+",
        verbose_name="saisie par",
    )
    saisie_le = models.DateTimeField("saisie le", default=timezone.now, editable=False)

    objects = QuerySetActes.as_manager()

    class Meta:
        verbose_name = "ouverture de crédits"
        verbose_name_plural = "ouvertures de crédits"
        ordering = ["exercice", "date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["exercice"],
                condition=Q(genre=GenreOuverture.INITIALE),
                name="programme_ouverture_initiale_unique",
                violation_error_message="Cette année a déjà une ouverture initiale : saisissez une révision.",
            ),
            models.CheckConstraint(
                condition=(Q(ae=None) | Q(ae__gte=0)) & (Q(cp=None) | Q(cp__gte=0)),
                name="programme_ouverture_positive",
                violation_error_message="Des crédits ouverts ne sont pas négatifs.",
            ),
            models.CheckConstraint(
                condition=~Q(acte=""),
                name="programme_ouverture_acte",
                violation_error_message="Une ouverture de crédits a un acte.",
            ),
        ]

    def __str__(self):
        return f"{self.get_genre_display()}, {self.exercice}"


class QuerySetDotations(QuerySetPortee):
    """Read by anyone who follows money on the envelope or in the region; divided by the region that it is given to."""

    def visibles_par(self, personne):
        if not personne.is_authenticated:
            return self.none()
        suivis = territoires_des_regions_de(personne)
        return self.filter(
            nationale(personne)
            | Operateur.objects.couvre(personne, "exercice__enveloppe", "region")
            | Q(region__in=regions_decidees_par(personne))
            | Q(territoire__in=suivis)
        )

    def modifiables_par(self, personne):
        """Keep those whose amount a person sets: the national team; a region its own credits and the shares of its own.

        An operator sets those of its envelope, unless it is a region's.
        """
        decidees = regions_decidees_par(personne)
        return self.filter(
            administre(personne)
            | Q(exercice__enveloppe__region__in=decidees)
            | Q(territoire__isnull=False, region__in=decidees)
            | (
                Q(exercice__enveloppe__circuit=Circuit.OPERATEUR)
                & Operateur.objects.couvre(personne, "exercice__enveloppe", "region", decident=True)
            )
        )

    def repartissables_par(self, personne, enveloppe):
        """Tell whether a person may set some share of an envelope, whether it exists or not."""
        if est_administrateur(personne) or regions_decidees_par(personne).exists():
            return True
        siennes = Operateur.objects.de(personne).filter(enveloppe=enveloppe, qualite=QualiteOperateur.DECISION)
        return enveloppe.circuit == Circuit.OPERATEUR and siennes.exists()


class Dotation(models.Model):
    """A share of a year of an envelope: of the nation, of a region, of a territory (taken out of its region's).

    `porte`: programmed + awarded − released on it, in euros; `reparti`: what its territories' shares take out of it;
    `charge`: both. Written by `programme/argent/plafonds.py` only.
    """

    donnees_personnelles = ()

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    exercice = models.ForeignKey(Exercice, on_delete=models.PROTECT, related_name="dotations", verbose_name="exercice")
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="dotations", verbose_name="région"
    )
    territoire = models.ForeignKey(
        Territoire, on_delete=models.PROTECT, null=True, blank=True, related_name="dotations", verbose_name="territoire"
    )
    genre = models.CharField("nature", max_length=8, choices=GenreDotation, default=GenreDotation.PLAFOND)
    montant = ChampEuros("montant (€)", null=True, blank=True, help_text="Vide : montant inconnu, suivi sans plafond.")
    porte = ChampEuros("porté (€)", default=RIEN, editable=False)
    reparti = ChampEuros("réparti entre les territoires (€)", default=RIEN, editable=False)
    charge = ChampEuros("porté et réparti (€)", default=RIEN, editable=False)

    objects = QuerySetDotations.as_manager()

    class Meta:
        verbose_name = "enveloppe régionale"
        verbose_name_plural = "enveloppes régionales"
        ordering = ["exercice", "region", "territoire"]
        constraints = [
            models.UniqueConstraint(
                fields=["exercice"],
                condition=Q(region=None),
                name="programme_dotation_nationale_unique",
                violation_error_message="La part nationale de cette année existe déjà.",
            ),
            models.UniqueConstraint(
                fields=["exercice", "region"],
                condition=Q(territoire=None),
                name="programme_dotation_regionale_unique",
                violation_error_message="L'enveloppe de cette région existe déjà pour cette année.",
            ),
            models.UniqueConstraint(
                fields=["exercice", "territoire"],
                name="programme_dotation_territoriale_unique",
                violation_error_message="La part de ce territoire existe déjà pour cette année.",
            ),
            models.CheckConstraint(
                condition=Q(territoire=None) | Q(region__isnull=False),
                name="programme_dotation_part_d_une_region",
                violation_error_message="La part d'un territoire est prise sur celle d'une région.",
            ),
            models.CheckConstraint(
                condition=Q(montant=None) | Q(montant__gte=0),
                name="programme_dotation_montant_positif",
                violation_error_message="Un montant réparti n'est pas négatif.",
            ),
            models.CheckConstraint(
                condition=Q(porte__gte=0) & Q(reparti__gte=0), name="programme_dotation_charge_positive"
            ),
            models.CheckConstraint(
                condition=Q(reparti=0) | Q(region__isnull=False, territoire=None),
                name="programme_dotation_reparti_d_une_region",
                violation_error_message="Seule l'enveloppe d'une région se répartit entre des territoires.",
            ),
            models.CheckConstraint(
                condition=Q(genre=GenreDotation.OBJECTIF) | Q(montant=None) | au_plus("charge", "montant"),
                name="programme_dotation_plafond",
                violation_error_message="Ce plafond serait dépassé.",
            ),
        ]

    def __str__(self):
        return f"{self.exercice.enveloppe}, {self.exercice.annee}, {self.lieu}"

    def get_absolute_url(self):
        return reverse("dotation", args=[self.cle])

    @property
    def lieu(self):
        """Whose share it is, in words."""
        return str(self.territoire or self.region or "part nationale")

    @property
    def est_un_plafond(self):
        return self.genre == GenreDotation.PLAFOND and self.montant is not None

    @property
    def qui_le_change(self):
        """Who may change its amount, in a sentence: what a refusal says."""
        enveloppe = self.exercice.enveloppe
        if self.territoire_id or enveloppe.region_id:
            return "Les pilotes qui décident pour la région peuvent le changer."
        if enveloppe.circuit == Circuit.OPERATEUR:
            return "L'opérateur de l'enveloppe et l'équipe nationale peuvent le changer."
        return "L'équipe nationale peut le changer."


class ActeDeDotation(models.Model):
    """What a share was set at, by whose decision. Append-only: the latest is in force."""

    donnees_personnelles = ("saisi_par",)

    dotation = models.ForeignKey(Dotation, on_delete=models.PROTECT, related_name="actes", verbose_name="enveloppe")
    genre = models.CharField("nature", max_length=8, choices=GenreDotation)
    montant = ChampEuros("montant (€)", null=True, blank=True)
    autorite = models.CharField("autorité qui décide", max_length=30, choices=AutoriteFinanciere)
    autorite_precision = models.CharField("laquelle", max_length=200, blank=True)
    date = models.DateField("date de la décision")
    acte = models.CharField("acte", max_length=200, blank=True)
    motif = models.TextField("motif", blank=True)
    saisi_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, editable=False, related_name="+", verbose_name="saisi par"
    )
    saisi_le = models.DateTimeField("saisi le", default=timezone.now, editable=False)

    objects = QuerySetActes.as_manager()

    class Meta:
        verbose_name = "acte de répartition"
        verbose_name_plural = "actes de répartition"
        ordering = ["saisi_le", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(autorite=AutoriteFinanciere.AUTRE) & ~Q(autorite_precision=""))
                | (~Q(autorite=AutoriteFinanciere.AUTRE) & Q(autorite_precision="")),
                name="programme_actededotation_autorite_precisee",
                violation_error_message="« Autre autorité » : dites laquelle ; les autres n'ont rien à préciser.",
            ),
        ]

    def __str__(self):
        return f"{self.dotation}, {self.date:%d/%m/%Y}"
