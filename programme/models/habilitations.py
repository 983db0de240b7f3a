"""Who carries a project, on its own fiche only; who instructs and pays, on an envelope."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from comptes.acces import Delegation, Habilitation, QuerySetHabilitations
from programme.argent.enums import QualiteOperateur
from programme.enums import QualitePorteur
from territoires.enums import QualiteTerritoriale
from territoires.models import (
    Region,
    regions_de,
    regions_sur,
    territoires_de,
    territoires_de_l_equipe,
    territoires_de_la_region,
    territoires_pilotes_par,
)

from .catalogue import Enveloppe

DEJA = "Cette personne a déjà cette qualité sur cette enveloppe, sans fin prévue."


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


class QuerySetOperateurs(QuerySetHabilitations):
    def couvre(self, personne, enveloppe, region, decident=False):
        """Return the condition on rows of other models: a person operates their envelope, there or everywhere.

        `enveloppe`, `region`: where the row says so.
        """
        if not self.tient(personne):
            return Q(pk__in=[])
        siennes = self.de(personne)
        if decident:
            siennes = siennes.filter(qualite=QualiteOperateur.DECISION)
        return Q(Exists(siennes.filter(Q(region=None) | Q(region=OuterRef(region)), enveloppe=OuterRef(enveloppe))))

    def sollicites_par(self, projet):
        """Keep those whose envelope a project asks money of."""
        lignes = projet.financements.demandes().order_by()
        sur = Q(region=None) | Q(region__in=lignes.filter(enveloppe=OuterRef("enveloppe")).values("region"))
        return self.filter(sur, enveloppe__in=lignes.values("enveloppe"))

    def couvrant(self, territoires):
        """Those limited to a region of theirs: the others are everywhere, and « Qui a accès ? » would never end."""
        return self.filter(region__isnull=False).filter(regions_sur(territoires))

    def de_la_region(self, code):
        return self.filter(region=code)

    def _du_perimetre(self, personne):
        """Whoever follows a territory knows who instructs and pays there; operators know those of their envelopes."""
        siennes = Operateur.objects.de(personne).values("enveloppe")
        return (
            Q(enveloppe__in=siennes)
            | Q(region__in=regions_de(personne))
            | (Q(region__isnull=False) & regions_sur(territoires_de(personne)))
        )


class Operateur(Habilitation):
    """Someone of a body that instructs, programmes, awards and pays on an envelope."""

    titre = "Opérateur"
    portee = "enveloppe"
    avec = ("enveloppe", "region")
    tri = ("enveloppe__code", "region__nom_normalise")
    second_facteur = True
    permissions = {
        QualiteOperateur.DECISION: "instruit, programme selon le circuit, attribue et paie sur l'enveloppe",
        QualiteOperateur.LECTURE: "lit ce qui est demandé, attribué et payé sur l'enveloppe",
    }
    donnees_personnelles = ("personne", "nommee_par")

    enveloppe = models.ForeignKey(
        Enveloppe, on_delete=models.PROTECT, related_name="operateurs_habilites", verbose_name="enveloppe"
    )
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="operateurs",
        verbose_name="région",
        help_text="Vide : partout.",
    )
    qualite = models.CharField("qualité", max_length=10, choices=QualiteOperateur)

    objects = QuerySetOperateurs.as_manager()

    class Meta(Habilitation.Meta):
        verbose_name = "opérateur"
        constraints = [
            *Habilitation.Meta.constraints,
            models.UniqueConstraint(
                fields=["personne", "enveloppe", "region", "qualite"],
                condition=Q(au=None, retiree_le=None),
                name="programme_operateur_unique",
                violation_error_message=DEJA,
            ),
            models.UniqueConstraint(
                fields=["personne", "enveloppe", "qualite"],
                condition=Q(au=None, retiree_le=None, region=None),
                name="programme_operateur_unique_partout",
                violation_error_message=DEJA,
            ),
        ]

    def __str__(self):
        return f"{super().__str__()} · {self.region}" if self.region else super().__str__()
