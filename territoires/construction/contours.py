"""Polygons of the communes: measured as they are, then simplified together so that neighbours still touch.

Everything happens on one grid of whole numbers. Snap rounding nodes all the boundaries on it; the faces
between them are given back to the communes: after that, neighbours share their vertices exactly, and stay so
through the simplification, which only drops vertices. Dissolving any set of communes leaves neither sliver
nor hole.
"""

from collections import Counter, defaultdict

import numpy as np
import shapely

PAS = 0.0005  # degrees: 55 m from south to north
# Square root, in steps of the grid, of the smallest triangle kept (about 500 m): sets the size of the file.
TOLERANCE = 10
# Smaller gaps between communes, and smaller islands of a commune that has another part, are dropped (km²).
TROU_MAX = 0.5
ILE_MIN = 0.1
# WGS 84
DEMI_GRAND_AXE = 6378.137  # km
E2 = 0.0066943799901413165


def superficies(polygones: np.ndarray) -> np.ndarray:
    """km² on the ellipsoid: planar area after the cylindrical equal-area projection. Edges are projected as
    straight lines, which is exact enough at the length of theirs (a few hundred metres).
    """

    def projeter(points):
        return np.column_stack((np.radians(points[:, 0]) * DEMI_GRAND_AXE, _ordonnee(points[:, 1])))

    return shapely.area(shapely.transform(polygones, projeter))


def _ordonnee(latitudes):
    """Snyder, Map Projections: A Working Manual (USGS 1395), equation 3-12 (q), times a/2."""
    excentricite = np.sqrt(E2)
    sinus = np.sin(np.radians(latitudes))
    logarithme = np.log((1 - excentricite * sinus) / (1 + excentricite * sinus))
    return DEMI_GRAND_AXE / 2 * (1 - E2) * (sinus / (1 - E2 * sinus**2) - logarithme / (2 * excentricite))


def point_interieur(polygones: list) -> tuple[float, float]:
    """A point (lon, lat) inside the largest part of the union."""
    parties = shapely.get_parts(shapely.union_all(polygones))
    point = shapely.point_on_surface(parties[np.argmax(shapely.area(parties))])
    return point.x, point.y


def simplifier(polygones: dict) -> dict:
    """unit → polygon in steps of the grid (whole numbers), a valid coverage per land mass."""
    simplifies = {}
    for codes in par_terre(polygones):
        sur_grille = mettre_sur_grille({code: polygones[code] for code in codes})
        codes = sorted(sur_grille)
        couverture = np.array([sur_grille[code] for code in codes])
        simplifies |= zip(codes, shapely.coverage_simplify(sans_ilots(couverture), TOLERANCE), strict=True)
    return simplifies


def par_terre(polygones: dict) -> list[list[str]]:
    """Codes by land mass: each overseas département apart (first three characters), the rest together."""
    groupes = defaultdict(list)
    for code in sorted(polygones):
        groupes[code[:3] if code.startswith("97") else ""].append(code)
    return list(groupes.values())


def mettre_sur_grille(polygones: dict) -> dict:
    """The same polygons with all vertices on the grid and all boundaries noded: a coverage."""
    codes = sorted(polygones)
    origines = np.array([polygones[code] for code in codes])
    bords = shapely.boundary(shapely.transform(origines, lambda points: np.rint(points / PAS)))
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(bords, grid_size=1.0)]))
    # polygonize promises no order: ours must not depend on the version of GEOS
    faces = shapely.normalize(faces)
    faces = faces[np.lexsort(shapely.get_coordinates(shapely.point_on_surface(faces)).T)]
    proprietaires = attribuer(faces, origines)
    reunies = defaultdict(list)
    for face, proprietaire in zip(faces, proprietaires, strict=True):
        if proprietaire >= 0:
            reunies[codes[proprietaire]].append(face)
    # the faces share whole edges: nothing to node again
    return {code: shapely.coverage_union_all(parties) for code, parties in reunies.items()}


def attribuer(faces: np.ndarray, origines: np.ndarray) -> np.ndarray:
    """For each face the position of the commune that covers most of it (the first one if equal), -1 for what
    belongs to nobody: less than half covered, it is a gap, the sea or a foreign enclave.
    """
    terrestres = shapely.transform(faces, lambda points: points * PAS)
    rangs, trouves = shapely.STRtree(origines).query(terrestres, predicate="intersects")
    communes = shapely.area(shapely.intersection(terrestres[rangs], origines[trouves]))
    proprietaires = np.full(len(faces), -1)
    for position in np.lexsort((-trouves, communes)):  # the widest is written last
        if communes[position] * 2 >= shapely.area(terrestres[rangs[position]]):
            proprietaires[rangs[position]] = trouves[position]
    return combler(faces, proprietaires)


def combler(faces: np.ndarray, proprietaires: np.ndarray) -> np.ndarray:
    """Gives the small gaps to the neighbour that has the longest border with them."""
    proprietaires = proprietaires.copy()
    arbre = shapely.STRtree(faces)
    metrique = superficies(shapely.transform(faces, lambda xy: xy * PAS))
    for rang in np.flatnonzero((proprietaires < 0) & (metrique < TROU_MAX)):
        bordures: Counter[int] = Counter()
        for voisin in arbre.query(faces[rang], predicate="intersects"):
            if proprietaires[voisin] >= 0:
                commun = shapely.intersection(faces[rang], faces[voisin])
                bordures[int(proprietaires[voisin])] += shapely.length(commun)
        if bordures:
            proprietaires[rang] = min(bordures, key=lambda code: (-bordures[code], code))
    return proprietaires


def sans_ilots(couverture: np.ndarray) -> np.ndarray:
    """Drops the islets that touch nothing, as long as the commune keeps its largest part."""
    parties, rangs = shapely.get_parts(couverture, return_index=True)
    surfaces = superficies(shapely.transform(parties, lambda xy: xy * PAS))
    plus_grandes = np.zeros(len(couverture))
    np.maximum.at(plus_grandes, rangs, surfaces)
    gardees = (surfaces >= ILE_MIN) | (surfaces == plus_grandes[rangs]) | ~isolees(parties)
    return shapely.multipolygons(parties[gardees], indices=rangs[gardees])


def isolees(parties: np.ndarray) -> np.ndarray:
    """True for the parts that share no vertex with another."""
    points, rangs = shapely.get_coordinates(shapely.force_2d(parties), return_index=True)
    paires = np.unique(np.column_stack((points, rangs)), axis=0)
    _, inverse, nombre = np.unique(paires[:, :2], axis=0, return_inverse=True, return_counts=True)
    seules = np.ones(len(parties), bool)
    seules[paires[nombre[inverse.ravel()] > 1, 2].astype(int)] = False
    return seules
