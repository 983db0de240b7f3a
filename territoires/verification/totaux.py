"""Checks of the administrative map: its communes, its totals, and that people find what they look for."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import Exists, OuterRef
from django.utils.text import capfirst

from tableurs.francais import nombre
from territoires.enums import NatureAppellation
from territoires.models import Appellation, Collectivite, Departement, FondDeCarte, Region
from territoires.reference import lire

from .base import Anomalie, Information, citer

# Inhabitants of France without Mayotte on 1 January 2023, in thousands (Insee, 18 December 2025, reported by
# https://www.banquedesterritoires.fr/linsee-met-en-ligne-les-donnees-de-population-qui-seront-officielles-au-1er-janvier-2026).
# To change with the populations of `fixtures/reference/communes.csv.xz`.
POPULATION_HORS_MAYOTTE = 68_094_000
ARRONDI = 500
MAYOTTE = "06"

MESURES = ("communes", "population", "superficie (km²)")

# Area of metropolitan France and the five overseas regions, in km²: two official measures, given together by
# https://fr.wikipedia.org/wiki/Superficie_de_la_France. Ours, of polygons on the ellipsoid, must lie between: the
# land register (Insee) leaves out large lakes, glaciers and estuaries, which our polygons partly hold; the geodetic
# area (IGN) is of the territory up to its borders and coasts, from which our polygons were generalised.
SUPERFICIE_CADASTRALE = 633_109
SUPERFICIE_GEODESIQUE = 641_184


def verifier_totaux(base):
    """The communes of the base are those of the COG, region by region, and France has its size."""
    for modele, fichier in ((Region, "regions"), (Departement, "departements")):
        attendus = {ligne["code"] for ligne in lire(f"reference/{fichier}.csv")}
        if ecart := attendus ^ set(modele.objects.values_list("code", flat=True)):
            nom = capfirst(modele._meta.verbose_name_plural)
            yield Anomalie(f"{nom} : {citer(ecart)} manquent ou sont de trop.")
    fichier = _totaux_du_fichier()
    trouves = defaultdict(lambda: [0, 0, Decimal(0)])
    for commune in base.actuelles:
        _ajouter(trouves[base.region_de[commune.departement_id]], commune.population, commune.superficie)
    fonds = {fond.pk: fond for fond in FondDeCarte.objects.defer("trace").select_related("region")}
    for code in sorted(fichier.keys() | trouves.keys()):
        for mesure, attendu, trouve in zip(MESURES, fichier[code], trouves[code], strict=True):
            if attendu != trouve:
                yield Anomalie(
                    f"Région {code}, {mesure} : {nombre(trouve)} dans la base, {nombre(attendu)} dans le COG."
                )
        fond = fonds.get(code)
        if fond is None:
            yield Anomalie(f"Région {code} : pas de fond de carte.")
        elif [fond.population, fond.superficie] != trouves[code][1:]:
            yield Anomalie(f"{fond.region} : les totaux du fond de carte ne sont pas ceux de ses communes.")
    habitants = sum(total[1] for code, total in trouves.items() if code != MAYOTTE)
    if abs(habitants - POPULATION_HORS_MAYOTTE) > ARRONDI:
        yield Anomalie(
            f"Population hors Mayotte : {nombre(habitants)}, l'Insee publie {nombre(POPULATION_HORS_MAYOTTE)}."
        )
    superficie = sum((total[2] for total in trouves.values()), Decimal(0))
    if not SUPERFICIE_CADASTRALE <= superficie <= SUPERFICIE_GEODESIQUE:
        yield Anomalie(
            f"Superficie : {nombre(superficie)} km², hors des mesures officielles "
            f"({nombre(SUPERFICIE_CADASTRALE)} à {nombre(SUPERFICIE_GEODESIQUE)} km²)."
        )
    if inconnues := [c.nom for c in base.actuelles if c.population is None or c.superficie is None]:
        yield Anomalie(f"Communes sans population ou sans superficie : {citer(inconnues)}.")
    yield Information(
        f"{nombre(sum(total[0] for total in trouves.values()))} communes, "
        f"{nombre(sum(total[1] for total in trouves.values()))} habitants, {nombre(superficie)} km²."
    )


def _totaux_du_fichier():
    """Return {region code: [communes, inhabitants, km²]} of the communes of today in the COG's file."""
    region_de = {ligne["code"]: ligne["region"] for ligne in lire("reference/departements.csv")}
    totaux = defaultdict(lambda: [0, 0, Decimal(0)])
    for ligne in lire("reference/communes.csv.xz"):
        if not ligne["au"]:
            _ajouter(
                totaux[region_de[ligne["departement"]]],
                int(ligne["population"] or 0),
                Decimal(ligne["superficie"] or 0),
            )
    return totaux


def _ajouter(total, population, superficie):
    total[0] += 1
    total[1] += population or 0
    total[2] += superficie or Decimal(0)


def verifier_recherche(base):
    """Every commune of today is found by its name."""
    par_son_nom = Appellation.objects.filter(commune=OuterRef("pk"), nature=NatureAppellation.NOM, entiere=True)
    introuvables = Collectivite.objects.communes().actuelles().exclude(Exists(par_son_nom))
    if introuvables:
        yield Anomalie(f"Communes introuvables par leur nom : {citer(introuvables)}.")
