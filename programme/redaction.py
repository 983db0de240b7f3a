"""Who writes what of a project's fiche: the fields, their choices, the rights. For the public pages and the admin."""

from collections import defaultdict

from django.db.models import Exists, OuterRef, Q

from comptes.acces import est_administrateur
from programme.models import Mesure, Projet
from territoires.enums import NatureCollectivite, QualiteTerritoriale
from territoires.models import (
    Collectivite,
    Couverture,
    Rattachement,
    Territoire,
    inscriptions_actuelles,
    territoires_de_l_equipe,
)

FICHE = [
    "titre",
    "territoires_associes",
    "mesures",
    "communes",
    "sans_lieu",
    "contexte",
    "objectifs",
    "partenaires",
    "porteur_nom",
    "porteur_genre",
    "porteur_siren",
    "porteur_en_creation",
    "debut",
    "fin",
    "maturite",
    "emplois",
]
MONTANTS = ["cout_total", "cout_total_taxe", "assiette_eligible", "assiette_taxe", "montants_secrets"]
CHANGEE_ENTRE_TEMPS = (
    "Quelqu'un d'autre a enregistré cette fiche pendant que vous la modifiiez : rien n'a été écrit. "
    "Ouvrez-la de nouveau pour voir ses changements, puis refaites les vôtres."
)
# Rules of the queryset that a page asks about one project, all in one query.
REGLES = (
    "redigeables_par",
    "proposables_par",
    "completables_par",
    "instruisibles_par",
    "montants_visibles_par",
    "secrets_connus_par",
    "actualisables_par",
    "archivables_par",
    "desarchivables_par",
)


def droits_sur(projet, personne):
    """Return the names of the rules under which a person may do something of a project: one query."""
    regles = {regle: Exists(getattr(Projet.objects, regle)(personne).filter(pk=OuterRef("pk"))) for regle in REGLES}
    (lus,) = Projet.objects.filter(pk=projet.pk).values(**regles)
    return {regle for regle, oui in lus.items() if oui}


def champs_ecrits(droits):
    """Return the fields of the fiche that these rights let write: amounts are written by whoever reads them."""
    return [*FICHE, *(MONTANTS if "montants_visibles_par" in droits else [])]


def territoires_ecrits_par(personne):
    """Return the territories where a person begins a project."""
    if est_administrateur(personne):
        return Territoire.objects.all()
    siens = territoires_de_l_equipe(personne, QualiteTerritoriale.redigent())
    return Territoire.objects.filter(pk__in=siens)


# --- What may be chosen, in groups: [(title, [(key, object)])]
def mesures_proposees():
    """By need; the latest phase first would need two phases of measures: there is one."""
    par_besoin = defaultdict(list)
    for mesure in Mesure.objects.select_related("besoin"):
        par_besoin[mesure.besoin.nom].append((mesure.code, mesure))
    return [*par_besoin.items()]


def communes_proposees(projet):
    """Those of the territory and of its associates as their latest list has them, and those already chosen; by EPCI."""
    actuelles = inscriptions_actuelles().filter(
        Q(territoire=projet.territoire_id) | Q(territoire__in=_associes(projet).values("territoire"))
    )
    choisies = Projet.communes.through.objects.filter(projet=projet.pk)
    communes = Collectivite.objects.filter(
        Q(pk__in=Couverture.objects.filter(inscription__in=actuelles.values("pk")).values("commune"))
        | Q(pk__in=choisies.values("collectivite"))
    ).order_by("nom", "code")
    groupements = dict(
        Rattachement.objects.filter(commune__in=communes.order_by().values("pk"), au=None)
        .exclude(groupement__nature=NatureCollectivite.ETABLISSEMENT_PUBLIC_TERRITORIAL)
        .values_list("commune", "groupement__nom")
    )
    par_groupement = defaultdict(list)
    for commune in communes:
        par_groupement[groupements.get(commune.pk, "Sans intercommunalité")].append((commune.pk, commune))
    return sorted(par_groupement.items())


def territoires_proposes(projet):
    """The other territories of the list of this one, by lead region, and those already chosen."""
    actuelles = (
        inscriptions_actuelles()
        .filter(
            Q(liste__in=inscriptions_actuelles().filter(territoire=projet.territoire_id).values("liste"))
            | Q(territoire__in=_associes(projet).values("territoire"))
        )
        .exclude(territoire=projet.territoire_id)
        .select_related("territoire", "region")
        .order_by("region__nom_normalise", "territoire__slug")
    )
    par_region = defaultdict(list)
    for inscription in actuelles:
        par_region[inscription.region.nom].append((inscription.territoire.slug, inscription.territoire))
    return [*par_region.items()]


def _associes(projet):
    return Projet.territoires_associes.through.objects.filter(projet=projet.pk)
