"""Who carries a project: a company, a school, a collectivité, on its own fiche only."""

from django.db import models
from django.db.models import F, Q

from comptes.acces import Delegation, Habilitation, QuerySetHabilitations
from programme.enums import QualitePorteur
from territoires.enums import QualiteTerritoriale
from territoires.models import territoires_de_l_equipe, territoires_de_la_region, territoires_pilotes_par


def _projets():
    # Declared after this one, whose rule needs it.
    return Porteur._meta.get_field("projet").related_model.objects


def projets_menes_par(personne):
    """Return the projects of the territories where a person writes: they name the porteurs."""
    siens = territoires_de_l_equipe(personne, QualiteTerritoriale.redigent())
    return _projets().filter(territoire__in=siens).order_by().values(projet=F("pk"))


def projets_pilotes_par(personne):
    """Return the projects of the territories that a person's region leads: its pilots who decide name porteurs too."""
    return _projets().filter(territoire__in=territoires_pilotes_par(personne)).order_by().values(projet=F("pk"))


class QuerySetPorteurs(QuerySetHabilitations):
    """They cover no territory: « Qui a accès ? » would name a project to those who don't see it, the State first."""

    def de_la_region(self, code):
        return self.filter(projet__territoire__in=territoires_de_la_region(code))

    def _du_perimetre(self, personne):
        """Whoever knows the whole fiche knows who carries it."""
        return Q(projet__in=_projets().connus_par(personne).values("pk"))


class Porteur(Habilitation):
    """Someone of the organisation that carries a project. Sees nothing of the others: a competitor may carry them."""

    titre = "Porteur de projet"
    portee = "projet"
    avec = ("projet",)
    tri = ("projet__recherche",)
    se_choisit_dans = "projets"
    delegations = (
        Delegation("l'équipe qui écrit les projets du territoire", tuple(QualitePorteur), projets_menes_par),
        Delegation("les pilotes qui décident pour la région pilote", tuple(QualitePorteur), projets_pilotes_par),
    )
    permissions = {
        QualitePorteur.REDACTION: "complète la fiche du projet et en suit la réalisation",
        QualitePorteur.LECTURE: "lit la fiche du projet",
    }
    donnees_personnelles = ("personne", "nommee_par")

    projet = models.ForeignKey(
        "programme.Projet", on_delete=models.PROTECT, related_name="porteurs", verbose_name="projet"
    )
    qualite = models.CharField("qualité", max_length=10, choices=QualitePorteur)

    objects = QuerySetPorteurs.as_manager()

    class Meta(Habilitation.Meta):
        verbose_name = "porteur de projet"
        verbose_name_plural = "porteurs de projet"
        constraints = [
            *Habilitation.Meta.constraints,
            models.UniqueConstraint(
                fields=["personne", "projet", "qualite"],
                condition=Q(au=None, retiree_le=None),
                name="programme_porteur_unique",
                violation_error_message="Cette personne a déjà cette qualité sur ce projet, sans fin prévue.",
            ),
        ]
