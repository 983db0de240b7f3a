"""Maps as data for an SVG: no tile server, one link a territory (see docs/adr)."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F

from territoires import geometrie
from territoires.models import FondDeCarte, Perimetre

# The national view, in map units: metropolitan France, the overseas insets down the west.
CADRE_NATIONAL = (900, 850, 11_600, 10_900)
COTE_ENCART, PAS_ENCART, GAUCHE_ENCART, HAUT_ENCART = 1_150, 1_290, 950, 5_150
MARGE_REGION = 0.04


@dataclass
class Encart:
    """A part of the map drawn in its own frame: metropolitan France as it is, each overseas region in a square."""

    nom: str
    transformation: str = ""
    cadre: tuple | None = None
    fonds: list = field(default_factory=list)
    territoires: list = field(default_factory=list)


@dataclass
class Carte:
    """What the SVG template draws: `vue` is the viewBox, `encarts` its parts; and the figures of the land drawn."""

    vue: str
    encarts: list
    population: int
    superficie: Decimal


def carte_nationale(perimetres):
    """Return the `Carte` of a whole list. `perimetres` come from `perimetres_a_tracer`; one query for the regions."""
    encarts = {geometrie.METROPOLE: Encart("France métropolitaine")}
    fonds = list(FondDeCarte.objects.select_related("region").order_by("region"))
    for fond in fonds:
        zone = geometrie.zone(fond.region_id)
        if zone not in encarts:
            encarts[zone] = _encart_outre_mer(fond, rang=len(encarts) - 1)
        encarts[zone].fonds.append(fond.trace)
    for perimetre in perimetres:
        zone = geometrie.zone(perimetre["region"])
        # A link without a drawing could be reached and not seen; the list has it.
        if perimetre["dessin"] and zone in encarts:
            encarts[zone].territoires.append(perimetre)
    return Carte(
        _vue(*CADRE_NATIONAL),
        list(encarts.values()),
        sum(fond.population for fond in fonds),
        sum((fond.superficie for fond in fonds), Decimal(0)),
    )


def _encart_outre_mer(fond, rang):
    largeur, hauteur = fond.x_max - fond.x_min, fond.y_max - fond.y_min
    echelle = 0.9 * COTE_ENCART / max(largeur, hauteur)
    haut = HAUT_ENCART + rang * PAS_ENCART
    x = GAUCHE_ENCART + (COTE_ENCART - largeur * echelle) / 2 - fond.x_min * echelle
    y = haut + (COTE_ENCART - hauteur * echelle) / 2 - fond.y_min * echelle
    return Encart(
        fond.region.nom,
        transformation=f"translate({x:.0f} {y:.0f}) scale({echelle:.3f})",
        cadre=(GAUCHE_ENCART, haut, COTE_ENCART, COTE_ENCART),
    )


def carte_region(fond, perimetres):
    """Return the `Carte` of one region, with the territories that stand at least partly in it."""
    encart = Encart(fond.region.nom, fonds=[fond.trace], territoires=[p for p in perimetres if p["dessin"]])
    cadre = _elargir(fond.x_min, fond.y_min, fond.x_max, fond.y_max)
    return Carte(_vue(*cadre), [encart], fond.population, fond.superficie)


def perimetres_a_tracer(liste, detail=False):
    """Return rows (dictionaries) to draw and to list: slug, nom, code, region, figures, trace; by name."""
    trace = "trace" if detail else "trace_carte"
    perimetres = Perimetre.objects.filter(inscription__liste=liste).order_by("inscription__nom_normalise")
    return perimetres.values(
        "nb_communes",
        "population",
        "superficie",
        slug=F("inscription__territoire__slug"),
        nom=F("inscription__nom"),
        code=F("inscription__code"),
        region=F("inscription__region"),
        nom_region=F("inscription__region__nom"),
        dessin=F(trace),
    )


def _vue(x, y, largeur, hauteur):
    return f"{x} {y} {largeur} {hauteur}"


def carte_territoire(inscription, perimetre):
    """Return the `Carte` of a territory within its lead region, or None when either has no outline.

    The frame holds both, as a territory may reach beyond its region. No query if `region__fond` came along.
    """
    fond = getattr(inscription.region, "fond", None)
    if perimetre is None or not perimetre.trace or fond is None:
        return None
    encart = Encart(inscription.nom, fonds=[fond.trace], territoires=[{"dessin": perimetre.trace}])
    x_min, y_min = min(fond.x_min, perimetre.x_min), min(fond.y_min, perimetre.y_min)
    x_max, y_max = max(fond.x_max, perimetre.x_max), max(fond.y_max, perimetre.y_max)
    return Carte(_vue(*_elargir(x_min, y_min, x_max, y_max)), [encart], fond.population, fond.superficie)


def _elargir(x_min, y_min, x_max, y_max):
    """Return the frame (x, y, width, height) around these bounds, with a margin."""
    marge = int(MARGE_REGION * max(x_max - x_min, y_max - y_min))
    return x_min - marge, y_min - marge, x_max - x_min + 2 * marge, y_max - y_min + 2 * marge
