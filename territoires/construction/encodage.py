"""Writes the outlines in the compact format that `territoires.contours_communes` describes and reads."""

import json

import numpy as np
import shapely

from .unites import Appartenances


def encoder(unites: dict, pas: float, ailleurs: Appartenances) -> bytes:
    """`unites`: code → polygon with whole coordinates, in steps of `pas` degrees. Not compressed yet."""
    codes = sorted(unites)
    parties, partie_de = shapely.get_parts(shapely.normalize([unites[code] for code in codes]), return_index=True)
    anneaux, anneau_de = shapely.get_rings(parties, return_index=True)
    points, point_de = shapely.get_coordinates(anneaux, return_index=True)
    # the last vertex of a ring repeats the first
    ouverts = np.append(point_de[1:] == point_de[:-1], False)
    points, point_de = np.rint(points[ouverts]).astype(np.int64), point_de[ouverts]
    entete = {
        "pas": pas,
        "nombres": [len(codes), len(parties), len(anneaux), len(points)],
        "appartenances": ailleurs,
    }
    return b"".join(
        (
            json.dumps(entete, sort_keys=True, separators=(",", ":")).encode() + b"\n",
            np.array(codes, "S5").tobytes(),
            np.bincount(partie_de).astype("<u2").tobytes(),
            np.bincount(anneau_de).astype("<u2").tobytes(),
            np.bincount(point_de).astype("<u2").tobytes(),
            _plans(points),
        )
    )


def _plans(points: np.ndarray) -> bytes:
    """Small differences in their own planes of bytes: nearly all the high ones are zero, and xz sees it."""
    differences = np.diff(points, axis=0, prepend=0)
    zigzag = ((differences << 1) ^ (differences >> 63)).astype("<u4")
    return np.ascontiguousarray(zigzag).view("u1").reshape(len(points), 2, 4).transpose(2, 1, 0).tobytes()
