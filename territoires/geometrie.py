"""Outlines on paper: projections, SVG paths, distances.

Map units are hectometres (100 m), x to the right and y downwards, in the projection of the zone: Lambert-93 for
metropolitan France (IGN, « Projections cartographiques conformes coniques », NT/G 71), a local equirectangular
one for each overseas département, where it errs by less than 1 % over these distances.
"""

import numpy as np
import shapely

HECTOMETRES_PAR_KM = 10
METROPOLE = "metropole"

# Centre (longitude, latitude in degrees) of each overseas region, by its INSEE code.
CENTRES_OUTRE_MER = {
    "01": (-61.40, 16.20),
    "02": (-61.00, 14.65),
    "03": (-53.10, 4.00),
    "04": (55.53, -21.12),
    "06": (45.15, -12.82),
}

# Lambert-93 on the GRS 80 ellipsoid: exponent, constant (m), false origin (m), excentricity.
_N, _C, _X0, _Y0, _E = 0.7256077650, 11_754_255.426, 700_000.0, 12_655_612.050, 0.08181919106
_MERIDIEN_ORIGINE = np.radians(3)
_HAUT_DE_CARTE = 7_200_000.0
_METRES_PAR_DEGRE = 111_195.0


def zone(code_region):
    """Return the projection zone of a region: « metropole », or its own code overseas."""
    return code_region if code_region in CENTRES_OUTRE_MER else METROPOLE


def projeter(geometrie, nom_zone):
    """Return a longitude/latitude geometry (or array of geometries) in map units of its zone."""
    return shapely.transform(geometrie, lambda points: _projeter_points(points, nom_zone))


def _projeter_points(points, nom_zone):
    longitude, latitude = np.radians(points[:, 0]), np.radians(points[:, 1])
    if nom_zone == METROPOLE:
        sinus = np.sin(latitude)
        isometrique = np.arctanh(sinus) - _E * np.arctanh(_E * sinus)
        rayon = _C * np.exp(-_N * isometrique)
        angle = _N * (longitude - _MERIDIEN_ORIGINE)
        x, y = _X0 + rayon * np.sin(angle), _HAUT_DE_CARTE - (_Y0 - rayon * np.cos(angle))
    else:
        longitude_0, latitude_0 = np.radians(CENTRES_OUTRE_MER[nom_zone])
        metres_par_radian = np.degrees(_METRES_PAR_DEGRE)
        x = (longitude - longitude_0) * np.cos(latitude_0) * metres_par_radian
        y = (latitude_0 - latitude) * metres_par_radian
    return np.column_stack((x, y)) / 100


def emprise(geometrie):
    """Return (x_min, y_min, x_max, y_max) in whole map units around a projected geometry; zeros when empty."""
    if geometrie.is_empty:
        return 0, 0, 0, 0
    x_min, y_min, x_max, y_max = geometrie.bounds
    return int(np.floor(x_min)), int(np.floor(y_min)), int(np.ceil(x_max)), int(np.ceil(y_max))


def tracer(geometrie):
    """Return the SVG path of a projected polygon or multipolygon: whole, relative coordinates, as short as can be."""
    anneaux = []
    for polygone in shapely.get_parts(geometrie):
        if polygone.geom_type != "Polygon":
            continue
        for anneau in (polygone.exterior, *polygone.interiors):
            trace = _tracer_anneau(np.rint(shapely.get_coordinates(anneau)).astype(int))
            if trace:
                anneaux.append(trace)
    return "".join(anneaux)


def _tracer_anneau(points):
    pas = np.diff(points, axis=0)
    pas = pas[np.any(pas != 0, axis=1)]
    if len(pas) < 3:
        return ""
    # The last step only comes back to the start: « z » does it.
    suite = "".join(f"{_signe(dx)}{_signe(dy)}" for dx, dy in pas[:-1].tolist())
    return f"M{points[0, 0]} {points[0, 1]}l{suite.lstrip()}z"


def _signe(valeur):
    return f" {valeur}" if valeur >= 0 else str(valeur)


def simplifier_ensemble(geometries, tolerance):
    """Return projected outlines simplified together, so that neighbours still touch. `tolerance` in map units."""
    return shapely.coverage_simplify(np.array(geometries, dtype=object), tolerance)
