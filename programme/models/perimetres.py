"""Perimeter requests: a territory asks that a group of communes enters, or leaves. Its life: `parcours_perimetre.py`.

Nothing of it is public: what is entered is a member of the list in force (`territoires.Composition`).
"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from comptes.acces import QuerySetPortee, administre, habilitations, nationale
from comptes.cles import nouvelle_cle
from comptes.conditions import condition_gardee
from comptes.parcours import AvecParcours, Manque, Passage, QuerySetDeParcours
from programme.enums import AutoriteDecision, EtatDemande, SensAvis, SensDePerimetre
from programme.parcours_perimetre import PARCOURS
from territoires.enums import QualiteTerritoriale
from territoires.models import (
    ActeurLocal,
    Collectivite,
    EtatTerritorial,
    Liste,
    PiloteRegional,
    Territoire,
    territoires_de_l_equipe,
    territoires_de_l_etat,
    territoires_des_regions_de,
    territoires_pilotes_par,
)

from .comites import Comite


def lit_des_perimetres(personne):
    """Tell whether perimeter requests are any business of a person: teams, regions, the State, the national team."""
    lecteurs = (ActeurLocal, PiloteRegional, EtatTerritorial)
    return any(une.voit_tout or isinstance(une, lecteurs) for une in habilitations(personne))


def territoires_demandeurs(personne):
    """Return the condition, on territories, « a person asks for this one »: its writers, those who lead it."""
    return (
        administre(personne)
        | Q(pk__in=territoires_de_l_equipe(personne, QualiteTerritoriale.redigent()))
        | Q(pk__in=territoires_pilotes_par(personne))
    )


class QuerySetDemandes(QuerySetDeParcours):
    def visibles_par(self, personne):
        """Read by the team, the regions, the national team; by the State once transmitted."""
        return self.filter(self._visibles_par(personne)) if personne.is_authenticated else self.none()

    @condition_gardee
    def _visibles_par(self, personne):
        return (
            nationale(personne)
            | Q(territoire__in=territoires_de_l_equipe(personne))
            | Q(territoire__in=territoires_des_regions_de(personne))
            | (Q(territoire__in=territoires_de_l_etat(personne)) & Q(transmise_le__isnull=False))
        )

    def demandees_par(self, personne):
        """Keep those that a person carries: named by the table."""
        return self.filter(territoire__in=Territoire.objects.filter(territoires_demandeurs(personne)).values("pk"))

    def modifiables_par(self, personne):
        return self.demandees_par(personne).filter(etat=EtatDemande.BROUILLON)

    def ajoutables_par(self, personne):
        return Territoire.objects.filter(territoires_demandeurs(personne)).exists()

    def avisables_par(self, personne):
        """Keep those on which a person enters the opinion of the lead region."""
        return self.filter(administre(personne) | Q(territoire__in=territoires_pilotes_par(personne)))

    def inscriptibles_par(self, personne):
        return self.filter(administre(personne))


class DemandeDePerimetre(AvecParcours):
    donnees_personnelles = ()
    # Whoever left the team no longer reads it.
    tus_a_qui_signe = ("collectivite", "raison", "effet_le", "liste", "etat")
    parcours = PARCOURS
    refus_a_qui_a_saisi = (
        "vous avez saisi ou transmis cette demande. "
        "Une autre personne de la région, ou l'équipe nationale, note l'avis."
    )

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    territoire = models.ForeignKey(
        Territoire, on_delete=models.PROTECT, related_name="demandes_de_perimetre", verbose_name="territoire"
    )
    sens = models.CharField("demande", max_length=6, choices=SensDePerimetre)
    collectivite = models.ForeignKey(
        Collectivite, on_delete=models.PROTECT, related_name="+", verbose_name="intercommunalité"
    )
    raison = models.TextField("raison de la demande", blank=True)
    etat = models.CharField("état", max_length=10, choices=EtatDemande, default=EtatDemande.BROUILLON, editable=False)
    etat_depuis = models.DateTimeField("dans cet état depuis", default=timezone.now, editable=False)
    transmise_le = models.DateTimeField("transmise le", null=True, blank=True, editable=False)
    effet_le = models.DateField("à compter du", null=True, blank=True, editable=False)
    liste = models.ForeignKey(
        Liste, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name="liste"
    )
    saisi_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, editable=False, related_name="+", verbose_name="saisie par"
    )
    cree_le = models.DateTimeField("créée le", default=timezone.now, editable=False)

    historique = HistoricalRecords()
    objects = QuerySetDemandes.as_manager()

    class Meta:
        verbose_name = "demande de périmètre"
        verbose_name_plural = "demandes de périmètre"
        ordering = ["-etat_depuis", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["territoire", "collectivite"],
                condition=Q(etat__in=EtatDemande.ouverts()),
                name="programme_demandedeperimetre_une_ouverte",
                violation_error_message="Une demande sur cette intercommunalité est déjà ouverte pour ce territoire.",
            ),
            models.CheckConstraint(
                condition=(Q(etat=EtatDemande.INSCRITE) & Q(effet_le__isnull=False, liste__isnull=False))
                | (~Q(etat=EtatDemande.INSCRITE) & Q(effet_le=None, liste=None)),
                name="programme_demandedeperimetre_inscrite",
                violation_error_message="Une demande inscrite, et elle seule, a une date d'effet et une liste.",
            ),
            models.CheckConstraint(
                condition=Q(sens__in=SensDePerimetre.values),
                name="programme_demandedeperimetre_sens",
                violation_error_message="Dites si l'intercommunalité entre ou sort.",
            ),
        ]

    def __str__(self):
        return f"{self.get_sens_display()}, {self.collectivite.nom}"

    def get_absolute_url(self):
        return reverse("perimetre", args=[self.cle])

    @property
    def ton(self):
        return EtatDemande(self.etat).ton

    def manques(self):
        """Return what is missing to transmit it."""
        manques = [] if self.raison.strip() else [Manque("La raison de la demande.", "raison")]
        if not self.deliberations.filter(collectivite=self.collectivite_id).exists():
            manques.append(
                Manque(f"La délibération prise par « {self.collectivite.nom} » (numéro et date).", "deliberations")
            )
        return manques


class QuerySetDeliberations(QuerySetPortee):
    """Of a request that one reads; written by those who carry it, while it is being prepared."""

    def visibles_par(self, personne):
        return self.filter(demande__in=DemandeDePerimetre.objects.visibles_par(personne).order_by().values("pk"))

    def modifiables_par(self, personne):
        return self.filter(demande__in=DemandeDePerimetre.objects.modifiables_par(personne).order_by().values("pk"))

    def ajoutables_par(self, personne):
        return DemandeDePerimetre.objects.ajoutables_par(personne)


class DeliberationDePerimetre(models.Model):
    donnees_personnelles = ()

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    demande = models.ForeignKey(
        DemandeDePerimetre, on_delete=models.CASCADE, related_name="deliberations", verbose_name="demande"
    )
    collectivite = models.ForeignKey(
        Collectivite, on_delete=models.PROTECT, related_name="+", verbose_name="intercommunalité qui délibère"
    )
    numero = models.CharField("numéro de la délibération", max_length=50)
    date = models.DateField("date de la délibération")

    historique = HistoricalRecords()
    objects = QuerySetDeliberations.as_manager()

    class Meta:
        verbose_name = "délibération sur un périmètre"
        verbose_name_plural = "délibérations sur un périmètre"
        ordering = ["date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["demande", "collectivite", "numero"],
                name="programme_deliberationdeperimetre_unique",
                violation_error_message="Cette délibération est déjà dans la demande.",
            ),
            models.CheckConstraint(
                condition=~Q(numero=""),
                name="programme_deliberationdeperimetre_numero",
                violation_error_message="Une délibération a un numéro.",
            ),
        ]

    def __str__(self):
        return f"{self.collectivite.nom}, n° {self.numero}"


class QuerySetPassages(QuerySetPortee):
    def visibles_par(self, personne):
        return self.filter(demande__in=DemandeDePerimetre.objects.visibles_par(personne).order_by().values("pk"))

    def modifiables_par(self, personne):
        return self.none()

    def ajoutables_par(self, personne):
        return False


class PassageDePerimetre(Passage):
    """A transition of a request. Written by `comptes.parcours.passer` only."""

    donnees_personnelles = ("motif",)
    tus_a_qui_signe = ("avis", "acte", "autorite", "date")

    demande = models.ForeignKey(
        DemandeDePerimetre, on_delete=models.PROTECT, related_name="passages", verbose_name="demande"
    )
    de = models.CharField("état précédent", max_length=20, choices=EtatDemande, editable=False)
    vers = models.CharField("nouvel état", max_length=20, choices=EtatDemande, editable=False)
    autorite = models.CharField("autorité qui rend l'avis", max_length=30, choices=AutoriteDecision, blank=True)
    avis = models.CharField("avis", max_length=11, choices=SensAvis, blank=True)
    comite = models.ForeignKey(
        Comite, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="comité"
    )

    objects = QuerySetPassages.as_manager()

    class Meta:
        verbose_name = "étape d'une demande de périmètre"
        verbose_name_plural = "étapes des demandes de périmètre"
        ordering = ["saisie_le", "pk"]
        constraints = [
            *Passage.Meta.constraints,
            models.CheckConstraint(
                condition=(Q(vers=EtatDemande.AVIS_RENDU) & Q(avis__in=SensAvis.values) & ~Q(autorite=""))
                | (~Q(vers=EtatDemande.AVIS_RENDU) & Q(avis="", autorite="", comite=None)),
                name="programme_passagedeperimetre_avis",
                violation_error_message="Un avis, et lui seul, a un sens et une autorité.",
            ),
            models.CheckConstraint(
                condition=Q(avis__in=["", SensAvis.FAVORABLE]) | ~Q(motif=""),
                name="programme_passagedeperimetre_motif",
                violation_error_message="Un avis réservé ou défavorable a un motif.",
            ),
        ]

    def __str__(self):
        return f"{self.get_vers_display()}, {self.demande}"

    @property
    def ton(self):
        return SensAvis(self.avis).ton if self.avis else ""

    def clean(self):
        super().clean()
        if self.avis in (SensAvis.RESERVE, SensAvis.DEFAVORABLE) and not self.motif:
            raise ValidationError({"motif": "Dites pourquoi : un avis réservé ou défavorable a un motif."})
