"""Changing the address of an account: what is asked, confirmed from the new one, stopped from the old one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from comptes.cles import nouvelle_cle


class EtatChangement(models.TextChoices):
    EN_ATTENTE = "en_attente", "Attend la confirmation"
    REMPLACE = "remplace", "Remplacé par une autre demande"
    CONFIRME = "confirme", "Confirmé"
    ARRETE = "arrete", "Arrêté"


class ChangementAdresse(models.Model):
    """One demand. Written by `comptes.adresses` only.

    No history of its own: nobody edits it, it is forgotten after a month, and the history of the account keeps the
    change that came of it.
    """

    donnees_personnelles = ("personne", "ancienne", "nouvelle")

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    personne = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="changements_d_adresse",
        verbose_name="personne",
    )
    ancienne = models.EmailField("ancienne adresse")
    nouvelle = models.EmailField("nouvelle adresse")
    etat = models.CharField("état", max_length=10, choices=EtatChangement, default=EtatChangement.EN_ATTENTE)
    demande_le = models.DateTimeField("demandé le", default=timezone.now)
    conclu_le = models.DateTimeField("conclu le", null=True, blank=True)

    class Meta:
        verbose_name = "changement d'adresse"
        verbose_name_plural = "changements d'adresse"
        ordering = ["-demande_le", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(etat__in=EtatChangement.values),
                name="comptes_changementadresse_etat",
                violation_error_message="Cet état n'existe pas.",
            ),
            models.CheckConstraint(
                condition=Q(etat=EtatChangement.EN_ATTENTE, conclu_le=None)
                | (~Q(etat=EtatChangement.EN_ATTENTE) & Q(conclu_le__isnull=False)),
                name="comptes_changementadresse_conclu",
                violation_error_message="Une demande qui n'attend plus, et elle seule, a une date de conclusion.",
            ),
            models.UniqueConstraint(
                fields=["personne"],
                condition=Q(etat=EtatChangement.EN_ATTENTE),
                name="comptes_changementadresse_une_seule",
                violation_error_message="Une demande de changement d'adresse attend déjà.",
            ),
        ]

    def __str__(self):
        return f"{self.ancienne} → {self.nouvelle}"
