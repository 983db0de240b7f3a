"""Columns recognised in a file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tableurs.colonnes import Colonne, empreinte, mots_connus, reconnaitre
from tableurs.valeurs import CodeInsee, Siren

COLONNES = [
    Colonne("insee_com", "Code INSEE", CodeInsee(), ("code commune", "insee", "com"), requise=True),
    Colonne("id_ti", "Code du territoire", synonymes=("ti", "code ti"), requise=True),
    Colonne("lib_ti", "Nom du territoire", synonymes=("territoire", "libellé"), exemple="Gex"),
    Colonne("siren", "SIREN", Siren(), ("siren_epci", "siren groupement")),
]


@pytest.mark.parametrize(
    "entetes",
    [
        ["insee_com", "id_ti", "lib_ti"],
        ["INSEE COM", "Id-TI", "Lib. TI"],
        ["Code Insee", "Code du territoire", "NOM DU TERRITOIRE"],
        ["code_commune", " ti ", "Libelle"],
        ["CodeInsee", "codeTI", "Territoire"],
        ["Commune › Code commune", "Territoire › TI", "Territoire › Libellé"],
    ],
)
def test_les_colonnes_sont_reconnues_quelle_que_soit_l_ecriture(entetes):
    trouve = reconnaitre(COLONNES, entetes)
    assert trouve.places == {"insee_com": 0, "id_ti": 1, "lib_ti": 2}
    assert trouve.complete


def test_le_nom_propre_passe_avant_les_synonymes():
    trouve = reconnaitre(COLONNES, ["insee", "Code INSEE", "ti"])
    assert trouve.places == {"insee_com": 1, "id_ti": 2}
    assert trouve.ignorees == [0]
    assert trouve.complete


def test_deux_en_tetes_pour_une_colonne_est_une_ambiguite_dite():
    trouve = reconnaitre(COLONNES, ["code commune", "insee", "id_ti"])
    assert [p.code for p in trouve.problemes] == ["ambigue"]
    assert "«\xa0code commune\xa0»" in trouve.problemes[0].texte
    assert trouve.ignorees == [0, 1]


def test_deux_colonnes_pour_un_en_tete_est_une_ambiguite_dite():
    colonnes = [Colonne("a", "Un", synonymes=("nom",)), Colonne("b", "Deux", synonymes=("nom",))]
    trouve = reconnaitre(colonnes, ["Nom"])
    assert trouve.places == {}
    assert [p.code for p in trouve.problemes] == ["convoitee"]


def test_une_colonne_obligatoire_absente_dit_les_noms_proches():
    trouve = reconnaitre(COLONNES, ["inse_comm", "id_ti", "population"])
    probleme = trouve.problemes[0]
    assert (probleme.code, probleme.cle) == ("manquante", "insee_com")
    assert "«\xa0inse_comm\xa0»" in probleme.texte
    assert "population" not in probleme.texte


def test_une_colonne_obligatoire_absente_sans_nom_proche_dit_les_noms_acceptes():
    assert "«\xa0code commune\xa0»" in reconnaitre(COLONNES, ["id_ti", "zzz"]).problemes[0].texte


def test_les_colonnes_inconnues_sont_ignorees_et_listees():
    assert reconnaitre(COLONNES, ["id_ti", "x", "insee_com", ""]).ignorees == [1, 3]


def test_le_choix_de_l_utilisateur_l_emporte():
    trouve = reconnaitre(COLONNES, ["code commune", "insee", "id_ti"], {"insee_com": 1, "siren": None})
    assert trouve.places == {"insee_com": 1, "id_ti": 2}
    assert trouve.complete


def test_ecarter_une_colonne_obligatoire_la_rend_manquante():
    assert [p.cle for p in reconnaitre(COLONNES, ["insee_com", "id_ti"], {"id_ti": None}).problemes] == ["id_ti"]


def test_un_choix_d_un_autre_temps_est_oublie():
    trouve = reconnaitre(COLONNES, ["insee_com", "id_ti"], {"disparue": 0, "id_ti": 9})
    assert trouve.places == {"insee_com": 0, "id_ti": 1}


def test_les_cellules_d_une_ligne_se_prennent_par_cle():
    trouve = reconnaitre(COLONNES, ["x", "id_ti", "insee_com"])
    assert trouve.extraire(["?", "ti-1", "01002"]) == {"id_ti": "ti-1", "insee_com": "01002"}


def test_l_empreinte_ne_depend_que_des_noms_et_de_leur_ordre():
    assert empreinte(["Code INSEE", "Libellé"]) == empreinte(["code_insee", " LIBELLE "])
    assert empreinte(["a", "b"]) != empreinte(["b", "a"])
    assert empreinte(["a", "b"]) != empreinte(["ab"])
    assert reconnaitre(COLONNES, ["a"]).empreinte == empreinte(["a"])


def test_les_mots_connus_servent_a_trouver_l_en_tete():
    assert {"insee com", "code commune", "nom du territoire"} <= mots_connus(COLONNES)


def test_une_colonne_est_un_champ_de_django_import_export():
    champ = COLONNES[0].champ()
    assert champ.clean({"insee_com": 1002.0}) == "01002"
    assert champ.column_name == champ.attribute == "insee_com"


@given(st.lists(st.text(max_size=20), max_size=8), st.dictionaries(st.text(max_size=5), st.integers(-3, 9)))
def test_aucun_en_tete_ne_provoque_d_erreur_ni_ne_sert_deux_fois(entetes, choix):
    trouve = reconnaitre(COLONNES, entetes, choix)
    places = list(trouve.places.values())
    assert sorted([*places, *trouve.ignorees]) == list(range(len(entetes)))
