"""Outlines on paper: known points fall where the IGN puts them, drawings come back as they were."""

import re

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from territoires.geometrie import (
    CENTRES_OUTRE_MER,
    METROPOLE,
    emprise,
    projeter,
    simplifier_ensemble,
    tracer,
    zone,
)
from tests.factories import carre


def en_metres(longitude, latitude):
    """Return the Lambert-93 coordinates (m) of a point, from map units that go downwards from 7 200 km."""
    point = projeter(shapely.Point(longitude, latitude), METROPOLE)
    return point.x * 100, 7_200_000 - point.y * 100


def test_l_origine_du_lambert_93_est_ou_l_ign_la_met():
    assert en_metres(3, 46.5) == pytest.approx((700_000, 6_600_000), abs=0.5)


def echelles(longitude, latitude):
    """Return the scale of the map at a point, eastwards and northwards: metres drawn for a metre of the GRS 80."""
    demi_axe, e2, pas = 6_378_137, 0.006694380023, 1e-4
    phi = np.radians(latitude)
    grande_normale = demi_axe / np.sqrt(1 - e2 * np.sin(phi) ** 2)
    rayon = grande_normale * (1 - e2) / (1 - e2 * np.sin(phi) ** 2)
    ici, est, nord = (np.array(en_metres(longitude + dx, latitude + dy)) for dx, dy in ((0, 0), (pas, 0), (0, pas)))
    angle = np.radians(pas)
    return (
        np.linalg.norm(est - ici) / (grande_normale * np.cos(phi) * angle),
        np.linalg.norm(nord - ici) / (rayon * angle),
    )


# The decree of 3 March 2006: conformal conic, true to scale along 44° and 49° N. With its origin, this defines it.
@pytest.mark.parametrize(("latitude", "echelle"), [(44, 1), (49, 1), (46.5, 0.99905)])
@pytest.mark.parametrize("longitude", [-4.5, 3, 8])
def test_l_echelle_est_celle_du_lambert_93_dans_tous_les_sens(longitude, latitude, echelle):
    assert echelles(longitude, latitude) == pytest.approx((echelle, echelle), abs=1e-4)


def test_le_meridien_central_est_droit_et_la_carte_symetrique():
    gauche, droite = en_metres(1, 47), en_metres(5, 47)
    assert 700_000 - gauche[0] == pytest.approx(droite[0] - 700_000, abs=0.01)
    assert gauche[1] == pytest.approx(droite[1], abs=0.01)


@pytest.mark.parametrize("region", CENTRES_OUTRE_MER)
def test_outre_mer_le_centre_est_a_l_origine_et_le_nord_en_haut(region):
    longitude, latitude = CENTRES_OUTRE_MER[region]
    centre = projeter(shapely.Point(longitude, latitude), region)
    assert (centre.x, centre.y) == pytest.approx((0, 0))
    nord_est = projeter(shapely.Point(longitude + 0.1, latitude + 0.1), region)
    # A tenth of a degree of latitude is 11.1 km; of longitude, a little less.
    assert nord_est.y == pytest.approx(-111.2, abs=0.1)
    assert 100 < nord_est.x < 112


def test_chaque_region_a_sa_zone():
    assert {zone(region) for region in ("11", "24", "94")} == {METROPOLE}
    assert [zone(region) for region in CENTRES_OUTRE_MER] == list(CENTRES_OUTRE_MER)
    assert len(CENTRES_OUTRE_MER) == 5


def test_un_ensemble_se_projette_d_un_coup():
    formes = np.array([carre(3, 46), carre(4, 46)], dtype=object)
    ensemble = projeter(formes, METROPOLE)
    assert [forme.wkt for forme in ensemble] == [projeter(forme, METROPOLE).wkt for forme in formes]


def test_l_emprise_tient_la_forme_en_unites_entieres():
    assert emprise(shapely.box(0.2, -3.7, 4.1, 9)) == (0, -4, 5, 9)
    assert emprise(shapely.MultiPolygon()) == (0, 0, 0, 0)


def lire_trace(trace):
    """Return the polygons drawn by a path: each closed ring becomes one. The reverse of `tracer`."""
    polygones = []
    for anneau in trace.split("z")[:-1]:
        depart, pas = re.fullmatch(r"M(-?\d+ -?\d+)l([-\d ]+)", anneau).groups()
        nombres = [int(nombre) for nombre in re.findall(r"-?\d+", pas)]
        points = np.array([[int(nombre) for nombre in depart.split()], *zip(nombres[::2], nombres[1::2], strict=True)])
        polygones.append(shapely.Polygon(np.cumsum(points, axis=0)))
    return polygones


ENTIERS = st.integers(-9999, 9999)


@given(st.lists(st.tuples(ENTIERS, ENTIERS), min_size=3, max_size=30).map(lambda points: shapely.Polygon(points)))
def test_un_trace_se_relit(polygone):
    enveloppe = shapely.convex_hull(polygone)
    if enveloppe.geom_type != "Polygon":
        assert tracer(enveloppe) == ""
        return
    (relu,) = lire_trace(tracer(enveloppe))
    assert relu.equals(enveloppe)


def test_un_trace_a_un_chemin_par_morceau_et_par_trou():
    troue = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
    formes = shapely.MultiPolygon([troue, shapely.box(20, 20, 30, 30)])
    aires = [polygone.area for polygone in lire_trace(tracer(formes))]
    assert aires == [81, 9, 100]


@pytest.mark.parametrize(
    "forme",
    [
        shapely.MultiPolygon(),
        shapely.Polygon(),
        shapely.Point(1, 1),
        # Smaller than a unit: it would draw nothing.
        shapely.box(0, 0, 0.3, 0.3),
        shapely.GeometryCollection([shapely.LineString([(0, 0), (5, 5)])]),
    ],
)
def test_ce_qui_n_a_pas_de_surface_ne_se_trace_pas(forme):
    assert tracer(forme) == ""


def test_un_trace_est_court():
    """Whole relative coordinates, no useless separator nor repeated point."""
    assert tracer(shapely.Polygon([(10, 20), (15, 20), (15, 20.2), (12, 15)])) == "M10 20l5 0-3-5z"


def test_simplifier_ensemble_garde_les_bords_communs():
    bord = [(10, y + (0.5 if y % 2 else 0)) for y in range(11)]
    gauche = shapely.Polygon([(0, 0), *bord, (0, 10)])
    droite = shapely.Polygon([(20, 10), (20, 0), *bord])
    simples = simplifier_ensemble([gauche, droite], 3)
    assert shapely.get_num_coordinates(simples[0]) < shapely.get_num_coordinates(gauche)
    assert simples[0].intersection(simples[1]).length == pytest.approx(10, abs=1)
    assert simples[0].intersection(simples[1]).area == 0


def test_simplifier_un_ensemble_vide():
    assert len(simplifier_ensemble([], 8)) == 0
