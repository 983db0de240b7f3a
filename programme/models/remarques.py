"""What the region asks, field by field, when it sends a fiche back to be completed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from comptes.cles import nouvelle_cle
from programme.enums import ChampDeFiche

from .projets import Projet
from .regle_projets import QuerySetParties
from .vie import Decision


class QuerySetRemarques(QuerySetParties):
    def visibles_par(self, personne):
        """A remark on amounts may quote them: read by who reads them."""
        montants = Projet.objects.montants_visibles_par(personne).order_by().values("pk")
        return super().visibles_par(personne).filter(~Q(champ__in=ChampDeFiche.montants()) | Q(projet__in=montants))

    def modifiables_par(self, personne):
        """Keep those of which a person says that they are answered: whoever writes the fiche today."""
        return self.visibles_par(personne).filter(projet__in=Projet.objects.redigeables_par(personne).values("pk"))

    def ajoutables_par(self, personne):
        return Projet.objects.instruisibles_par(personne).exists()

    def ouvertes(self):
        return self.filter(levee_le=None)


class Remarque(models.Model):
    """On a field, of one request for complements. `valeur_lue`: fingerprint of what stood there then."""

    donnees_personnelles = ("texte",)
    tus_a_qui_signe = ("valeur_lue", "levee_par", "levee_le")

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    projet = models.ForeignKey(Projet, on_delete=models.PROTECT, related_name="remarques", verbose_name="projet")
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, related_name="remarques", verbose_name="demande de compléments"
    )
    champ = models.CharField("champ", max_length=20, choices=ChampDeFiche)
    texte = models.TextField("remarque", max_length=2000)
    valeur_lue = models.CharField("empreinte de ce qui était écrit", max_length=64, editable=False)
    faite_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name="faite par"
    )
    faite_le = models.DateTimeField("faite le", default=timezone.now)
    levee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="réponse notée par",
    )
    levee_le = models.DateTimeField("réponse notée le", null=True, blank=True)

    historique = HistoricalRecords()
    objects = QuerySetRemarques.as_manager()

    class Meta:
        verbose_name = "remarque"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(levee_par=None, levee_le=None) | Q(levee_par__isnull=False, levee_le__isnull=False),
                name="programme_remarque_levee",
                violation_error_message="Une réponse est notée par quelqu'un, à une date.",
            ),
            models.CheckConstraint(
                condition=~Q(texte=""),
                name="programme_remarque_texte",
                violation_error_message="Écrivez la remarque.",
            ),
            models.CheckConstraint(
                condition=Q(champ__in=ChampDeFiche.values),
                name="programme_remarque_champ",
                violation_error_message="Choisissez le champ de la fiche.",
            ),
        ]

    def __str__(self):
        return f"{self.get_champ_display()}, {self.projet}"

    @property
    def est_levee(self):
        return self.levee_le is not None
