"""The national team: it sees everything; what each may write follows from their quality."""

from datetime import timedelta

from django.db import models
from django.db.models import Q

from comptes.acces import Habilitation, QuerySetHabilitations, aujourdhui
from comptes.enums import QualiteNationale


class QuerySetEquipeNationale(QuerySetHabilitations):
    def couvrant(self, territoires):
        return self.all()


class EquipeNationale(Habilitation):
    donnees_personnelles = ("personne", "nommee_par")
    titre = "Équipe nationale"
    second_facteur = True
    permissions = {
        QualiteNationale.ADMINISTRATEUR: "voit tout, tient les listes, les mesures et les enveloppes, et nomme chacun",
        QualiteNationale.ANALYSTE: "voit tout et tient les listes, les mesures et les enveloppes",
        QualiteNationale.AUDITEUR: "voit tout et l'exporte, sans rien écrire",
    }

    qualite = models.CharField("qualité", max_length=14, choices=QualiteNationale)

    objects = QuerySetEquipeNationale.as_manager()

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

    def empechement_de_fin(self, auteur, dernier_jour=None):
        """There is always an administrator, and nobody shuts themselves out."""
        if not self.administre:
            return ""
        if self.personne_id == auteur.pk:
            return "C'est votre propre habilitation d'administrateur : un autre administrateur peut y mettre fin."
        ensuite = dernier_jour + timedelta(days=1) if dernier_jour else aujourdhui()
        autres = self.pareilles().exclude(pk=self.pk).filter(personne__is_active=True)
        if not autres.en_cours(ensuite).exists():
            return "Il ne resterait aucun administrateur : nommez-en d'abord un autre."
        return ""
