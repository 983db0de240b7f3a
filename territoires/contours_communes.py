"""Reads the committed outlines of the communes.

The file holds units: the pieces of land that communes are made of (see `construction.unites`), with shared
vertices on one grid. `lire_contours` gives the communes of a day, so the codes of a list expand to polygons
without any mapping of merged communes as long as both are taken on the same day.

Format, inside xz: one line of JSON (`pas`, `nombres`, `appartenances`), then little-endian arrays: the units'
codes (5 bytes each), parts per unit, rings per part, vertices per ring (uint16, rings not closed), and the
vertices: differences with the previous one along the whole file, zigzag, least significant bytes first, of
all x then of all y.
"""

import datetime
import json
import lzma
from collections import defaultdict
from pathlib import Path

import numpy as np
import shapely


def lire_contours(chemin: Path, jour: datetime.date | None = None) -> dict:
    """INSEE code → polygon or multipolygon (lon, lat) of each commune of `jour` (default: of the last map).

    Neighbours share their vertices. Communes that were never drawn are absent (fixtures/README.md).
    """
    entete, unites = lire_unites(chemin)
    groupes = defaultdict(list)
    for unite, polygone in unites.items():
        groupes[_commune(entete["appartenances"].get(unite), jour) or unite].append(polygone)
    codes = list(groupes)
    # united on the grid, where shared borders are exactly equal
    reunis = [g[0] if len(g) == 1 else shapely.union_all(g) for g in groupes.values()]
    return dict(zip(codes, shapely.transform(np.array(reunis), lambda points: points * entete["pas"]), strict=True))


def _commune(periodes: list[list[str]] | None, jour: datetime.date | None) -> str | None:
    if periodes is None:
        return None
    if jour is None:
        return periodes[-1][0]
    texte = jour.isoformat()
    return next(commune for commune, _, au in periodes if not au or texte <= au)


def lire_unites(chemin: Path) -> tuple[dict, dict]:
    """The header, and unit → polygon in steps of the grid."""
    ligne, _, contenu = lzma.decompress(chemin.read_bytes()).partition(b"\n")
    entete = json.loads(ligne)
    unites, parties, anneaux, sommets = entete["nombres"]
    debut = 0

    def suivant(nombre: int, type_: str) -> np.ndarray:
        nonlocal debut
        tableau = np.frombuffer(contenu, type_, nombre, debut)
        debut += tableau.nbytes
        return tableau

    codes = [code.decode() for code in suivant(unites, "S5")]
    parties_par_unite, anneaux_par_partie = suivant(unites, "<u2"), suivant(parties, "<u2")
    sommets_par_anneau = suivant(anneaux, "<u2")
    points = decoder(contenu[debut:], sommets)
    return entete, dict(
        zip(codes, construire(points, sommets_par_anneau, anneaux_par_partie, parties_par_unite), strict=True)
    )


def decoder(contenu: bytes, sommets: int) -> np.ndarray:
    plans = np.frombuffer(contenu, "u1").reshape(4, 2, sommets)
    zigzag = np.ascontiguousarray(plans.transpose(2, 1, 0)).view("<u4")[..., 0]
    differences = (zigzag >> 1).astype(np.int64) ^ -(zigzag & 1).astype(np.int64)
    return np.cumsum(differences, axis=0)


def construire(points, sommets_par_anneau, anneaux_par_partie, parties_par_unite) -> np.ndarray:
    """Polygons from flat arrays; a unit of one part is a Polygon, of several a MultiPolygon."""
    anneaux = shapely.linearrings(points, indices=_rangs(sommets_par_anneau))  # closes them
    parties = shapely.polygons(anneaux, indices=_rangs(anneaux_par_partie))
    unites = shapely.multipolygons(parties, indices=_rangs(parties_par_unite))
    seules = parties_par_unite == 1
    unites[seules] = shapely.get_geometry(unites[seules], 0)
    return unites


def _rangs(nombres: np.ndarray) -> np.ndarray:
    return np.repeat(np.arange(len(nombres)), nombres)
