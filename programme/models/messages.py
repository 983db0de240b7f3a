"""What is said on a project: one discussion, each message to a circle of people."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from comptes.cles import nouvelle_cle
from programme.enums import Cercle

from .projets import Projet
from .regle_projets import QuerySetDeCercle

LONGUEUR_MAX = 5000


class QuerySetMessages(QuerySetDeCercle):
    def modifiables_par(self, personne):
        """Keep those that a person takes back: their own."""
        return self.visibles_par(personne).filter(auteur=personne.pk, retire_le=None)

    def ajoutables_par(self, personne):
        return Projet.objects.discutables_par(personne).exists()


class Message(models.Model):
    """Never changed: its author takes it back, and its text with it."""

    donnees_personnelles = ("auteur", "texte")

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    projet = models.ForeignKey(Projet, on_delete=models.PROTECT, related_name="messages", verbose_name="projet")
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name="auteur"
    )
    cercle = models.CharField("qui peut le lire", max_length=17, choices=Cercle)
    texte = models.TextField("message", max_length=LONGUEUR_MAX, blank=True)
    ecrit_le = models.DateTimeField("écrit le", default=timezone.now)
    retire_le = models.DateTimeField("retiré le", null=True, blank=True)

    objects = QuerySetMessages.as_manager()

    class Meta:
        verbose_name = "message"
        ordering = ["-ecrit_le", "-pk"]
        indexes = [models.Index(fields=["projet", "ecrit_le"], name="programme_message_projet")]
        constraints = [
            models.CheckConstraint(
                condition=Q(texte="", retire_le__isnull=False) | (~Q(texte="") & Q(retire_le=None)),
                name="programme_message_texte",
                violation_error_message="Un message a un texte ; retiré, il n'en a plus.",
            ),
            models.CheckConstraint(
                condition=Q(cercle__in=Cercle.values),
                name="programme_message_cercle",
                violation_error_message="Dites qui peut lire ce message.",
            ),
        ]

    def __str__(self):
        return f"Message du {timezone.localtime(self.ecrit_le):%d/%m/%Y}"

    @property
    def est_retire(self):
        return self.retire_le is not None

    def retirer(self):
        self.texte, self.retire_le = "", timezone.now()
        self.save()
