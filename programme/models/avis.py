"""What the State says of a project before it is decided: one current opinion for each of its authorities."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from comptes.acces import aujourdhui
from comptes.cles import nouvelle_cle
from programme.enums import SensAvis
from territoires.models import Departement, EtatTerritorial, Region, Territoire

from .projets import Projet
from .regle_projets import QuerySetParties


class QuerySetAvis(QuerySetParties):
    """Read by whoever reads the whole fiche; given by `Avis.donner` only, and never changed."""

    def modifiables_par(self, personne):
        return self.none()

    def ajoutables_par(self, personne):
        return False

    def courants(self):
        """Keep those that none has replaced, on the fiche as it stands: a new version awaits a new one."""
        return self.filter(remplace_le=None, version_fiche=F("projet__version_fiche"))


class Avis(models.Model):
    donnees_personnelles = ("motif",)
    # Whoever left their service no longer reads the fiche.
    tus_a_qui_signe = ("sens", "remplace_le")

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    projet = models.ForeignKey(Projet, on_delete=models.CASCADE, related_name="avis", verbose_name="projet")
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="préfecture de région"
    )
    departement = models.ForeignKey(
        Departement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="préfecture de département",
    )
    sens = models.CharField("avis", max_length=11, choices=SensAvis)
    motif = models.TextField("motif", blank=True)
    date = models.DateField("date de l'avis", default=aujourdhui)
    version_fiche = models.PositiveSmallIntegerField("version de la fiche", default=1, editable=False)
    donne_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        editable=False,
        related_name="+",
        verbose_name="saisi par",
    )
    saisi_le = models.DateTimeField("saisi le", default=timezone.now, editable=False)
    remplace_le = models.DateTimeField("remplacé le", null=True, blank=True, editable=False)

    historique = HistoricalRecords()
    objects = QuerySetAvis.as_manager()

    class Meta:
        verbose_name = "avis de l'État"
        verbose_name_plural = "avis de l'État"
        ordering = ["-date", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(region__isnull=False, departement=None) | Q(region=None, departement__isnull=False),
                name="programme_avis_autorite",
                violation_error_message="Un avis est celui d'une région ou d'un département, pas des deux.",
            ),
            models.CheckConstraint(
                condition=Q(sens=SensAvis.FAVORABLE) | ~Q(motif=""),
                name="programme_avis_motif",
                violation_error_message="Un avis réservé ou défavorable a un motif.",
            ),
            models.UniqueConstraint(
                fields=["projet", "region"],
                condition=Q(remplace_le=None, departement=None),
                name="programme_avis_un_par_region",
                violation_error_message="Cette préfecture de région a déjà un avis : le nouveau le remplace.",
            ),
            models.UniqueConstraint(
                fields=["projet", "departement"],
                condition=Q(remplace_le=None, region=None),
                name="programme_avis_un_par_departement",
                violation_error_message="Cette préfecture de département a déjà un avis : le nouveau le remplace.",
            ),
        ]

    def __str__(self):
        return f"{self.get_sens_display()}, {self.autorite}"

    def clean(self):
        super().clean()
        if self.date and self.date > aujourdhui():
            raise ValidationError({"date": "Cette date est à venir : l'avis est déjà donné."})

    @property
    def autorite(self):
        """Whose opinion it is, in words."""
        return nom_de_l_autorite(self)

    @property
    def ton(self):
        return SensAvis(self.sens).ton

    @classmethod
    def donner(cls, projet, par, habilitation, sens, motif="", date=None):
        """Keep the opinion of the authority for which a person acts (`EtatTerritorial`); it replaces the one before.

        Raises `PermissionDenied` when it is not theirs to give, or too late; `ValidationError` by field.
        """
        with transaction.atomic():
            # Locked: the project is not decided meanwhile, and of two at once each replaces the other.
            projet.refresh_from_db(from_queryset=Projet.objects.select_for_update())
            if not Projet.objects.avisables_par(par).filter(pk=projet.pk).exists():
                raise PermissionDenied
            if not autorites_pour(projet, par).filter(pk=habilitation.pk).exists():
                raise PermissionDenied
            avis = cls(
                projet=projet,
                region_id=habilitation.region_id,
                departement_id=habilitation.departement_id,
                sens=sens,
                motif=motif,
                date=date or aujourdhui(),
                version_fiche=projet.version_fiche,
                donne_par=par,
            )
            precedents = cls.objects.filter(
                projet=projet, region=avis.region_id, departement=avis.departement_id, remplace_le=None
            )
            for precedent in precedents:
                precedent.remplace_le = avis.saisi_le
                precedent._change_reason = "Remplacé par un avis plus récent"
                precedent.save()
            avis.full_clean()
            avis.save()
        return avis


def nom_de_l_autorite(portee):
    """Return what the authority of a scope (`EtatTerritorial`, `Avis`) is called."""
    if portee.region_id:
        return f"Préfecture de région {portee.region}"
    return f"Préfecture de département {portee.departement}"


def autorites_pour(projet, personne):
    """Return the habilitations of a person for the State whose scope holds the project."""
    siens = Territoire.objects.filter(Q(pk=projet.territoire_id) | Q(projets_associes=projet.pk))
    return EtatTerritorial.objects.de(personne).couvrant(siens.values("pk")).order_by("pk")
