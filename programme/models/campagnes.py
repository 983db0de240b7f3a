"""A campaign of follow-up: until a day, those who follow projects say how each goes."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from comptes.acces import QuerySetPortee, administre, aujourdhui, habilitations, nationale, tient_la_reference
from comptes.cles import nouvelle_cle
from comptes.conditions import condition_gardee
from programme.enums import EtatProjet, Meteo
from territoires.models import Region, inscriptions_actuelles, regions_decidees_par

from .projets import Projet
from .regle_projets import QuerySetParties

RAPPELS = (14, 7, 3, 1)
JOUR_PASSE = "Ce jour est passé : choisissez un jour à venir."
FIN_AVANT_DEBUT = "La fin doit suivre le début."


class QuerySetCampagnes(QuerySetPortee):
    def ouvertes(self):
        """Keep those that take answers today: the last day is included, until midnight in Paris."""
        return self.filter(couverte_le__isnull=False, close_le=None, au__gte=aujourdhui())

    def a_couvrir(self):
        return self.filter(couverte_le=None, close_le=None, du__lte=aujourdhui(), au__gte=aujourdhui())

    def visibles_par(self, personne):
        """Whoever reads one of its projects, or manages it."""
        return self.filter(self._visibles_par(personne)) if personne.is_authenticated else self.none()

    @condition_gardee
    def _visibles_par(self, personne):
        connus = PointDeSuivi.objects.filter(campagne=OuterRef("pk"), projet__in=Projet.objects.connus_par(personne))
        return nationale(personne) | self._gerees_par(personne) | Exists(connus)

    def modifiables_par(self, personne):
        return self.filter(self._gerees_par(personne))

    def ajoutables_par(self, personne):
        return any(habilitation.tient_la_reference for habilitation in habilitations(personne)) or (
            regions_decidees_par(personne).exists()
        )

    @condition_gardee
    def _gerees_par(self, personne):
        """The national team's, by who keeps the reference; a region's, by who decides there."""
        liees = Campagne.regions.through.objects.filter(
            campagne=OuterRef("pk"), region__in=regions_decidees_par(personne)
        )
        return (
            administre(personne)
            | (Q(nationale=True) & tient_la_reference(personne))
            | (Q(nationale=False) & Exists(liees))
        )


class Campagne(models.Model):
    """`couverte_le`: when the projects to follow were taken, the first day. `rappels`: days before the end."""

    donnees_personnelles = ("ouverte_par", "close_par")

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    titre = models.CharField("titre", max_length=150, help_text="Par exemple « Point d'été 2027 ».")
    du = models.DateField("du", default=aujourdhui)
    au = models.DateField("au", help_text="Ce jour compris, jusqu'à 23 h 59, heure de Paris.")
    rappels = models.JSONField("rappels", default=list, blank=True)
    nationale = models.BooleanField("ouverte par l'équipe nationale", default=False, editable=False)
    toutes_les_regions = models.BooleanField("toutes les régions", default=False)
    regions = models.ManyToManyField(Region, related_name="campagnes", verbose_name="régions", blank=True)
    ouverte_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        editable=False,
        related_name="+",
        verbose_name="ouverte par",
    )
    creee_le = models.DateTimeField("créée le", default=timezone.now, editable=False)
    couverte_le = models.DateTimeField("projets retenus le", null=True, blank=True, editable=False)
    close_le = models.DateTimeField("close le", null=True, blank=True, editable=False)
    close_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="close par",
    )
    rappelee_le = models.DateField("dernier rappel le", null=True, blank=True, editable=False)

    historique = HistoricalRecords(m2m_fields=[regions])
    objects = QuerySetCampagnes.as_manager()

    class Meta:
        verbose_name = "campagne de suivi"
        verbose_name_plural = "campagnes de suivi"
        ordering = ["-au", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(au__gte=F("du")),
                name="programme_campagne_periode",
                violation_error_message=FIN_AVANT_DEBUT,
            ),
            models.CheckConstraint(
                condition=Q(toutes_les_regions=False) | Q(nationale=True),
                name="programme_campagne_nationale",
                violation_error_message="Seule l'équipe nationale ouvre une campagne dans toutes les régions.",
            ),
            models.CheckConstraint(
                condition=Q(close_le=None, close_par=None) | Q(close_le__isnull=False, close_par__isnull=False),
                name="programme_campagne_close",
                violation_error_message="Une campagne close à la main l'est par quelqu'un, un jour.",
            ),
        ]

    def __str__(self):
        return self.titre

    def get_absolute_url(self):
        return reverse("campagne", args=[self.cle])

    def clean(self):
        super().clean()
        if self._state.adding and self.au and self.au < aujourdhui():
            raise ValidationError({"au": JOUR_PASSE})

    @property
    def est_ouverte(self):
        return self.couverte_le is not None and self.close_le is None and self.au >= aujourdhui()

    @property
    def est_a_venir(self):
        return self.couverte_le is None and self.close_le is None and self.au >= aujourdhui()

    @property
    def etat(self):
        if self.est_a_venir:
            return "à venir"
        return "ouverte" if self.est_ouverte else "close"

    @property
    def ton(self):
        return {"à venir": "new", "ouverte": "info"}.get(self.etat, "")

    def projets_a_couvrir(self):
        """Return the projects that are followed today, in its regions."""
        suivis = Projet.objects.filter(etat__in=EtatProjet.suivis(), archive_le=None)
        if self.toutes_les_regions:
            return suivis
        siens = inscriptions_actuelles().filter(region__in=self.regions.values("pk"))
        return suivis.filter(territoire__in=siens.values("territoire"))


class QuerySetPoints(QuerySetParties):
    def en_attente(self):
        """Keep those that have no answer, of projects that still take one."""
        return self.filter(saisi_le=None, projet__etat__in=EtatProjet.suivis(), projet__archive_le=None)

    def repondus(self):
        return self.exclude(saisi_le=None)

    def modifiables_par(self, personne):
        """Those that a person answers, as long as the campaign is open."""
        ouvertes = Campagne.objects.ouvertes().values("pk")
        return self.filter(projet__in=Projet.objects.suivables_par(personne).values("pk"), campagne__in=ouvertes)

    def ajoutables_par(self, personne):
        return False


class PointDeSuivi(models.Model):
    """What was said of a project in a campaign. `version` goes up at each answer: two people at once find out."""

    donnees_personnelles = ("texte", "saisi_par")

    campagne = models.ForeignKey(Campagne, on_delete=models.CASCADE, related_name="points", verbose_name="campagne")
    projet = models.ForeignKey(Projet, on_delete=models.CASCADE, related_name="points_de_suivi", verbose_name="projet")
    meteo = models.CharField("météo", max_length=10, choices=Meteo, blank=True)
    texte = models.TextField("ce qui s'est passé", blank=True, max_length=2000)
    rien_de_nouveau = models.BooleanField("rien de nouveau", default=False)
    saisi_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="saisi par",
    )
    saisi_le = models.DateTimeField("saisi le", null=True, blank=True, editable=False)
    version = models.PositiveIntegerField("version", default=0, editable=False)

    historique = HistoricalRecords()
    objects = QuerySetPoints.as_manager()

    class Meta:
        verbose_name = "point de suivi"
        verbose_name_plural = "points de suivi"
        ordering = ["campagne", "projet"]
        constraints = [
            models.UniqueConstraint(
                fields=["campagne", "projet"],
                name="programme_point_un_par_projet",
                violation_error_message="Ce projet a déjà un point dans cette campagne.",
            ),
            models.CheckConstraint(
                condition=~Q(meteo=Meteo.BLOQUE) | ~Q(texte=""),
                name="programme_point_bloque_explique",
                violation_error_message="Un projet bloqué : dites par quoi.",
            ),
            models.CheckConstraint(
                condition=Q(meteo="", saisi_par=None, saisi_le=None, texte="", rien_de_nouveau=False)
                | (Q(meteo__in=Meteo.values) & Q(saisi_par__isnull=False, saisi_le__isnull=False)),
                name="programme_point_repondu",
                violation_error_message="Une réponse a une météo, et quelqu'un qui l'a donnée.",
            ),
        ]

    def __str__(self):
        return f"{self.projet}, {self.campagne}"

    @property
    def ton(self):
        return Meteo(self.meteo).ton if self.meteo else ""
