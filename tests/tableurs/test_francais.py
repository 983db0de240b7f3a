"""French text and numbers, as readers expect them."""

import datetime
import string
from decimal import Decimal

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from tableurs import francais
from tableurs.francais import FINE, INSECABLE


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("Saint-Étienne", "saint etienne"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("Œuilly", "oeuilly"),
        ("ŒUILLY", "oeuilly"),
        ("Lægt", "laegt"),
        ("Ævar", "aevar"),
        ("Straße", "strasse"),
        ("Malmø", "malmo"),
        ("  Pas   de\tCalais\n", "pas de calais"),
        ("Plœmeur", "ploemeur"),
        ("e\u0301te\u0301", "ete"),
        ("İstanbul", "istanbul"),
        ("ﬁnistère", "finistere"),
        ("２Ａ００４", "2a004"),
        ("%_*?", ""),
        ("\x00a\x00", "a"),
        ("😀", ""),
        ("", ""),
    ],
)
def test_un_texte_se_compare_sans_accent_ni_casse_ni_ponctuation(texte, attendu):
    assert francais.normaliser(texte) == attendu


@given(st.text())
def test_un_texte_normalise_n_a_que_des_lettres_des_chiffres_et_des_espaces_simples(texte):
    normalise = francais.normaliser(texte)
    assert set(normalise) <= set(string.ascii_lowercase + string.digits + " ")
    assert normalise == " ".join(normalise.split())
    assert francais.normaliser(normalise) == normalise


@pytest.mark.parametrize(
    ("valeur", "decimales", "attendu"),
    [
        (0, 0, "0"),
        (999, 0, "999"),
        (1250, 0, f"1{FINE}250"),
        (1234567, 0, f"1{FINE}234{FINE}567"),
        (-1250, 0, f"-1{FINE}250"),
        (Decimal("12.5"), 1, "12,5"),
        (Decimal("12.5"), 0, "13"),
        (Decimal("0.5"), 0, "1"),
        (1.005, 2, "1,01"),
        (Decimal("1234.5"), 2, f"1{FINE}234,50"),
        (None, 0, ""),
    ],
)
def test_un_nombre_s_ecrit_a_la_francaise(valeur, decimales, attendu):
    assert francais.nombre(valeur, decimales) == attendu


@given(st.integers(-(10**15), 10**15))
def test_un_nombre_ecrit_se_relit(valeur):
    assert int(francais.nombre(valeur).replace(FINE, "")) == valeur


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        (Decimal(1_250_000), f"1{FINE}250{FINE}000,00{INSECABLE}€"),
        (Decimal("0.1"), f"0,10{INSECABLE}€"),
        (Decimal("-3.999"), f"-4,00{INSECABLE}€"),
        (None, ""),
    ],
)
def test_un_montant_s_ecrit_au_centime(valeur, attendu):
    assert francais.montant(valeur) == attendu


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        (1_360_000_000, f"1{FINE}360{INSECABLE}M€"),
        (Decimal("1500000.00"), f"1,5{INSECABLE}M€"),
        (Decimal("250000000.00"), f"250{INSECABLE}M€"),
        (0, f"0{INSECABLE}M€"),
        (None, ""),
    ],
)
def test_un_resume_s_ecrit_en_millions(valeur, attendu):
    assert francais.millions(valeur) == attendu


@pytest.mark.parametrize(
    ("valeur", "total", "attendu"),
    [(1, 3, f"33{FINE}%"), (30, 100, f"30{FINE}%"), (0, 5, f"0{FINE}%"), (Decimal("0.5"), 1, f"50{FINE}%"), (1, 0, "")],
)
def test_une_part_s_ecrit_en_pourcentage_entier(valeur, total, attendu):
    assert francais.part(valeur, total) == attendu


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        (datetime.date(2018, 11, 22), f"22{INSECABLE}novembre{INSECABLE}2018"),
        (datetime.date(2019, 1, 1), f"1er{INSECABLE}janvier{INSECABLE}2019"),
        (datetime.date(2021, 8, 31), f"31{INSECABLE}août{INSECABLE}2021"),
        (None, ""),
    ],
)
def test_une_date_s_ecrit_en_mots(valeur, attendu):
    assert francais.jour(valeur) == attendu


def test_chaque_mois_a_son_nom():
    assert len(francais.MOIS) == 12
    assert francais.jour(datetime.date(2020, 2, 2)).split(INSECABLE)[1] == "février"
    assert francais.jour(datetime.date(2020, 12, 2)).split(INSECABLE)[1] == "décembre"


@pytest.mark.parametrize(
    ("quantite", "attendu"),
    [(0, "lieu"), (1, "lieu"), (Decimal("1.5"), "lieu"), (2, "lieux"), (-1, "lieu"), (-2, "lieux")],
)
def test_un_mot_s_accorde_avec_sa_quantite(quantite, attendu):
    assert francais.pluriel(quantite, "lieu", "lieux") == attendu


def test_un_mot_prend_un_s_au_pluriel():
    assert francais.pluriel(2, "commune") == "communes"


@pytest.mark.parametrize(
    ("elements", "attendu"),
    [([], ""), (["a"], "a"), (["a", "b"], "a et b"), (["a", "b", "c"], "a, b et c"), (range(1, 3), "1 et 2")],
)
def test_une_enumeration_se_termine_par_et(elements, attendu):
    assert francais.enumeration(elements) == attendu


@pytest.mark.parametrize(
    ("gabarit", "attendu"),
    [
        ("{{ n|nombre }}", f"1{FINE}250"),
        ("{{ n|nombre:1 }}", f"1{FINE}250,0"),
        ("{{ 2500000|millions }}", f"2,5{INSECABLE}M€"),
        ("{{ n|montant }}", f"1{FINE}250,00{INSECABLE}€"),
        ('{{ n|pluriel:"lieu,lieux" }}', "lieux"),
        ('{{ n|compte:"commune" }}', f"1{FINE}250{INSECABLE}communes"),
        ('{{ 1|compte:"lieu,lieux" }}', f"1{INSECABLE}lieu"),
        ("{{ noms|enumeration }}", "Ain et L&#x27;Aube"),
    ],
)
def test_les_gabarits_ont_les_memes_mots_sans_rien_charger(gabarit, attendu):
    assert Template(gabarit).render(Context({"n": 1250, "noms": ["Ain", "L'Aube"]})) == attendu
