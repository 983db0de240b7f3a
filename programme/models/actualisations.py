"""Changes to the fiche of an inscribed project, prepared beside it: applied at once, or decided (ADR 0014)."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from comptes.acces import nationale
from comptes.parcours import AvecParcours, Passage, QuerySetDeParcours
from programme.enums import AutoriteDecision, EtatActualisation
from programme.parcours_actualisation import PARCOURS, SUBSTANTIELS

from .comites import Comite
from .projets import Projet
from .propositions import Ecarts
from .regle_projets import QuerySetJournal, QuerySetParties


class QuerySetActualisations(QuerySetDeParcours, QuerySetParties):
    """Read by whoever knows the whole fiche once the region has it, or once it is applied; before, by the team."""

    def visibles_par(self, personne):
        soumises = DecisionDActualisation.objects.filter(actualisation=OuterRef("pk"), vers=EtatActualisation.SOUMISE)
        publiees = Q(etat__in=EtatActualisation.publiees()) | (Q(etat=EtatActualisation.RETIREE) & Exists(soumises))
        equipe = Projet.objects.transmissibles_par(personne).values("pk")
        connus = Projet.objects.connus_par(personne).values("pk")
        return self.filter(nationale(personne) | Q(projet__in=equipe) | (publiees & Q(projet__in=connus)))

    def modifiables_par(self, personne):
        """Keep those whose changes a person writes."""
        return self.proposables_par(personne).filter(etat=EtatActualisation.PREPARATION)

    def ajoutables_par(self, personne):
        return Projet.objects.actualisables_par(personne).exists()

    def _saisis_par(self, personne):
        """Or in which they wrote."""
        auteurs = Actualisation.auteurs.through.objects.filter(actualisation=OuterRef("pk"), utilisateur=personne.pk)
        return super()._saisis_par(personne) | Exists(auteurs)

    # --- Named by the table of transitions

    def proposables_par(self, personne):
        return self.filter(projet__in=Projet.objects.actualisables_par(personne).values("pk"))

    def retirables_par(self, personne):
        """Whatever the project has become since."""
        return self.filter(projet__in=Projet.objects.transmissibles_par(personne).values("pk"))

    def decidables_par(self, personne):
        return self.filter(projet__in=Projet.objects.instruisibles_par(personne).values("pk"))

    # --- Where they are

    def ouvertes(self):
        return self.filter(etat__in=EtatActualisation.ouvertes())

    def soumises(self):
        return self.filter(etat=EtatActualisation.SOUMISE)


class Actualisation(AvecParcours, Ecarts):
    """Its state is moved by `programme.actualisations.franchir`, which writes the fiche in the same transaction."""

    donnees_personnelles = ("avant", "valeurs")
    tus_a_qui_signe = ("etat", "etat_depuis", "version", "declaree_substantielle", "ecrite_le")
    parcours = PARCOURS
    refus_a_qui_a_saisi = (
        "vous proposez cette actualisation. Une autre personne de la région, ou l'équipe nationale, en décide."
    )

    projet = models.ForeignKey(Projet, on_delete=models.PROTECT, related_name="actualisations", verbose_name="projet")
    declaree_substantielle = models.BooleanField(
        "déclarée substantielle",
        default=False,
        help_text="La région en décide, même si aucun champ substantiel ne change.",
    )
    etat = models.CharField(
        "état", max_length=11, choices=EtatActualisation, default=EtatActualisation.PREPARATION, editable=False
    )
    etat_depuis = models.DateTimeField("dans cet état depuis", default=timezone.now, editable=False)
    version = models.PositiveSmallIntegerField("version de la fiche", null=True, blank=True, editable=False)
    saisi_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, editable=False, related_name="+", verbose_name="saisi par"
    )
    # Whoever wrote in it or submitted it: none of them decides of it.
    auteurs = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", verbose_name="auteurs", blank=True, editable=False
    )
    cree_le = models.DateTimeField("créée le", default=timezone.now, editable=False)

    historique = HistoricalRecords()
    objects = QuerySetActualisations.as_manager()

    class Meta:
        verbose_name = "actualisation"
        ordering = ["-cree_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["projet"],
                condition=Q(etat__in=EtatActualisation.ouvertes()),
                name="programme_actualisation_une_ouverte",
                violation_error_message="Ce projet a déjà une actualisation ouverte.",
            ),
            models.CheckConstraint(
                condition=(Q(etat=EtatActualisation.ACCEPTEE) & Q(version__isnull=False))
                | (~Q(etat=EtatActualisation.ACCEPTEE) & Q(version=None)),
                name="programme_actualisation_version",
                violation_error_message="Une actualisation acceptée, et elle seule, fait une version de la fiche.",
            ),
        ]

    def __str__(self):
        return f"Actualisation de {self.projet}"

    def get_absolute_url(self):
        return reverse("projet_actualisation", args=[self.projet.cle, self.cle])

    @property
    def ton(self):
        return EtatActualisation(self.etat).ton

    @property
    def champs(self):
        """What it changes, in words."""
        noms = {cle: str(Projet._meta.get_field(cle).verbose_name) for cle in self.valeurs}
        return [nom[:1].upper() + nom[1:] for nom in noms.values()]

    @property
    def champs_substantiels(self):
        return [cle for cle in SUBSTANTIELS if cle in self.valeurs]

    @property
    def est_substantielle(self):
        return self.declaree_substantielle or bool(self.champs_substantiels)

    @property
    def est_en_attente(self):
        return self.etat in EtatActualisation.ouvertes()

    @property
    def acceptees(self):
        """The fields that are in the fiche: all of them, or none."""
        return list(self.valeurs) if self.etat in EtatActualisation.ecrites() else []

    @property
    def empreinte(self):
        """What somebody has before their eyes: they decide of that and of nothing else."""
        return f"{self.ecrite_le.isoformat()}@{self.projet.revision}"


class QuerySetDecisions(QuerySetJournal):
    """Read by whoever reads the actualisation."""

    def visibles_par(self, personne):
        return self.filter(actualisation__in=Actualisation.objects.visibles_par(personne).values("pk"))


class DecisionDActualisation(Passage):
    """A transition of an actualisation. Written by `comptes.parcours.passer` only."""

    donnees_personnelles = ("motif",)
    tus_a_qui_signe = ("acte",)
    # As those of a project, for the papers of a committee.
    condition = ""

    actualisation = models.ForeignKey(
        Actualisation, on_delete=models.PROTECT, related_name="etapes", verbose_name="actualisation"
    )
    de = models.CharField("état précédent", max_length=20, choices=EtatActualisation, editable=False)
    vers = models.CharField("nouvel état", max_length=20, choices=EtatActualisation, editable=False)
    autorite = models.CharField("autorité qui décide", max_length=30, choices=AutoriteDecision, blank=True)
    autorite_precision = models.CharField("laquelle", max_length=200, blank=True)
    comite = models.ForeignKey(
        Comite,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions_d_actualisation",
        verbose_name="comité",
    )

    objects = QuerySetDecisions.as_manager()

    class Meta:
        verbose_name = "décision sur une actualisation"
        verbose_name_plural = "décisions sur des actualisations"
        ordering = ["saisie_le", "pk"]
        constraints = [
            *Passage.Meta.constraints,
            models.CheckConstraint(
                condition=(Q(autorite=AutoriteDecision.AUTRE) & ~Q(autorite_precision=""))
                | (~Q(autorite=AutoriteDecision.AUTRE) & Q(autorite_precision="")),
                name="programme_decisiondactualisation_autorite_precisee",
                violation_error_message="« Autre autorité » : dites laquelle ; les autres n'ont rien à préciser.",
            ),
            models.CheckConstraint(
                condition=Q(comite=None) | ~Q(autorite=""),
                name="programme_decisiondactualisation_de_comite",
                violation_error_message="Ce qu'un comité a décidé a une autorité et une date.",
            ),
        ]

    def __str__(self):
        return f"{self.issue_dite}, {self.actualisation.projet}"

    @property
    def autorite_dite(self):
        """Who decided, in words; "" when nobody had to."""
        return self.autorite_precision or self.get_autorite_display()

    @property
    def issue_dite(self):
        return f"Actualisation {self.get_vers_display().lower()}"
