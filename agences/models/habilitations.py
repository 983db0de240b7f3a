"""Who acts for an agency, for the network of agencies, for a federation."""

from django.db import models
from django.db.models import Exists, F, Q

from agences.enums import QualiteAgence, QualiteCner, QualiteFederation
from comptes.acces import Delegation, Habilitation, QuerySetHabilitations, nationale

GERE = "tient les agences et leurs zones, nomme les correspondants et les référents des fédérations"


def tient_le_reseau(personne):
    """Return the condition « keeps the network for CNER », within the page's own query."""
    return Q(Exists(Cner.objects.de(personne).filter(qualite=QualiteCner.GESTION)))


def est_du_reseau(personne):
    """Return the condition « is of CNER or of the national team »: they see what agencies keep to themselves."""
    return nationale(personne) | Q(Exists(Cner.objects.de(personne)))


def agences_de(personne, qualites=QualiteAgence):
    """Return the agencies for which a person acts, in one of these qualities."""
    return Correspondant.objects.de(personne).filter(qualite__in=qualites).values("agence")


def federations_de(personne):
    return MembreFederation.objects.de(personne).values("federation")


# Declared after this module, whose rule they need.
def _agences():
    return Correspondant._meta.get_field("agence").related_model.objects.order_by().values(agence=F("pk"))


def _agences_du_reseau(personne):
    return _agences().filter(tient_le_reseau(personne))


def _agences_tenues(personne):
    return _agences().filter(pk__in=agences_de(personne, [QualiteAgence.CORRESPONDANT]))


def _federations_du_reseau(personne):
    toutes = MembreFederation._meta.get_field("federation").related_model.objects
    return toutes.order_by().values(federation=F("pk")).filter(tient_le_reseau(personne))


class QuerySetCner(QuerySetHabilitations):
    def _du_perimetre(self, personne):
        """They know one another, and agencies know who keeps the network."""
        return Q(Exists(Cner.objects.de(personne))) | Q(Exists(Correspondant.objects.de(personne)))


class Cner(Habilitation):
    """Of the federation of agencies, which keeps the registry: named by the national team."""

    titre = "CNER"
    second_facteur = True
    permissions = {
        QualiteCner.GESTION: GERE,
        QualiteCner.LECTURE: "lit les agences, leurs coordonnées et leurs correspondants",
    }
    donnees_personnelles = ("personne", "nommee_par")

    qualite = models.CharField("qualité", max_length=10, choices=QualiteCner)

    objects = QuerySetCner.as_manager()

    class Meta(Habilitation.Meta):
        verbose_name = "habilitation du CNER"
        verbose_name_plural = "CNER"
        constraints = [
            *Habilitation.Meta.constraints,
            models.UniqueConstraint(
                fields=["personne", "qualite"],
                condition=Q(au=None, retiree_le=None),
                name="agences_cner_unique",
                violation_error_message="Cette personne a déjà cette habilitation, sans fin prévue.",
            ),
        ]


class QuerySetCorrespondants(QuerySetHabilitations):
    """They cover no territory: an agency serves it, and reads nothing more of it than anyone."""

    def de_la_region(self, code):
        agences = Correspondant._meta.get_field("agence").related_model.objects
        return self.filter(agence__in=agences.de_la_region(code).values("pk"))

    def _du_perimetre(self, personne):
        return Q(agence__in=agences_de(personne)) | Q(Exists(Cner.objects.de(personne)))


class Correspondant(Habilitation):
    """Someone of an agency."""

    titre = "Correspondant d'agence"
    portee = "agence"
    avec = ("agence",)
    tri = ("agence__nom_normalise",)
    delegations = (
        Delegation("le CNER", tuple(QualiteAgence), _agences_du_reseau),
        Delegation("les correspondants de l'agence", (QualiteAgence.LECTURE,), _agences_tenues),
    )
    permissions = {
        QualiteAgence.CORRESPONDANT: "tient la fiche de l'agence et ses coordonnées ; nomme ceux qui la lisent",
        QualiteAgence.LECTURE: "lit la fiche de l'agence et ses coordonnées",
    }
    donnees_personnelles = ("personne", "nommee_par")

    agence = models.ForeignKey(
        "agences.Agence", on_delete=models.PROTECT, related_name="correspondants", verbose_name="agence"
    )
    qualite = models.CharField("qualité", max_length=13, choices=QualiteAgence)

    objects = QuerySetCorrespondants.as_manager()

    class Meta(Habilitation.Meta):
        verbose_name = "correspondant d'agence"
        verbose_name_plural = "correspondants d'agence"
        constraints = [
            *Habilitation.Meta.constraints,
            models.UniqueConstraint(
                fields=["personne", "agence", "qualite"],
                condition=Q(au=None, retiree_le=None),
                name="agences_correspondant_unique",
                violation_error_message="Cette personne a déjà cette qualité dans cette agence, sans fin prévue.",
            ),
        ]


class QuerySetFederations(QuerySetHabilitations):
    def _du_perimetre(self, personne):
        return Q(federation__in=federations_de(personne)) | Q(Exists(Cner.objects.de(personne)))


class MembreFederation(Habilitation):
    """Someone of a federation, which asks for experts and reads the lists that are published."""

    titre = "Fédération"
    portee = "federation"
    avec = ("federation",)
    tri = ("federation__nom_normalise",)
    delegations = (Delegation("le CNER", tuple(QualiteFederation), _federations_du_reseau),)
    permissions = {
        QualiteFederation.REFERENT: "représente la fédération auprès du CNER",
        QualiteFederation.LECTURE: "lit ce que lit la fédération",
    }
    donnees_personnelles = ("personne", "nommee_par")

    federation = models.ForeignKey(
        "agences.Federation", on_delete=models.PROTECT, related_name="membres", verbose_name="fédération"
    )
    qualite = models.CharField("qualité", max_length=10, choices=QualiteFederation)

    objects = QuerySetFederations.as_manager()

    class Meta(Habilitation.Meta):
        verbose_name = "membre d'une fédération"
        verbose_name_plural = "fédérations : membres"
        constraints = [
            *Habilitation.Meta.constraints,
            models.UniqueConstraint(
                fields=["personne", "federation", "qualite"],
                condition=Q(au=None, retiree_le=None),
                name="agences_membrefederation_unique",
                violation_error_message="Cette personne a déjà cette qualité dans cette fédération, sans fin prévue.",
            ),
        ]
