"""Delimited texts: encodings, separators, quotes, line ends."""

import csv

import pytest

from tableurs.lecture import Format
from tests.tableurs.fichiers import TERRITOIRES, codes, fichier_csv, lire, tableau, texte_csv

ACCENTS = [
    ["Région", "Libellé", "Année"],
    ["Île-de-France", "Créteil, L'Haÿ-les-Roses", "2018"],
    ["Provence", "Fos-sur-Mer – Étang « de Berre »", "2019"],
]


def lignes_de(octets, **options):
    return [cellules for _, cellules in lire(octets, "liste.csv", **options).lignes()]


@pytest.mark.parametrize(
    ("encodage", "detecte"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
        ("mac-roman", "mac-roman"),
    ],
)
def test_l_encodage_est_reconnu(encodage, detecte):
    octets = fichier_csv(ACCENTS, encodage=encodage)
    assert lire(octets).encodage == detecte
    assert lignes_de(octets) == ACCENTS


def test_un_fichier_msdos_est_reconnu():
    lignes = [["Région", "Libellé"], ["Réunion", "Le Tampon à côté"]]
    octets = fichier_csv(lignes, encodage="cp850")
    assert lire(octets).encodage == "cp850"
    assert lignes_de(octets) == lignes


def test_des_octets_que_windows_ne_connait_pas_sont_du_latin_1():
    octets = fichier_csv(ACCENTS[:1], encodage="latin-1") + b"\x81;\x9d;x\r\n"
    assert lire(octets).encodage == "latin-1"


def test_un_accent_loin_dans_le_fichier_suffit_a_ecarter_utf_8():
    octets = fichier_csv([["a", "b"], *[["x" * 100, "y"]] * 10_000]) + "é;z\r\n".encode("cp1252")
    assert lire(octets).encodage == "cp1252"
    assert lignes_de(octets)[-1] == ["é", "z"]


def test_un_utf_16_gros_boutiste_avec_marque_est_lu():
    assert lignes_de("\ufeff".encode("utf-16-be") + fichier_csv(ACCENTS, encodage="utf-16-be")) == ACCENTS


@pytest.mark.parametrize("separateur", [";", ",", "\t", "|"])
@pytest.mark.parametrize("fin", ["\r\n", "\n", "\r"])
def test_le_separateur_est_reconnu_quelle_que_soit_la_fin_de_ligne(separateur, fin):
    octets = fichier_csv(ACCENTS, separateur, fin=fin)
    assert lire(octets).separateur == separateur
    assert lignes_de(octets) == ACCENTS


def test_la_virgule_decimale_n_est_pas_le_separateur():
    octets = b"nom;montant\r\nA;1,5\r\nB;2,5\r\nC;3,5\r\n"
    assert lire(octets).separateur == ";"


def test_des_titres_au_dessus_n_empechent_pas_de_reconnaitre_le_separateur():
    octets = b"Liste, au 31/12\r\n\r\n" + fichier_csv()
    assert lire(octets).separateur == ";"
    assert tableau(octets).ligne_entete == 3


def test_la_consigne_sep_d_excel_est_suivie_et_n_est_pas_une_ligne():
    octets = b"sep=|\r\na;b|c\r\n1;2|3\r\n"
    assert lire(octets).separateur == "|"
    assert list(tableau(octets).lignes()) == [(2, ["1;2", "3"])]


def test_deux_separateurs_plausibles_sont_dits():
    classeur = lire(b"a;b,c\r\n1;2,3\r\n4;5,6\r\n")
    assert codes(classeur.remarques) == {"separateur_incertain"}


@pytest.mark.parametrize(
    "entetes",
    [["code", "nom", "surface", "part"], ["code", "nom", "surface, en km²", "part"], ["code", "nom", "a", "b"]],
)
def test_des_virgules_decimales_ne_font_pas_douter_du_point_virgule(entetes):
    lignes = [[f"010{n:02}", "Un nom", f"{n},5", f"{n},25 %"] for n in range(1, 60)]
    classeur = lire(fichier_csv([entetes, *lignes]))
    assert (classeur.separateur, classeur.remarques) == (";", [])
    titre = lire(fichier_csv([["Surfaces"], [], entetes, *lignes]))
    assert (titre.separateur, titre.remarques) == (";", [])


def test_ce_qui_a_ete_reconnu_est_montre_et_peut_etre_remplace():
    octets = fichier_csv(ACCENTS, encodage="cp1252")
    classeur = lire(octets)
    assert classeur.format == Format.CSV
    assert classeur.lu_comme == "CSV, séparateur «\xa0;\xa0», encodage Windows 1252"
    impose = lire(octets, encodage="latin-1", separateur=",")
    assert (impose.encodage, impose.separateur) == ("latin-1", ",")
    assert impose.remarques == []


def test_une_tabulation_se_dit_en_toutes_lettres():
    assert "séparateur tabulation" in lire(fichier_csv(separateur="\t")).lu_comme


def test_le_nom_du_fichier_ne_prouve_rien():
    assert lire(fichier_csv(), "liste.xlsx").format == Format.CSV


def test_un_saut_de_ligne_dans_une_cellule_ne_decale_pas_les_numeros():
    octets = texte_csv([["nom", "note"], ["A", "un\ndeux\r\ntrois"], ["B", 'dit "oui"; bien']]).encode()
    assert list(tableau(octets).lignes()) == [(2, ["A", "un\ndeux\r\ntrois"]), (3, ["B", 'dit "oui"; bien'])]


def test_les_lignes_vides_comptent_dans_les_numeros():
    resultat = tableau(b"a;b\r\n1;2\r\n\r\n;\r\n3;4\r\n")
    assert list(resultat.lignes()) == [(2, ["1", "2"]), (5, ["3", "4"])]
    remarque = next(r for r in resultat.remarques if r.code == "lignes_vides")
    assert "3 et 4" in remarque.texte


def test_une_ligne_plus_courte_ou_plus_longue_que_les_en_tetes_est_lue():
    resultat = tableau(b"a;b;c\r\n1;2\r\n1;2;3;4\r\n")
    assert [e.texte for e in resultat.entetes] == ["a", "b", "c", ""]
    assert list(resultat.lignes()) == [(2, ["1", "2", "", ""]), (3, ["1", "2", "3", "4"])]
    assert "colonnes_sans_entete" in codes(resultat.remarques)


def test_une_seule_colonne_est_un_tableau():
    assert list(tableau(b"insee_com\r\n01002\r\n01004\r\n").lignes()) == [(2, ["01002"]), (3, ["01004"])]


def test_un_fichier_sans_fin_de_ligne_finale_est_lu_en_entier():
    assert list(tableau(b"a;b\r\n1;2").lignes()) == [(2, ["1", "2"])]


def test_les_textes_gardent_leurs_zeros():
    assert [cellules[2] for _, cellules in tableau(fichier_csv()).lignes()] == ["01002", "97101"]


def test_lire_deux_fois_en_meme_temps_ne_melange_rien():
    classeur = lire(fichier_csv(TERRITOIRES * 5_000))
    premiere, seconde = classeur.lignes(), classeur.lignes()
    assert [next(premiere), next(seconde), next(premiere)] == [
        (1, TERRITOIRES[0]),
        (1, TERRITOIRES[0]),
        (2, TERRITOIRES[1]),
    ]


def test_le_reglage_du_module_csv_n_est_pas_change():
    avant = csv.field_size_limit()
    list(tableau(fichier_csv()).lignes())
    assert csv.field_size_limit() == avant
