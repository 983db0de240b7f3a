"""Texts, yes or no, closed lists, lists in one cell, and what every type shares."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tableurs.protection import deproteger, proteger
from tableurs.valeurs import (
    Booleen,
    Choix,
    CodeInsee,
    CodePostal,
    Date,
    DateApprochee,
    Decimal,
    Entier,
    ListeDe,
    Montant,
    Pourcentage,
    Siren,
    Siret,
    Texte,
    ValeurRefusee,
)

FIABILITES = [("confirme", "Confirmé par une source"), ("probable", "Probable"), ("nc", "Non communiqué")]
TYPES = [
    Texte(),
    Texte(longueur=5, plusieurs_lignes=True),
    Booleen(),
    Choix(FIABILITES[:2]),
    ListeDe(Siren()),
    ListeDe(Texte(), virgule=False),
    Entier(),
    Decimal(),
    Montant(),
    Pourcentage(),
    Date(),
    DateApprochee(),
    CodeInsee(),
    CodePostal(),
    Siren(),
    Siret(),
]
PARTOUT = pytest.mark.parametrize("genre", TYPES, ids=lambda genre: type(genre).__name__)


def refus(genre, brut):
    with pytest.raises(ValeurRefusee) as erreur:
        genre.lire(brut)
    return erreur.value


@PARTOUT
@given(
    brut=st.one_of(
        st.text(),
        st.text(st.sampled_from("0123456789 .,-+'()€%/ABxE\u00a0\u202f"), max_size=20),
        st.floats(),
        st.integers(),
        st.booleans(),
        st.dates(),
        st.datetimes(),
        st.times(),
        st.timedeltas(),
        st.none(),
    )
)
def test_aucune_cellule_ne_provoque_autre_chose_qu_un_refus(genre, brut):
    try:
        valeur, note = genre.lire(brut)
    except ValeurRefusee:
        return
    assert isinstance(note, str)
    assert genre.lire(proteger(genre.render(valeur))).valeur == valeur


@PARTOUT
@pytest.mark.parametrize(
    "erreur", ["#N/A", "#REF!", "#DIV/0!", "#VALEUR!", "#VALUE!", "#NOM?", "#NUL!", "Err:502", "#####"]
)
def test_une_cellule_en_erreur_est_refusee_avec_un_mot_clair(genre, erreur):
    assert "en erreur dans le tableur" in refus(genre, erreur).raison


@PARTOUT
@pytest.mark.parametrize("mot", ["", "  ", "\u00a0", "n.c.", "NC", "n.d.", "-", "–", "néant", "Sans objet", "…", None])
def test_une_cellule_vide_ou_qui_le_dit_est_vide(genre, mot):
    valeur, note = genre.lire(mot)
    assert valeur in (None, "", [])
    assert bool(note) == bool(mot and mot.strip())


@PARTOUT
def test_une_cellule_obligatoire_ne_peut_etre_vide(genre):
    genre = type(genre)(*_arguments(genre), obligatoire=True)
    assert "vide" in refus(genre, "").raison
    assert "vide" in refus(genre, "-").raison


def _arguments(genre):
    return {Choix: [FIABILITES], ListeDe: [Siren()]}.get(type(genre), [])


@pytest.mark.parametrize(
    ("brut", "attendu"),
    [
        ("  Val   de\u00a0Fensch ", "Val de Fensch"),
        ("deux\nlignes", "deux lignes"),
        (1002.0, "1002"),
        (12.5, "12,5"),
        (True, "VRAI"),
        (datetime.date(2019, 3, 12), "12/03/2019"),
        ("'=1+1", "=1+1"),
        ("l'Ain", "l'Ain"),
        ("e\u0301te\u0301", "été"),
        ("\ufeffGex\u200b", "Gex"),
    ],
)
def test_un_texte(brut, attendu):
    assert Texte().clean(brut) == attendu


def test_un_texte_de_plusieurs_lignes_les_garde():
    assert Texte(plusieurs_lignes=True).clean("un\r\ndeux \x0btrois") == "un\ndeux\ntrois"


def test_un_texte_trop_long_est_refuse_avec_les_deux_nombres():
    erreur = refus(Texte(longueur=5), "abcdef")
    assert "6 caractères" in erreur.raison
    assert "5 au plus" in erreur.raison


@pytest.mark.parametrize("brut", ["a\x00b", "a\x07b", "a\ud800b"])
def test_un_caractere_qu_aucune_base_ne_garde_est_refuse(brut):
    assert "invisible" in refus(Texte(), brut).raison


@pytest.mark.parametrize("brut", ["oui", "OUI", "o", "x", "X", "vrai", "1", 1, 1.0, True, "✓"])
def test_oui(brut):
    assert Booleen().clean(brut) is True


@pytest.mark.parametrize("brut", ["non", "Non", "n", "faux", "0", 0, 0.0, False])
def test_non(brut):
    assert Booleen().clean(brut) is False


@pytest.mark.parametrize("brut", ["peut-être", "ok", 2, "oui et non", datetime.date(2019, 1, 1)])
def test_ni_oui_ni_non_est_refuse(brut):
    assert "ni oui ni non" in refus(Booleen(), brut).raison


def test_vide_ne_veut_pas_dire_non_sauf_dans_une_colonne_de_croix():
    assert Booleen().clean("") is None
    assert Booleen(vide=False).clean("") is False


@pytest.mark.parametrize("brut", ["confirme", "CONFIRMÉ PAR UNE SOURCE", " confirme  par une-source"])
def test_un_choix_se_nomme_par_sa_cle_ou_son_libelle(brut):
    assert Choix(FIABILITES).clean(brut) == "confirme"


def test_un_mot_pour_rien_peut_etre_un_choix():
    assert Choix(FIABILITES).clean("n.c.") == "nc"
    assert Choix(FIABILITES[:2]).clean("n.c.") is None


def test_un_choix_inconnu_dit_les_noms_proches_ou_tous():
    assert refus(Choix(FIABILITES), "probabl").remede == "Vouliez-vous dire «\xa0Probable\xa0»\xa0?"
    assert "Confirmé par une source" in refus(Choix(FIABILITES), "zzz").remede


def test_un_choix_equivoque_est_refuse():
    genre = Choix([("a", "Région"), ("b", "REGION")])
    assert "plusieurs" in refus(genre, "region").raison
    assert genre.clean("b") == "b"


def test_un_choix_a_des_synonymes():
    assert Choix(FIABILITES, synonymes={"sûr": "confirme"}).clean("Sur") == "confirme"


@pytest.mark.parametrize(
    "brut",
    [
        "200018653, 249730045",
        "200018653 ; 249730045",
        "200018653\n249730045",
        "200018653;\n249730045 ;",
        "200018653,249730045,",
    ],
)
def test_une_liste_de_codes_dans_une_cellule(brut):
    assert ListeDe(Siren()).clean(brut) == ["200018653", "249730045"]


def test_une_liste_d_un_seul_code_lu_comme_un_nombre():
    assert ListeDe(Siren()).clean(200018653.0) == ["200018653"]


def test_les_noms_d_une_liste_gardent_leurs_virgules():
    assert ListeDe(Texte(), virgule=False).clean("CC du Pays de Gex, Bellegarde ; CA Oyonnax") == [
        "CC du Pays de Gex, Bellegarde",
        "CA Oyonnax",
    ]


def test_un_seul_membre_refuse_refuse_toute_la_cellule():
    assert "«\xa01\xa0» est refusé" in refus(ListeDe(Siren()), "200018653 ; 1").raison


def test_un_membre_cite_deux_fois_est_dit():
    valeurs, note = ListeDe(CodeInsee()).lire("01002, 1002")
    assert valeurs == ["01002"]
    assert "cité deux fois" in note


def test_deux_codes_qu_excel_a_pris_pour_un_nombre_a_virgule_sont_refuses():
    refus(ListeDe(Siren()), 200018653.249730045)


@given(st.text())
def test_un_texte_protege_se_retrouve(texte):
    assert deproteger(proteger(texte)) == texte
    assert proteger(texte)[:1] not in ("=", "+", "-", "@", "\t", "\r")


def test_une_protection_ne_touche_pas_aux_autres_textes():
    assert [proteger(t) for t in ("l'Ain", "'ain", "=1", "'=1", "")] == ["l'Ain", "'ain", "'=1", "''=1", ""]


@given(st.lists(st.sampled_from(["200018653", "249730045", "356000000"]), unique=True))
def test_une_liste_ecrite_se_relit(codes):
    genre = ListeDe(Siren())
    assert genre.clean(genre.render(codes)) == codes


@given(st.sampled_from([True, False, None]))
def test_un_booleen_ecrit_se_relit(valeur):
    assert Booleen().clean(Booleen().render(valeur)) is valeur


def test_les_valeurs_natives_sont_rendues_telles_quelles_a_un_classeur():
    assert Date().render(datetime.date(2019, 3, 12), force_native_type=True) == datetime.date(2019, 3, 12)
    assert Date().render(None, force_native_type=True) == ""
    assert Choix(FIABILITES).render("probable") == "Probable"
