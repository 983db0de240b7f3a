"""The lists of the programme in each published layout, at their real size, through the whole engine."""

import csv
import datetime

import pytest
from django.conf import settings

from tableurs import lots
from tableurs.cellules import afficher
from tableurs.enums import EtatLot
from territoires.membres import Terrain
from territoires.models import Collectivite, Composition, Couverture, Inscription, Liste, Territoire
from tests.tableurs.lots_essai import comptes, deposer, photographie, raisons

pytestmark = pytest.mark.django_db

COMMUNES = ["insee_com", "id_ti", "lib_ti"]
NOUVELLE = {"liste": "2020-10-01", "date": "2020-10-01", "phase": 1}


@pytest.fixture
def membres_publies():
    with (settings.BASE_DIR / "fixtures/listes/membres_2022-12.csv").open(encoding="utf-8", newline="") as fichier:
        lignes = list(csv.DictReader(fichier))
    with (settings.BASE_DIR / "fixtures/listes/liste_2022-12.csv").open(encoding="utf-8", newline="") as fichier:
        noms = {ligne["id_ti"]: ligne["lib_ti"] for ligne in csv.DictReader(fichier)}
    return noms, lignes


def en_communes(noms, lignes):
    """Return the list of 2022 as a file of communes, as published: as many rows as communes of the list's day."""
    terrain = Terrain(datetime.date(2022, 12, 31))
    return [
        COMMUNES,
        *(
            [unite, ligne["id_ti"], noms[ligne["id_ti"]]]
            for ligne in lignes
            for unite in sorted(terrain.unites(ligne["insee_com"] or ligne["siren_epci"]))
        ),
    ]


def test_la_liste_de_2022_dans_chaque_disposition_est_inchangee(reference, membres_publies):
    noms, lignes = membres_publies
    par_territoire = {}
    for ligne in lignes:
        par_territoire.setdefault(ligne["id_ti"], []).append(ligne["siren_epci"])
    options = {"liste": "2022-12-31"}
    tables = [
        [["id_ti", "lib_ti", "siren_epci"], *([m["id_ti"], noms[m["id_ti"]], m["siren_epci"]] for m in lignes)],
        [
            ["id_ti", "lib_ti", "siren_groupement", "lib_groupement"],
            *([code, noms[code], ", ".join(siens), "CC A, CC B"] for code, siens in par_territoire.items()),
        ],
        en_communes(noms, lignes),
    ]
    for table in tables:
        lot = deposer(table, "territoires", options)
        assert lot.lignes == len(table) - 1
        assert (lot.crees, lot.modifies, lot.refuses, lot.disparus) == (0, 0, 0, 0), raisons(lot)


def test_quinze_mille_communes_dans_une_liste_vide_puis_a_nouveau_puis_annulees(reference, membres_publies):
    table = en_communes(*membres_publies)
    assert len(table) > 15_000
    avant = photographie(Liste, Territoire, Inscription, Composition)
    lot = deposer(table, "territoires", NOUVELLE)
    assert lot.lignes == len(table) - 1 == lot.crees + lot.doublons
    lots.appliquer(lot)
    liste = Liste.objects.get(slug="2020-10-01")
    assert liste.inscriptions.count() == 149
    couvertes = Couverture.objects.filter(liste=liste)
    assert couvertes.count() == Couverture.objects.filter(liste__slug="2022-12-31").count()
    assert comptes(deposer(table, "territoires", NOUVELLE)) == {"inchanges": lot.crees, "doublons": lot.doublons}
    lots.annuler(lot)
    assert lot.etat == EtatLot.ANNULE
    assert photographie(Liste, Territoire, Inscription, Composition) == avant


def test_quinze_mille_communes_de_plus_dans_la_liste_de_2022(reference, membres_publies):
    """Two territories swap a commune, one is renamed, a row names nobody: all rows are accounted for."""
    table = en_communes(*membres_publies)
    table[1] = ["99999", *table[1][1:]]
    nom = table[-1][2]
    for ligne in table:
        if ligne[2] == nom:
            ligne[2] = "Un autre nom"
    table.append(table[10])
    lot = deposer(table, "territoires", {"liste": "2022-12-31"})
    assert lot.lignes == len(table) - 1
    assert (lot.crees, lot.modifies, lot.refuses) == (0, 1, 1)
    assert lot.inchanges + lot.doublons == lot.lignes - 2


CHAMPS = ["code", "nature", "nom", "departement_id", "population", "superficie", "codes_postaux"]
CHAMPS += ["du", "au", "remplacee_par_id"]


def test_le_decoupage_tel_qu_il_est_ne_change_rien(reference):
    lignes = [[champ.removesuffix("_id") for champ in CHAMPS]]
    for commune in Collectivite.objects.order_by("nature", "code")[:1500:3]:
        valeurs = [getattr(commune, champ) for champ in CHAMPS]
        lignes.append(["" if valeur is None else afficher(valeur) for valeur in valeurs])
    lot = deposer(lignes, "collectivites")
    assert (lot.inchanges, lot.refuses) == (500, 0), raisons(lot)
