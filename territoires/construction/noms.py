"""Other names by which people look for a current commune: merged, renamed, déléguées, arrondissements…"""

import re
import unicodedata
from collections.abc import Iterator

from .cog import RATTACHEES, Annee

COLONNES_NOMS = ["code", "nom", "commune"]


def normaliser(nom: str) -> str:
    """Lower case, no accents, single spaces: « L'Abergement-Clémenciat » → « l abergement clemenciat »."""
    ascii_ = unicodedata.normalize("NFKD", nom.replace("œ", "oe").replace("Œ", "Oe"))
    return " ".join(re.findall(r"[a-z0-9]+", ascii_.encode("ascii", "ignore").decode().lower()))


class Suivi:
    """Leads a code of any year to the current commune, or to nothing when the way is not certain."""

    def __init__(self, communes: list[dict], scindees: set[str]):
        """`scindees`: communes that were divided since 2019: a name that leads to one of them could be
        elsewhere today, so only the current table is believed for it.
        """
        self.communes = {ligne["code"]: ligne for ligne in communes}
        self.scindees = scindees

    def actuelle(self, code: str) -> str:
        while code and self.communes[code]["au"]:
            code = self.communes[code]["remplacee_par"]
        return code

    def certaine(self, code: str) -> str:
        commune = self.actuelle(code) if code in self.communes else ""
        return "" if commune in self.scindees else commune


def noms_rattaches(table: list[dict], suivi: Suivi, actuelle: bool) -> Iterator[tuple[str, str, str]]:
    """Déléguées, associées and municipal arrondissements of one year's table."""
    for entite in table:
        if entite["type"] in RATTACHEES:
            chef_lieu = entite.get("chefLieu") or entite["commune"]
            yield entite["code"], entite["nom"], chef_lieu if actuelle else suivi.certaine(chef_lieu)


def noms_anterieurs(annee: Annee, suivi: Suivi) -> Iterator[tuple[str, str, str]]:
    """Communes of a past year under the name they had: merged since, or renamed."""
    for code, commune in annee.communes.items():
        yield code, commune["nom"], suivi.actuelle(code)


def noms_historiques(historique: list[dict], suivi: Suivi) -> Iterator[tuple[str, str, str]]:
    """Communes that ended from 1943 to 2019. One that was shared out has no successor: left out."""
    par_id = {etat["id"]: etat for etat in historique}
    for etat in historique:
        if etat["type"] == "COM" and "dateFin" in etat and "(" not in etat["nom"]:
            yield etat["code"], etat["nom"], suivi.certaine(code_final(etat, par_id))


def code_final(etat: dict, par_id: dict[str, dict]) -> str:
    """Code, in the last year of the history, of the commune that a past state became. Empty if not told."""
    vus = set()
    while etat is not None and etat["id"] not in vus:
        vus.add(etat["id"])
        if "dateFin" in etat:
            etat = par_id.get(etat.get("successeur"))
        elif etat["type"] == "COM":
            return etat["code"]
        else:  # a part of a commune that still exists
            etat = par_id.get(etat["pole"])
    return ""


def anciens_noms(candidats: Iterator[tuple[str, str, str]], suivi: Suivi) -> list[dict]:
    """Sorted rows, without the names under which the commune is found anyway. The first candidate wins."""
    retenus: dict[tuple[str, str], dict] = {}
    for code, nom, commune in candidats:
        cherche = normaliser(nom)
        if commune and cherche != normaliser(suivi.communes[commune]["nom"]):
            retenus.setdefault((cherche, commune), {"code": code, "nom": nom, "commune": commune})
    return sorted(retenus.values(), key=lambda ligne: (ligne["code"], ligne["commune"], ligne["nom"]))
