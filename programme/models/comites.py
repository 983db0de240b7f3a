"""The committees of a region: when, who was there, which projects were on the agenda. What they decided: `Decision`."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from comptes.acces import QuerySetPortee, administre, aujourdhui, habilitations, nationale
from comptes.cles import nouvelle_cle
from comptes.conditions import condition_gardee
from programme.enums import GenreComite
from tableurs.francais import jour
from territoires.models import (
    EtatTerritorial,
    PiloteRegional,
    Region,
    inscriptions_actuelles,
    regions_de,
    regions_decidees_par,
)

from .projets import Projet

# Beyond any rank: moved there first, no two points meet on their way.
AU_LARGE = 100_000


def lit_des_comites(personne):
    """Tell whether committees are any business of a person: regions, the State, the national team."""
    return any(
        habilitation.voit_tout or isinstance(habilitation, PiloteRegional | EtatTerritorial)
        for habilitation in habilitations(personne)
    )


class QuerySetComites(QuerySetPortee):
    """Read by the region, by those of its projects, by the State there; written by those who decide for the region."""

    def visibles_par(self, personne):
        return self.filter(self._visibles_par(personne))

    @condition_gardee
    def _visibles_par(self, personne):
        etat = EtatTerritorial.objects.de(personne)
        leurs_projets = PointDeComite.objects.filter(
            comite=OuterRef("pk"), projet__in=Projet.objects.des_regions_de(personne).values("pk")
        )
        return (
            nationale(personne)
            | Q(region__in=regions_de(personne))
            | Q(region__in=etat.values("region"))
            | Q(region__in=etat.values("departement__region"))
            | Exists(leurs_projets)
        )

    def tenus_par(self, personne):
        """Keep those that a person keeps, closed or not."""
        return self.filter(administre(personne) | Q(region__in=regions_decidees_par(personne)))

    def modifiables_par(self, personne):
        return self.tenus_par(personne).filter(clos_le=None)

    def ajoutables_par(self, personne):
        return super().ajoutables_par(personne) or regions_decidees_par(personne).exists()


class Comite(models.Model):
    """A meeting, or a written consultation. Open until its *relevé* is settled: then nothing of it changes."""

    donnees_personnelles = ("presents", "excuses")
    tus_a_qui_signe = ("clos_le",)

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="comites", verbose_name="région qui le réunit"
    )
    genre = models.CharField("forme", max_length=12, choices=GenreComite, default=GenreComite.REUNION)
    date = models.DateField("date")
    lieu = models.CharField("lieu", max_length=200, blank=True)
    presents = models.TextField("présents", blank=True, help_text="Une personne ou un organisme par ligne.")
    excuses = models.TextField("excusés", blank=True, help_text="Une personne ou un organisme par ligne.")
    saisi_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, editable=False, related_name="+", verbose_name="saisi par"
    )
    cree_le = models.DateTimeField("créé le", default=timezone.now, editable=False)
    clos_le = models.DateTimeField("relevé arrêté le", null=True, blank=True, editable=False)
    clos_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="relevé arrêté par",
    )

    historique = HistoricalRecords()
    objects = QuerySetComites.as_manager()

    class Meta:
        verbose_name = "comité"
        ordering = ["-date", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(genre=GenreComite.REUNION) | Q(lieu=""),
                name="programme_comite_lieu",
                violation_error_message="Une consultation écrite n'a pas de lieu.",
            ),
            models.CheckConstraint(
                condition=Q(clos_le=None, clos_par=None) | Q(clos_le__isnull=False, clos_par__isnull=False),
                name="programme_comite_clos",
                violation_error_message="Un relevé est arrêté par quelqu'un, à une date.",
            ),
        ]

    def __str__(self):
        quoi = "Comité" if self.genre == GenreComite.REUNION else "Consultation écrite"
        return f"{quoi} du {jour(self.date)} ({self.region})"

    def get_absolute_url(self):
        return reverse("comite", args=[self.cle])

    @property
    def est_clos(self):
        return self.clos_le is not None

    @property
    def est_a_venir(self):
        return self.date > aujourdhui()

    @property
    def etat_dit(self):
        if self.est_clos:
            return "Relevé arrêté"
        return "En préparation" if self.est_a_venir else "Tenu, relevé à arrêter"

    # --- Its record

    def clore(self, par):
        """Settle the record. Raises `PermissionDenied`, or `ValidationError` before the day."""
        with transaction.atomic():
            self.verrouiller(Comite.objects.modifiables_par(par))
            if self.est_a_venir:
                raise ValidationError("Ce comité n'a pas encore eu lieu.")
            self.clos_le, self.clos_par = timezone.now(), par
            self._change_reason = "Relevé arrêté"
            self.save()

    def rouvrir(self, par):
        """Take it back: something is to be corrected. Raises `PermissionDenied`."""
        with transaction.atomic():
            self.verrouiller(Comite.objects.tenus_par(par))
            self.clos_le = self.clos_par = None
            self._change_reason = "Relevé rouvert"
            self.save()

    def verrouiller(self, permis):
        """Lock the row, read again, until the transaction ends. Raises `PermissionDenied` unless it is of `permis`."""
        self.refresh_from_db(from_queryset=Comite.objects.select_for_update())
        if not permis.filter(pk=self.pk).exists():
            raise PermissionDenied

    # --- Its agenda

    def candidats(self):
        """Return the projects that may be put on it: those that the region leads, of which it may be asked."""
        menes = inscriptions_actuelles().filter(region=self.region_id).values("territoire")
        return Projet.objects.a_l_ordre_du_jour().filter(territoire__in=menes)

    def ordonner(self, projets, par):
        """Make these projects the agenda, in this order. Returns how many came and went.

        Raises `PermissionDenied`, or `ValidationError` when one goes of which the committee decided already.
        """
        with transaction.atomic():
            self.verrouiller(Comite.objects.modifiables_par(par))
            gardes = {point.projet_id: point for point in self.points.all()}
            voulus = {projet.pk: rang for rang, projet in enumerate(projets, start=1)}
            partent = gardes.keys() - voulus.keys()
            actualisees = self.decisions_d_actualisation.filter(actualisation__projet__in=partent)
            if self.decisions.filter(projet__in=partent).exists() or actualisees.exists():
                raise ValidationError("Le comité a déjà décidé d'un projet que vous retirez de son ordre du jour.")
            for pk in partent:
                gardes[pk].delete()
            restes = [point for pk, point in gardes.items() if pk in voulus and point.rang != voulus[pk]]
            PointDeComite.objects.filter(pk__in=[point.pk for point in restes]).update(rang=F("rang") + AU_LARGE)
            for point in restes:
                point.rang = voulus[point.projet_id]
            bulk_update_with_history(restes, PointDeComite, ["rang"], default_user=par)
            nouveaux = [
                PointDeComite(comite=self, projet_id=pk, rang=rang) for pk, rang in voulus.items() if pk not in gardes
            ]
            if nouveaux:
                bulk_create_with_history(nouveaux, PointDeComite, default_user=par)
        return len(nouveaux), len(partent)


class QuerySetPoints(QuerySetPortee):
    """Of a committee that one sees, the projects that one knows: the others are not even named."""

    def visibles_par(self, personne):
        return self.filter(
            comite__in=Comite.objects.visibles_par(personne).values("pk"),
            projet__in=Projet.objects.connus_par(personne).values("pk"),
        )

    def modifiables_par(self, personne):
        return self.filter(comite__in=Comite.objects.modifiables_par(personne).values("pk"))

    def ajoutables_par(self, personne):
        return Comite.objects.ajoutables_par(personne)

    def a_venir_pour(self, personne):
        """Keep those of committees still open; of each, whether a person may open its page (`est_visible`)."""
        visibles = Comite.objects.visibles_par(personne).filter(pk=OuterRef("comite"))
        ouverts = self.filter(comite__clos_le=None).annotate(est_visible=Exists(visibles))
        return ouverts.select_related("comite__region").order_by("comite__date", "pk")


class PointDeComite(models.Model):
    donnees_personnelles = ()

    comite = models.ForeignKey(Comite, on_delete=models.CASCADE, related_name="points", verbose_name="comité")
    projet = models.ForeignKey(Projet, on_delete=models.PROTECT, related_name="points_de_comite", verbose_name="projet")
    rang = models.PositiveIntegerField("rang")

    historique = HistoricalRecords()
    objects = QuerySetPoints.as_manager()

    class Meta:
        verbose_name = "point de l'ordre du jour"
        verbose_name_plural = "points de l'ordre du jour"
        ordering = ["comite", "rang"]
        constraints = [
            models.UniqueConstraint(
                fields=["comite", "projet"],
                name="programme_pointdecomite_projet",
                violation_error_message="Ce projet est déjà à l'ordre du jour de ce comité.",
            ),
            models.UniqueConstraint(
                fields=["comite", "rang"],
                name="programme_pointdecomite_rang",
                violation_error_message="Un autre point de ce comité a déjà ce rang.",
            ),
        ]

    def __str__(self):
        return f"{self.rang}. {self.projet}"
