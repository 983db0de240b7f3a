"""Dates as French offices write them."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tableurs.valeurs import Date, DateApprochee, ValeurRefusee
from tableurs.valeurs.dates import ANNEE, JOUR, MOIS_SEUL

LE_12_MARS = datetime.date(2019, 3, 12)
# Cells have no time zone.
A_DIX_HEURES = datetime.datetime(2019, 3, 12, 10)  # noqa: DTZ001
A_MINUIT = datetime.datetime(2019, 3, 12)  # noqa: DTZ001


def refus(brut, genre=None):
    with pytest.raises(ValeurRefusee) as erreur:
        (genre or Date()).lire(brut)
    return erreur.value


@pytest.mark.parametrize(
    "brut",
    [
        "12/03/2019",
        "12/3/2019",
        "12-03-2019",
        "12.03.2019",
        "12 03 2019",
        " 12 / 03 / 2019 ",
        "2019-03-12",
        "2019/03/12",
        "2019-03-12T00:00:00",
        "2019-03-12 10:30:00",
        "12/03/2019 10:30",
        "12 mars 2019",
        "12 MARS 2019",
        "mardi 12 mars 2019",
        "12-mars-2019",
        "12\u00a0mars\u00a02019",
        LE_12_MARS,
        A_MINUIT,
        A_DIX_HEURES,
        43536,
        43536.0,
        "43536",
    ],
)
def test_une_date_s_ecrit_de_bien_des_facons(brut):
    assert Date().clean(brut) == LE_12_MARS


@pytest.mark.parametrize(
    ("brut", "attendu"),
    [
        ("1er janvier 2019", (2019, 1, 1)),
        ("3 févr. 2019", (2019, 2, 3)),
        ("14 août 2020", (2020, 8, 14)),
        ("31 déc. 2018", (2018, 12, 31)),
        ("03/12/2019", (2019, 12, 3)),
    ],
)
def test_le_jour_vient_avant_le_mois(brut, attendu):
    assert Date().clean(brut) == datetime.date(*attendu)


@pytest.mark.parametrize("brut", ["31/02/2019", "29/02/2019", "00/01/2019", "31 avril 2019", "2019-13-01"])
def test_un_jour_impossible_est_refuse(brut):
    assert "calendrier" in refus(brut).raison


def test_une_date_a_l_americaine_est_refusee_et_nommee():
    assert "américaine" in refus("03/25/2019").raison


@pytest.mark.parametrize("brut", ["12/03/19", "12-mars-19", "12 mars 19"])
def test_une_annee_de_deux_chiffres_a_deux_lectures(brut):
    assert "1919 ou 2019" in refus(brut).raison


@pytest.mark.parametrize(
    "brut",
    ["demain", "12/2019/03", 12, 100_000, 43536.5, True, datetime.time(10), "foo 12 mars 2019", "12 brumaire 2019",
     "12/03/0019", datetime.date(19, 3, 12), "20190312", float("nan"), float("inf")],
)  # fmt: skip
def test_ce_qui_n_est_pas_une_date_sure_est_refuse(brut):
    refus(brut)


@pytest.mark.parametrize("brut", ["mars 2019", "03/2019", "2019", 2019])
def test_un_mois_ou_une_annee_ne_suffit_pas_a_un_jour(brut):
    assert "Il manque" in refus(brut).raison


@pytest.mark.parametrize(
    ("brut", "attendu"),
    [
        ("mars 2019", (datetime.date(2019, 3, 1), MOIS_SEUL)),
        ("03/2019", (datetime.date(2019, 3, 1), MOIS_SEUL)),
        ("2019", (datetime.date(2019, 1, 1), ANNEE)),
        (2019.0, (datetime.date(2019, 1, 1), ANNEE)),
        ("12/03/2019", (LE_12_MARS, JOUR)),
        (LE_12_MARS, (LE_12_MARS, JOUR)),
    ],
)
def test_une_date_approchee_dit_sa_precision(brut, attendu):
    assert DateApprochee().clean(brut) == attendu


def test_une_precision_peut_etre_exclue():
    genre = DateApprochee(precisions=(JOUR, MOIS_SEUL))
    assert genre.clean("mars 2019").precision == MOIS_SEUL
    refus("2019", genre)


def test_un_numero_d_excel_est_dit_et_depend_du_calendrier_du_classeur():
    valeur, note = Date().lire(43536)
    assert (valeur, "numéro de date d'Excel" in note) == (LE_12_MARS, True)
    assert Date(epoque=1904).clean(43536 - 1462) == LE_12_MARS


def test_une_heure_qui_disparait_est_dite():
    assert "12/03/2019 10:00" in Date().lire(A_DIX_HEURES).note
    assert Date().lire(A_MINUIT).note == ""


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)))
def test_une_date_ecrite_se_relit(jour):
    assert Date().clean(Date().render(jour)) == jour
    assert Date().clean(jour.isoformat()) == jour


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 1)), st.sampled_from([JOUR, MOIS_SEUL, ANNEE]))
def test_une_date_approchee_ecrite_se_relit(jour, precision):
    genre = DateApprochee()
    valeur = genre.clean(genre.render((jour, precision)))
    assert valeur.precision == precision
    assert valeur.jour.year == jour.year
