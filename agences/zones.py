"""Which agencies cover a territory, and which territories an agency covers: conditions, within the page's own query.

An area names a territory; or a region or a département of its communes (or its lead region, or one that its list
gives it); or an EPCI of which one of its communes is a member today. An EPCI that ended counts by its successor.
"""

from django.db.models import Exists, OuterRef, Q

from territoires.models import Couverture, Departement, Inscription, Perimetre, Rattachement, regions_sur
from territoires.models.habilitations import inscriptions_actuelles, territoires_de_la_region


def sur_les_territoires(territoires):
    """Return the condition on areas: it covers one of `territoires` (a queryset, or a list of keys)."""
    actuelles = inscriptions_actuelles().filter(territoire__in=territoires)
    groupements = _groupements(Couverture.objects.filter(inscription__in=actuelles.values("pk")).values("commune"))
    return (
        Q(territoire__in=territoires)
        | regions_sur(territoires)
        | Q(departement__in=actuelles.values("perimetre__departements"))
        | Q(collectivite__in=groupements)
        | Q(collectivite__remplacee_par__in=groupements)
    )


def dans_la_region(code):
    """Return the condition on areas: it is the region, or lies in it, be it in part."""
    communes = Rattachement.objects.filter(au=None, commune__departement__region=code).values("groupement")
    return (
        Q(region=code)
        | Q(departement__in=Departement.objects.filter(region=code).values("pk"))
        | Q(collectivite__in=communes)
        | Q(collectivite__remplacee_par__in=communes)
        | Q(territoire__in=territoires_de_la_region(code))
    )


def inscriptions_couvertes(dessertes):
    """Return the condition on inscriptions: one of `dessertes`, a queryset, covers their territory."""
    regions, departements = dessertes.values("region"), dessertes.values("departement")
    membres = Rattachement.objects.filter(au=None).filter(
        Q(groupement__in=dessertes.values("collectivite"))
        | Q(groupement__in=dessertes.values("collectivite__remplacee_par"))
    )
    publiees = Inscription.regions.through.objects.filter(inscription=OuterRef("pk"), region__in=regions)
    de_region = Perimetre.regions.through.objects.filter(perimetre=OuterRef("pk"), region__in=regions)
    de_departement = Perimetre.departements.through.objects.filter(
        perimetre=OuterRef("pk"), departement__in=departements
    )
    couvertes = Couverture.objects.filter(inscription=OuterRef("pk"), commune__in=membres.values("commune"))
    return (
        Q(territoire__in=dessertes.values("territoire"))
        | Q(region__in=regions)
        | Exists(publiees)
        | Exists(de_region)
        | Exists(de_departement)
        | Exists(couvertes)
    )


def _groupements(communes):
    """Return the groups of which one of these communes is a member today."""
    return Rattachement.objects.filter(au=None, commune__in=communes).values("groupement")
