"""Units: the smallest pieces of land that the communes of all the years are made of.

A unit bears the code of a commune. Nearly all are one commune at all times; when communes merge, the new one
is made of several units; when one is divided, each part was a unit from the start. So the map of any day is
the same polygons, grouped otherwise, and a territory keeps its shape whatever its communes are called.
"""

from collections import defaultdict
from collections.abc import Iterable

# unit → [commune, du, au] periods; only the units that are not a commune of their own at all times
Appartenances = dict[str, list[list[str]]]


def decouper(polygones: dict, deleguees: dict, parents: dict[str, str], a_separer: Iterable[str]) -> dict:
    """unit → polygon: the communes of the source, without their déléguées that are communes in another year.

    `parents`: déléguée → commune, in the year of the polygons. `a_separer`: the communes of another year. One
    that is neither commune nor déléguée in the source is not drawn: its land stays where it is.
    """
    unites = dict(polygones)
    for code in sorted(a_separer):
        if code not in polygones and code in deleguees:
            unites[code] = deleguees[code]
            unites[parents[code]] = unites[parents[code]].difference(deleguees[code])
    return unites


def commune_le(unite: str, jour: str, communes: dict[str, dict], origines: dict[str, str]) -> str:
    """The commune that a unit belongs to on a day (ISO). `communes`: rows of communes.csv by code;
    `origines`: restored commune → the commune it was part of before.
    """
    code = unite
    while True:
        ligne = communes[code]
        if ligne["du"] > jour:
            code = origines[code]
        elif ligne["au"] and ligne["au"] < jour:
            code = ligne["remplacee_par"]
        else:
            return code


def appartenances(
    unites: Iterable[str], jours: list[str], communes: dict[str, dict], origines: dict[str, str]
) -> Appartenances:
    """Where each unit belongs through the years; `jours` are the 1 January of each, sorted."""
    ailleurs: Appartenances = {}
    for unite in sorted(unites):
        suite: list[list[str]] = []
        for jour in jours:
            commune = commune_le(unite, jour, communes, origines)
            if not suite or suite[-1][0] != commune:
                if suite:
                    suite[-1][2] = f"{int(jour[:4]) - 1}-12-31"
                suite.append([commune, jour if suite else "", ""])
        if suite != [[unite, "", ""]]:
            ailleurs[unite] = suite
    return ailleurs


def composition(communes: list[dict], unites: set[str], ailleurs: Appartenances, dernier: str) -> dict[str, list[str]]:
    """commune → its units, on its last day, or on the day `dernier` for those that still exist."""
    compositions = defaultdict(list)
    par_commune = defaultdict(set)
    for unite in unites:
        for commune, _, _ in ailleurs.get(unite, [[unite, "", ""]]):
            par_commune[commune].add(unite)
    for ligne in communes:
        jour = ligne["au"] or dernier
        for unite in sorted(par_commune[ligne["code"]]):
            for commune, du, au in ailleurs.get(unite, [[unite, "", ""]]):
                if commune == ligne["code"] and du <= jour and (not au or jour <= au):
                    compositions[commune].append(unite)
    return dict(compositions)
