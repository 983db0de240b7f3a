"""From one table of communes a year to one table of communes with their dates.

A COG year N is the map on 1 January N. The source tells the state of each 1 January, not the day of a change:
whatever disappears between N and N+1 ends on 31 December N, whatever appears begins on 1 January N+1.
"""

from dataclasses import dataclass, field

COMMUNE = "commune-actuelle"
RATTACHEES = ("commune-deleguee", "commune-associee", "arrondissement-municipal")
COLONNES_COMMUNES = [
    "code",
    "nom",
    "departement",
    "population",
    "superficie",
    "longitude",
    "latitude",
    "codes_postaux",
    "du",
    "au",
    "remplacee_par",
]


class CodeReapparu(Exception):
    """A code that disappears and comes back: two rows would have one key, a person has to decide."""


@dataclass
class Annee:
    """One COG year: its communes, and where the former codes it knows of belong."""

    communes: dict[str, dict]
    rattachees: dict[str, str] = field(default_factory=dict)
    anciens: dict[str, str] = field(default_factory=dict)

    @classmethod
    def lire(cls, table: list[dict], regions: set[str]) -> "Annee":
        """Communes of the regions (the collectivités d'outre-mer of articles 74 and 76 are left out)."""
        communes = {e["code"]: e for e in table if e["type"] == COMMUNE and e.get("region") in regions}
        rattachees = {e["code"]: e.get("chefLieu") or e["commune"] for e in table if e["type"] in RATTACHEES}
        anciens = {a: c["code"] for c in communes.values() for a in c.get("anciensCodes", ())}
        return cls(communes, rattachees, anciens)

    def renommer(self, alias: dict[str, str]) -> None:
        """One commune under one code: `alias` maps a code the COG gave for a while to the commune's own."""
        for ancien, code in alias.items():
            if ancien in self.communes:
                self.communes[code] = self.communes.pop(ancien) | {"code": code}
                self.anciens.pop(code, None)
            for table in (self.rattachees, self.anciens):
                for cle, valeur in table.items():
                    table[cle] = alias.get(valeur, valeur)

    def commune_de(self, code: str) -> str | None:
        """The commune of that year where a former code is found."""
        trouvee = self.anciens.get(code) or self.rattachees.get(code)
        return trouvee if trouvee in self.communes and trouvee != code else None


def annee_sans_table(membres: set[str], avant: Annee, apres: Annee) -> Annee:
    """A year whose communes are only known as members of EPCI (2020), with the isolated ones (four islands),
    which exist both before and after."""
    connues = apres.communes | avant.communes
    codes = membres | (avant.communes.keys() & apres.communes.keys())
    return Annee({code: connues[code] for code in codes})


def periodes(presents: dict[int, set[str]]) -> dict[str, tuple[str, str]]:
    """key → (du, au) as ISO dates; empty when it reaches the first, or the last, of the years."""
    annees = sorted(presents)
    dates = {}
    for cle in set().union(*presents.values()):
        vues = [annee for annee in annees if cle in presents[annee]]
        if len(vues) != annees.index(vues[-1]) - annees.index(vues[0]) + 1:
            raise CodeReapparu(f"{cle} disparaît puis revient : {vues}")
        du = "" if vues[0] == annees[0] else f"{vues[0]}-01-01"
        au = "" if vues[-1] == annees[-1] else f"{vues[-1]}-12-31"
        dates[cle] = (du, au)
    return dates


def successeur(code: str, derniere: int, annees: dict[int, Annee]) -> str:
    """The commune that took over a commune last seen in the year `derniere`: read in the nearest later year
    that tells (2020 tells nothing). Empty when none does.
    """
    for annee in sorted(a for a in annees if a > derniere):
        commune = annees[annee].commune_de(code)
        if commune:
            return commune
    return ""


def communes_datees(annees: dict[int, Annee]) -> list[dict]:
    """The rows of communes.csv, without what polygons give. Name, population and postal codes are those of
    the last year where the commune exists.
    """
    lignes = []
    dates = periodes({annee: set(contenu.communes) for annee, contenu in annees.items()})
    for code, (du, au) in sorted(dates.items()):
        derniere = int(au[:4]) if au else max(annees)
        commune = annees[derniere].communes[code]
        lignes.append(
            {
                "code": code,
                "nom": commune["nom"],
                "departement": commune["departement"],
                "population": commune.get("population", ""),
                "codes_postaux": " ".join(sorted(commune.get("codesPostaux", ()))),
                "du": du,
                "au": au,
                "remplacee_par": successeur(code, derniere, annees) if au else "",
            }
        )
    return lignes


def communes_sous_alias(alias: dict[str, str], tables: dict[int, set[str]], communes: list[dict]) -> list[dict]:
    """Rows for the codes a commune bore for a while, so that a file of those years still finds it."""
    par_code = {ligne["code"]: ligne for ligne in communes}
    lignes = []
    for ancien, code in alias.items():
        du, au = periodes({annee: codes & {ancien} for annee, codes in tables.items()})[ancien]
        lignes.append(par_code[code] | {"code": ancien, "du": du, "au": au, "remplacee_par": code})
    return lignes


def issues_de(annees: dict[int, Annee], communes: list[dict]) -> dict[str, str]:
    """new commune → the commune it was separated from (a restored commune), which lives on without it.
    A new code that replaces another one (new chef-lieu) is not a separation: the other code is then replaced.
    """
    triees = sorted(annees)
    origines = {}
    for ligne in communes:
        if not ligne["du"]:
            continue
        anterieures = [a for a in triees if a < int(ligne["du"][:4])]
        origine = next(filter(None, (annees[a].commune_de(ligne["code"]) for a in reversed(anterieures))), None)
        if origine and origine in annees[int(ligne["du"][:4])].communes:
            origines[ligne["code"]] = origine
    return origines
