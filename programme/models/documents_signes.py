"""The signed documents of contracts, of deliberations, of lines of money: kept apart, replaced with their history."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from comptes.acces import QuerySetPortee
from comptes.cles import nouvelle_cle
from programme.enums import TypePiece
from tableurs.models import stockage_prive

from .contrats import Contrat
from .financements import Financement
from .perimetres import DeliberationDePerimetre
from .pieces import TAILLE_MAX, nom_au_hasard


class QuerySetDocumentsSignes(QuerySetPortee):
    """Read by whoever reads what they are of; deposited on their own pages, and never changed."""

    def visibles_par(self, personne):
        contrats = Contrat.objects.documentes_pour(personne).order_by().values("pk")
        deliberations = DeliberationDePerimetre.objects.visibles_par(personne).order_by().values("pk")
        financements = Financement.objects.visibles_par(personne).order_by().values("pk")
        return self.filter(
            Q(contrat__in=contrats) | Q(deliberation__in=deliberations) | Q(financement__in=financements)
        )

    def modifiables_par(self, personne):
        return self.none()

    def ajoutables_par(self, personne):
        return False

    def en_cours(self):
        """Keep those that none has replaced."""
        return self.filter(remplace_le=None)


class DocumentSigne(models.Model):
    donnees_personnelles = ("nom_fichier",)
    tus_a_qui_signe = ("fichier", "empreinte", "contrat", "deliberation", "financement", "remplace_le")

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    contrat = models.ForeignKey(
        Contrat, on_delete=models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="contrat"
    )
    deliberation = models.ForeignKey(
        DeliberationDePerimetre,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name="délibération",
    )
    # Several at once, unlike the two others: the act, the agreement, its amendments.
    financement = models.ForeignKey(
        Financement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name="financement",
    )
    fichier = models.FileField("fichier", storage=stockage_prive, upload_to=nom_au_hasard, editable=False)
    nom_fichier = models.CharField("nom du fichier", max_length=150)
    type = models.CharField("type", max_length=4, choices=TypePiece)
    taille = models.PositiveIntegerField("taille (octets)")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    depose_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name="déposé par"
    )
    depose_le = models.DateTimeField("déposé le", default=timezone.now)
    remplace_le = models.DateTimeField("remplacé le", null=True, blank=True)

    objects = QuerySetDocumentsSignes.as_manager()

    class Meta:
        verbose_name = "document signé"
        verbose_name_plural = "documents signés"
        ordering = ["-depose_le", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(contrat__isnull=False, deliberation=None, financement=None)
                | Q(contrat=None, deliberation__isnull=False, financement=None)
                | Q(contrat=None, deliberation=None, financement__isnull=False),
                name="programme_documentsigne_de_quoi",
                violation_error_message="Un document est celui d'un contrat, d'une délibération ou d'un financement.",
            ),
            models.CheckConstraint(
                condition=Q(taille__gte=1, taille__lte=TAILLE_MAX),
                name="programme_documentsigne_taille",
                violation_error_message="Un document n'est ni vide, ni de plus de 20 Mo.",
            ),
            models.UniqueConstraint(
                fields=["contrat"],
                condition=Q(remplace_le=None, deliberation=None),
                name="programme_documentsigne_un_par_contrat",
                violation_error_message="Ce contrat a déjà un document : le nouveau le remplace.",
            ),
            models.UniqueConstraint(
                fields=["deliberation"],
                condition=Q(remplace_le=None, contrat=None),
                name="programme_documentsigne_un_par_deliberation",
                violation_error_message="Cette délibération a déjà un document : le nouveau le remplace.",
            ),
        ]

    def __str__(self):
        return self.nom_fichier

    def get_absolute_url(self):
        return reverse("document_signe", args=[self.cle])

    @property
    def nom_servi(self):
        """Its name, with the extension of what it is whatever became of it."""
        suffixe = f".{self.type}"
        return self.nom_fichier if self.nom_fichier.endswith(suffixe) else self.nom_fichier + suffixe

    @property
    def mime(self):
        return TypePiece(self.type).mime
