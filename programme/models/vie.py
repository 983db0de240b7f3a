"""The life of a project: what was decided of it, by whom, entered by whom."""

from django.db import models
from django.db.models import Q

from comptes.parcours import Passage
from programme.enums import AutoriteDecision, EtatProjet

from .comites import Comite
from .contrats import Contrat
from .projets import Projet
from .regle_projets import QuerySetJournal


class Decision(Passage):
    """A transition of a project. Written by `comptes.parcours.passer` only: the journal always explains the state."""

    donnees_personnelles = ("motif", "condition")
    tus_a_qui_signe = ("acte",)

    projet = models.ForeignKey(Projet, on_delete=models.PROTECT, related_name="decisions", verbose_name="projet")
    de = models.CharField("état précédent", max_length=20, choices=EtatProjet, editable=False)
    vers = models.CharField("nouvel état", max_length=20, choices=EtatProjet, editable=False)
    autorite = models.CharField("autorité qui décide", max_length=30, choices=AutoriteDecision, blank=True)
    autorite_precision = models.CharField("laquelle", max_length=200, blank=True)
    condition = models.TextField("condition", blank=True)
    echeance = models.DateField("échéance de la condition", null=True, blank=True)
    comite = models.ForeignKey(
        Comite, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name="comité"
    )
    contrat = models.ForeignKey(
        Contrat, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name="contrat"
    )

    objects = QuerySetJournal.as_manager()

    class Meta:
        verbose_name = "décision"
        ordering = ["saisie_le", "pk"]
        constraints = [
            *Passage.Meta.constraints,
            models.CheckConstraint(
                condition=(Q(autorite=AutoriteDecision.AUTRE) & ~Q(autorite_precision=""))
                | (~Q(autorite=AutoriteDecision.AUTRE) & Q(autorite_precision="")),
                name="programme_decision_autorite_precisee",
                violation_error_message="« Autre autorité » : dites laquelle ; les autres n'ont rien à préciser.",
            ),
            models.CheckConstraint(
                condition=(Q(vers=EtatProjet.INSCRIT_RESERVE) & ~Q(condition="") & Q(echeance__isnull=False))
                | (~Q(vers=EtatProjet.INSCRIT_RESERVE) & Q(condition="", echeance=None)),
                name="programme_decision_reserve",
                violation_error_message="Une réserve, et elle seule, a une condition et une échéance.",
            ),
            models.CheckConstraint(
                condition=Q(comite=None) | ~Q(autorite=""),
                name="programme_decision_de_comite",
                violation_error_message="Ce qu'un comité a décidé a une autorité et une date.",
            ),
            models.CheckConstraint(
                condition=Q(contrat=None) | Q(vers__in=[EtatProjet.INSCRIT, EtatProjet.INSCRIT_RESERVE]),
                name="programme_decision_contrat",
                violation_error_message="Seule une inscription nomme un contrat.",
            ),
        ]

    def __str__(self):
        return f"{self.get_vers_display()}, {self.projet}"

    @property
    def autorite_dite(self):
        """Who decided, in words; "" when nobody had to."""
        return self.autorite_precision or self.get_autorite_display()

    @property
    def issue_dite(self):
        return self.get_vers_display()
