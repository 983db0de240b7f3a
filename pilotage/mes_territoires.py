"""The territories that a person follows, what their teams lack, and the counters that filter them."""

from dataclasses import dataclass

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from comptes.acces import administre, aujourdhui, voit_tout
from comptes.models import Invitation
from territoires.enums import QualiteTerritoriale
from territoires.models import ActeurLocal, Inscription, Liste, Territoire, inscriptions_actuelles, territoires_de


@dataclass(frozen=True)
class Manque:
    """What a territory's team lacks: one of `qualites` at least. `cle`: of the counter that filters."""

    cle: str
    libelle: str
    qualites: tuple
    # After a territory's name; of several territories.
    a_faire: str
    au_pluriel: str

    def condition(self):
        """Return the condition on territories: nobody holds one of these qualities, today or soon."""
        manque = Q()
        for qualite in self.qualites:
            tenue = ActeurLocal.objects.actuelles().filter(territoire=OuterRef("pk"), qualite=qualite)
            manque |= ~Exists(tenue.filter(personne__is_active=True))
        return manque

    def que_personne_n_attend(self):
        """Return the same, unless somebody is invited already."""
        promises = Q()
        for qualite in self.qualites:
            promises |= Exists(invitations_ouvertes().filter(qualite=qualite))
        return self.condition() & ~promises


SANS_CHEF = Manque(
    "sans-chef",
    "Sans chef de projet",
    (QualiteTerritoriale.CHEF_DE_PROJET,),
    "invitez son chef de projet, il n'y en a pas encore",
    "n'ont pas encore de chef de projet",
)
SANS_BINOME = Manque(
    "sans-binome",
    "Sans binôme complet",
    tuple(QualiteTerritoriale.referents()),
    "invitez son élu référent et son industriel référent, le binôme n'est pas complet",
    "n'ont pas encore leur binôme d'élu et d'industriel référents",
)
MANQUES = (SANS_CHEF, SANS_BINOME)


def invitations_ouvertes():
    """Return the open invitations to the team of the territory of the outer query."""
    portee = Concat(Value("territoire:"), Cast(OuterRef("pk"), TextField()), output_field=TextField())
    return Invitation.objects.ouvertes().filter(genre=ActeurLocal._meta.label_lower, portee=portee)


def en_vigueur():
    """Return the condition on territories: inscribed in the list in force today."""
    jour = aujourdhui()
    liste = Liste.objects.filter(phase__debut__lte=jour, date__lte=jour).order_by("-phase__debut", "-date")
    return Exists(Inscription.objects.filter(territoire=OuterRef("pk"), liste=Subquery(liste.values("pk")[:1])))


def invitables_par(personne):
    """Return the condition on territories: a person may invite someone of their team."""
    condition = administre(personne)
    for delegation in ActeurLocal.delegations:
        condition |= Q(pk__in=delegation.portees(personne))
    return condition


class MesTerritoires:
    """Those of the list in force that a person follows, and those of earlier lists where they hold something."""

    def __init__(self, personne):
        self.personne = personne
        siens = ActeurLocal.objects.de(personne).values("territoire")
        suivis = Q() if voit_tout(personne) else Q(pk__in=territoires_de(personne))
        self.tous = Territoire.objects.filter(suivis & Q(en_vigueur()) | Q(pk__in=siens))

    def compteurs(self):
        """Return (how many in all, [(what is lacking, in how many)]), in one query."""
        nombres = {f"manque_{rang}": Count("pk", filter=manque.condition()) for rang, manque in enumerate(MANQUES)}
        lus = self.tous.order_by().aggregate(tous=Count("pk"), **nombres)
        return lus["tous"], [(manque, lus[f"manque_{rang}"]) for rang, manque in enumerate(MANQUES)]

    def lignes(self, manque=None, tri="nom"):
        """Return the territories as the table shows them: lead region, number of people by function, invitations."""
        retenus = self.tous.filter(manque.condition()) if manque else self.tous
        region = inscriptions_actuelles().filter(territoire=OuterRef("pk")).values("region__nom")[:1]
        return retenus.annotate(
            region_pilote=Subquery(region),
            peut_inviter=ExpressionWrapper(invitables_par(self.personne), BooleanField()),
            chefs=_nombre(QualiteTerritoriale.CHEF_DE_PROJET),
            elus=_nombre(QualiteTerritoriale.ELU_REFERENT),
            industriels=_nombre(QualiteTerritoriale.INDUSTRIEL_REFERENT),
            invitations=compte(invitations_ouvertes()),
        ).order_by(*TRIS.get(tri, TRIS["nom"]))


TRIS = {
    "nom": ("slug",),
    "-nom": ("-slug",),
    "region": ("region_pilote", "slug"),
    "-region": (F("region_pilote").desc(), "slug"),
}


def _nombre(qualite):
    tenues = ActeurLocal.objects.actuelles().filter(territoire=OuterRef("pk"), qualite=qualite)
    return compte(tenues.filter(personne__is_active=True))


def compte(lignes):
    """Return the number of rows of a subquery, 0 when there are none."""
    groupees = lignes.order_by().annotate(tout=Value(1)).values("tout").annotate(nombre=Count("pk"))
    return Coalesce(Subquery(groupees.values("nombre")), 0)
