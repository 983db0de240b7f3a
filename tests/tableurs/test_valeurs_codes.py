"""Codes that spreadsheets damage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tableurs.valeurs import CodeInsee, CodePostal, Siren, Siret, ValeurRefusee
from tableurs.valeurs.codes import cle_de_luhn


def refus(genre, brut):
    with pytest.raises(ValeurRefusee) as erreur:
        genre.lire(brut)
    return erreur.value


@pytest.mark.parametrize(
    "brut", ["01002", "1002", 1002, 1002.0, "1002.0", "1002,0", " 01 002 ", "01\u00a0002", "1,002E+03"]
)
def test_un_code_insee_retrouve_son_zero(brut):
    assert CodeInsee().clean(brut) == "01002"


def test_un_zero_retabli_est_dit():
    assert CodeInsee().lire(1002.0).note == "«\xa01002\xa0» est lu «\xa001002\xa0»\xa0: zéro initial rétabli."
    assert CodeInsee().lire("01002").note == ""


@pytest.mark.parametrize(
    ("brut", "attendu"), [("2a004", "2A004"), ("2B033", "2B033"), (97105, "97105"), ("98735", "98735")]
)
def test_la_corse_et_l_outre_mer(brut, attendu):
    assert CodeInsee().clean(brut) == attendu


@pytest.mark.parametrize(
    "brut", ["00001", "010020", "99999", "2C004", "2A04", 2, "1.002", 1.5, "Gex", True, "02A004", "96001"]
)
def test_ce_qui_n_est_pas_un_code_insee_est_refuse(brut):
    assert "code Insee" in refus(CodeInsee(), brut).raison


@pytest.mark.parametrize(
    ("brut", "attendu"), [("01100", "01100"), (1100.0, "01100"), ("75 001", "75001"), (97400, "97400")]
)
def test_un_code_postal(brut, attendu):
    assert CodePostal().clean(brut) == attendu


@pytest.mark.parametrize("brut", ["75001 CEDEX", "F-75001", "123", "00100"])
def test_un_code_postal_d_une_autre_forme_est_refuse(brut):
    refus(CodePostal(), brut)


@pytest.mark.parametrize(
    "brut", ["200018653", "200 018 653", "200.018.653", "200\u202f018\u202f653", 200018653, 200018653.0]
)
def test_un_siren_s_ecrit_de_bien_des_facons(brut):
    assert Siren().clean(brut) == "200018653"


@pytest.mark.parametrize("brut", ["2,00018653E+08", "2.00018653E+8", "2,00018653e+08"])
def test_une_notation_scientifique_qui_garde_tous_les_chiffres_est_lue(brut):
    assert Siren().clean(brut) == "200018653"


@pytest.mark.parametrize(("genre", "brut"), [(Siren(), "2,00019E+08"), (Siret(), "3,56E+13"), (CodeInsee(), 2e20)])
def test_une_notation_scientifique_qui_a_perdu_des_chiffres_est_refusee(genre, brut):
    assert "perdus" in refus(genre, brut).raison


def test_un_siren_dont_la_cle_est_fausse_est_refuse():
    erreur = refus(Siren(), "200018654")
    assert "clé de contrôle" in erreur.raison
    assert "dernier" in erreur.remede


def test_un_siren_retrouve_ses_zeros_quand_sa_cle_est_juste():
    assert Siren().clean(5520135) == "005520135"
    refus(Siren(), 5520136)


@pytest.mark.parametrize("brut", ["", "000000000", "12345678", "20001865A", "2000186530"])
def test_ce_qui_n_est_pas_un_siren_est_refuse(brut):
    refus(Siren(obligatoire=True), brut)


@pytest.mark.parametrize("brut", ["35600000000048", "356 000 000 00048", 35600000000048.0])
def test_un_siret(brut):
    assert Siret().clean(brut) == "35600000000048"


def test_les_etablissements_de_la_poste_ont_leur_propre_cle():
    assert not cle_de_luhn("35600000049837")
    assert Siret().clean("35600000049837") == "35600000049837"
    refus(Siret(), "35600000049838")


@given(st.integers(0, 99_999_999))
def test_tout_siren_a_un_seul_dernier_chiffre(debut):
    justes = [chiffre for chiffre in range(10) if cle_de_luhn(f"{debut:08}{chiffre}")]
    assert len(justes) == 1


@given(st.integers(1, 95), st.integers(0, 999))
def test_un_code_passe_par_un_nombre_se_relit(departement, commune):
    code = f"{departement:02}{commune:03}"
    assert CodeInsee().clean(float(code)) == CodeInsee().clean(CodeInsee().render(code)) == code
