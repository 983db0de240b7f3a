"""A member enters or leaves on its day: perimeters follow that night, once, by the command or by the worker."""

import datetime
import logging

import pytest
from django.core.management import CommandError, call_command
from django_tasks_db.models import DBTaskResult

from territoires import echeances, taches
from territoires.models import Perimetre
from tests import factories as f

pytestmark = pytest.mark.django_db

J = datetime.date
AVANT, JOUR, APRES = J(2021, 5, 9), J(2021, 5, 10), J(2021, 5, 11)


@pytest.fixture(autouse=True)
def le_jour(time_machine):
    """Return a function that goes to the middle of a day in Paris."""

    def aller(jour):
        time_machine.move_to(f"{jour.isoformat()}T12:00:00+02:00", tick=False)

    aller(AVANT)
    return aller


@pytest.fixture
def appliquees(monkeypatch):
    """The lists computed again: drawing them takes seconds and is tested with `perimetres`."""
    demandees = []

    def appliquer(liste):
        demandees.append(liste)
        Perimetre.objects.filter(inscription__liste=liste).delete()
        for inscription in liste.inscriptions.all():
            f.PerimetreFactory(inscription=inscription)

    monkeypatch.setattr(echeances.perimetres, "appliquer", appliquer)
    return demandees


@pytest.fixture
def inscription(appliquees):
    """A territory computed the day before, with a member that stays."""
    inscrite = f.InscriptionFactory(liste__titre="Liste d'essai")
    f.CompositionFactory(inscription=inscrite)
    f.PerimetreFactory(inscription=inscrite)
    return inscrite


@pytest.mark.parametrize(
    ("dates", "concernee"),
    [
        ({}, False),
        ({"du": JOUR}, True),
        ({"au": AVANT}, True),
        ({"du": AVANT, "au": JOUR}, False),
        ({"du": APRES}, False),
        ({"au": APRES}, False),
        # Already so when the list was computed.
        ({"du": AVANT}, False),
        ({"au": J(2021, 5, 8)}, False),
    ],
)
def test_une_liste_est_recalculee_le_jour_ou_un_membre_entre_ou_le_lendemain_de_sa_sortie(
    inscription, appliquees, le_jour, dates, concernee
):
    f.CompositionFactory(inscription=inscription, **dates)
    le_jour(JOUR)
    assert echeances.recalculer() == ([(inscription.liste, [])] if concernee else [])
    assert appliquees == ([inscription.liste] if concernee else [])


def test_recommencer_ne_refait_rien(inscription, appliquees, le_jour):
    f.CompositionFactory(inscription=inscription, du=JOUR)
    le_jour(JOUR)
    echeances.recalculer()
    assert echeances.recalculer() == []
    le_jour(APRES)
    assert echeances.recalculer() == []
    assert len(appliquees) == 1


def test_une_nuit_manquee_se_rattrape(inscription, appliquees, le_jour):
    f.CompositionFactory(inscription=inscription, du=JOUR)
    f.CompositionFactory(inscription=inscription, au=APRES)
    le_jour(J(2021, 6, 1))
    echeances.recalculer()
    assert appliquees == [inscription.liste]


def test_les_autres_listes_ne_sont_pas_touchees(inscription, appliquees, le_jour):
    autre = f.CompositionFactory().inscription
    f.PerimetreFactory(inscription=autre)
    f.CompositionFactory(inscription=inscription, du=JOUR)
    le_jour(JOUR)
    echeances.recalculer()
    assert autre.liste not in appliquees


def test_une_liste_qui_se_contredit_est_laissee_et_le_dit(inscription, appliquees, le_jour, capsys, caplog):
    voisine = f.InscriptionFactory(liste=inscription.liste)
    commune = f.CommuneFactory(nom="Tergny")
    for une in (inscription, voisine):
        f.CompositionFactory(inscription=une, collectivite=commune, du=JOUR)
    le_jour(JOUR)
    with pytest.raises(CommandError, match="se contredit"):
        call_command("recalculer_perimetres")
    assert "Tergny est déjà dans" in capsys.readouterr().out
    assert appliquees == []
    with caplog.at_level(logging.ERROR):
        taches.recalculer_les_echeances.func()
    assert "Tergny est déjà dans" in caplog.text


def test_la_commande_dit_ce_qu_elle_a_fait(inscription, le_jour, capsys):
    f.CompositionFactory(inscription=inscription, du=JOUR)
    le_jour(JOUR)
    call_command("recalculer_perimetres")
    call_command("recalculer_perimetres")
    assert capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ").splitlines() == [
        f"Périmètres de « {inscription.liste} » : recalculés.".replace("\N{NO-BREAK SPACE}", " "),
        "Aucun membre n'est entré ni sorti depuis le dernier calcul.",
    ]


def prevues():
    """Return when the worker will do it, in Paris."""
    taches_prevues = DBTaskResult.objects.filter(task_path=taches.recalculer_les_echeances.module_path)
    return [tache.run_after.astimezone(datetime.timezone(datetime.timedelta(hours=2))) for tache in taches_prevues]


def a_minuit_cinq(jour):
    return datetime.datetime.combine(jour, datetime.time(0, 5), datetime.timezone(datetime.timedelta(hours=2)))


@pytest.mark.parametrize(("dates", "quand"), [({"du": APRES}, APRES), ({"au": JOUR}, APRES), ({"au": AVANT}, JOUR)])
def test_l_ouvrier_recalcule_le_jour_venu(inscription, dates, quand):
    f.CompositionFactory(inscription=inscription, **dates)
    for _ in range(2):
        taches.prevoir_les_echeances()
    assert prevues() == [a_minuit_cinq(quand)]


def test_une_echeance_plus_proche_est_prevue_aussi(inscription):
    f.CompositionFactory(inscription=inscription, du=J(2021, 8, 1))
    taches.prevoir_les_echeances()
    f.CompositionFactory(inscription=inscription, du=JOUR)
    taches.prevoir_les_echeances()
    assert sorted(prevues()) == [a_minuit_cinq(JOUR), a_minuit_cinq(J(2021, 8, 1))]


@pytest.mark.parametrize("dates", [{}, {"du": AVANT}, {"au": J(2021, 5, 8)}])
def test_sans_echeance_rien_n_est_prevu(inscription, dates):
    f.CompositionFactory(inscription=inscription, **dates)
    taches.prevoir_les_echeances()
    assert prevues() == []


def test_l_ouvrier_prevoit_la_suite(inscription, appliquees, le_jour):
    f.CompositionFactory(inscription=inscription, du=JOUR, au=J(2021, 7, 31))
    le_jour(JOUR)
    taches.recalculer_les_echeances.func()
    assert appliquees == [inscription.liste]
    assert prevues() == [a_minuit_cinq(J(2021, 8, 1))]
