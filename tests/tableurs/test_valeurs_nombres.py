"""Numbers, amounts and shares as French offices write them."""

from decimal import Decimal as Dec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tableurs.valeurs import Decimal, Entier, Montant, Pourcentage, ValeurRefusee


def refus(genre, brut):
    with pytest.raises(ValeurRefusee) as erreur:
        genre.lire(brut)
    return erreur.value


@pytest.mark.parametrize(
    "brut",
    [
        "1234,56",
        "1 234,56 €",
        "1\u00a0234,56\u00a0€",
        "1\u202f234,56\u202f€",
        "1\u2009234,56€",
        "1'234,56",
        "1’234,56 EUR",
        "1.234,56",
        "1,234.56",
        "1 234.56 euros",
        "€ 1234.56",
        "+1234,56",
        "1,23456 k€",
        1234.56,
        Dec("1234.56"),
        1234.5600000001,
    ],
)
def test_un_montant_s_ecrit_de_bien_des_facons(brut):
    assert Montant().clean(brut) == Dec("1234.56")


@pytest.mark.parametrize(
    "brut", ["-1234,50", "−1 234,5", "(1 234,50)", "(1 234,50 €)", "1234,50-", "'-1234,50", -1234.5]
)
def test_un_montant_negatif_s_ecrit_de_bien_des_facons(brut):
    assert Montant().clean(brut) == Dec("-1234.50")


@pytest.mark.parametrize(
    ("brut", "attendu"),
    [
        ("1,36 M€", "1360000.00"),
        ("1 360 M€", "1360000000.00"),
        ("250 k€", "250000.00"),
        ("250 K€", "250000.00"),
        ("1,25 Md€", "1250000000.00"),
        ("2,5 millions d’euros", "2500000.00"),
        ("(3 k€)", "-3000.00"),
    ],
)
def test_une_unite_sans_equivoque_est_comprise_et_dite(brut, attendu):
    valeur, note = Montant().lire(brut)
    assert valeur == Dec(attendu)
    assert "est lu" in note


@pytest.mark.parametrize(
    "brut", ["5 m€", "5 M", "12 $", "12 £", "12,5 %", "12 kg", "douze", "12 34", "1 2345", "1.23.4"]
)
def test_ce_qui_n_est_pas_un_montant_sur_est_refuse(brut):
    assert refus(Montant(), brut).remede


@pytest.mark.parametrize(("brut", "lectures"), [("1.234", "1\u202f234"), ("1,234", "1\u202f234"), ("12.500", "12,500")])
def test_un_point_ou_une_virgule_avant_trois_chiffres_a_deux_lectures(brut, lectures):
    erreur = refus(Montant(), brut)
    assert "deux lectures" in erreur.raison
    assert lectures in erreur.raison


def test_la_colonne_peut_lever_le_doute():
    assert Decimal(decimales=3, point="decimal").clean("1.234") == Dec("1.234")
    assert Montant(point="milliers").clean("1.234") == Dec("1234.00")
    assert Decimal(decimales=3).clean("1,234") == Dec("1.234")
    assert Montant().clean("0.125 k€") == Dec("125.00")


@pytest.mark.parametrize("brut", ["1,5E+06", "2e5", "1E10"])
def test_la_notation_scientifique_est_refusee_car_des_chiffres_ont_pu_se_perdre(brut):
    assert "notation scientifique" in refus(Montant(), brut).raison


@pytest.mark.parametrize("brut", [12.345, "12,3456", 33.333333333])
def test_plus_de_deux_decimales_est_refuse_plutot_qu_arrondi(brut):
    assert "décimales" in refus(Montant(), brut).raison


@pytest.mark.parametrize("brut", [float("nan"), float("inf"), True, "9" * 40, 1e300, "9" * 4000])
def test_ce_qui_n_est_pas_un_nombre_fini_et_raisonnable_est_refuse(brut):
    refus(Montant(), brut)


def test_les_bornes_sont_dites():
    assert "minimum est 0" in refus(Entier(minimum=0), "-1").remede
    assert "maximum est 5" in refus(Entier(maximum=5), 6).remede


@pytest.mark.parametrize(
    ("brut", "attendu"),
    [("12", 12), ("12,0", 12), (12.0, 12), ("1 002", 1002), ("1,234,567", 1234567), ("1.234.567", 1234567)],
)
def test_un_entier(brut, attendu):
    valeur = Entier().clean(brut)
    assert valeur == attendu
    assert type(valeur) is int


def test_un_nombre_a_virgule_n_est_pas_un_entier():
    assert "entier" in refus(Entier(), "12,5").raison


@pytest.mark.parametrize(("brut", "attendu"), [("12,5 %", "12.50"), ("100%", "100.00"), ("50", "50.00"), (0, "0.00")])
def test_un_pourcentage_est_en_points(brut, attendu):
    assert Pourcentage().clean(brut) == Dec(attendu)


@pytest.mark.parametrize("brut", [0.5, "0,5", 1])
def test_une_part_sans_signe_a_deux_lectures(brut):
    assert "deux lectures" in refus(Pourcentage(), brut).raison
    assert Pourcentage(fraction=True).clean(brut) == Dec("50.00") * (2 if brut == 1 else 1)


def test_un_pourcentage_reste_entre_0_et_100():
    refus(Pourcentage(), "120 %")


@pytest.mark.parametrize("genre", [Montant(), Entier(), Decimal(3), Pourcentage()])
def test_vide_et_mots_pour_rien_donnent_rien(genre):
    assert genre.lire("  ") == genre.lire(None) == (None, "")
    valeur, note = genre.lire("n.c.")
    assert valeur is None
    assert "cellule vide" in note


@given(st.decimals(-(10**12), 10**12, places=2, allow_nan=False))
def test_un_montant_ecrit_se_relit(valeur):
    assert Montant().clean(Montant().render(valeur)) == valeur


@given(st.integers(-(10**14), 10**14))
def test_un_entier_ecrit_se_relit(valeur):
    assert Entier().clean(Entier().render(valeur)) == valeur


@given(st.integers(0, 10**12), st.sampled_from([" ", "\u00a0", "\u202f", "'", "."]))
def test_les_milliers_se_groupent_de_toutes_les_facons(entier, groupe):
    texte = f"{entier:,}".replace(",", groupe)
    assert Montant().clean(f"{texte},25 €") == Dec(entier) + Dec("0.25")
