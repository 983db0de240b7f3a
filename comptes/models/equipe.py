"""The national team: it sees everything; what each may write follows from their quality."""

from django.db import models
from django.db.models import Q

from comptes.acces import Habilitation
from comptes.enums import QualiteNationale


class EquipeNationale(Habilitation):
    donnees_personnelles = ("personne", "nommee_par")
    titre = "Équipe nationale"
    second_facteur = True

    qualite = models.CharField("qualité", max_length=14, choices=QualiteNationale)

    class Meta(Habilitation.Meta):
        verbose_name = "habilitation nationale"
        verbose_name_plural = "équipe nationale"
        constraints = [
            *Habilitation.Meta.constraints,
            models.UniqueConstraint(
                fields=["personne", "qualite"],
                condition=Q(au=None, retiree_le=None),
                name="comptes_equipenationale_unique",
                violation_error_message="Cette personne a déjà cette habilitation, sans fin prévue.",
            ),
        ]

    @property
    def voit_tout(self):
        return True

    @property
    def administre(self):
        return self.qualite == QualiteNationale.ADMINISTRATEUR

    @property
    def tient_la_reference(self):
        return self.qualite in QualiteNationale.tiennent_la_reference()
