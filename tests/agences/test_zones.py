"""Which agencies cover a territory, and which territories an agency covers: both ways agree."""

import datetime

import pytest

from agences import zones
from agences.models import Agence, Desserte
from comptes.acces import aujourdhui
from territoires.models import Collectivite, Composition, Inscription, Rattachement
from territoires.models.habilitations import inscriptions_actuelles
from tests.factories_agences import AgenceFactory, DesserteFactory

pytestmark = pytest.mark.django_db
# Of the territory of the cast: its lead region, the other one, a département of each, an EPCI of its own.
REGIONS, DEPARTEMENTS = ("32", "28"), ("80", "76")


def desservant(**lieu):
    return DesserteFactory(**{"region_id": None, **lieu}).agence


def couverts(agence):
    """Return the territories of today that an agency covers."""
    dessertes = Desserte.objects.en_cours().filter(agence=agence)
    inscriptions = inscriptions_actuelles().filter(zones.inscriptions_couvertes(dessertes))
    return set(inscriptions.values_list("territoire", flat=True))


@pytest.fixture
def epci(territoire):
    membres = Composition.objects.filter(inscription__territoire=territoire, au=None)
    return membres.exclude(collectivite__nature="COM").first().collectivite


def test_une_agence_couvre_par_sa_region_son_departement_son_epci_ou_le_territoire(territoire, voisin, epci):
    attendues = {
        *(desservant(region_id=code) for code in REGIONS),
        *(desservant(departement_id=code) for code in DEPARTEMENTS),
        desservant(collectivite=epci),
        desservant(territoire=territoire),
    }
    autres = {desservant(region_id="44"), desservant(departement_id="88"), desservant(territoire=voisin)}
    assert set(Agence.objects.couvrant([territoire.pk])) == attendues
    assert all(territoire.pk in couverts(agence) for agence in attendues)
    assert not any(territoire.pk in couverts(agence) for agence in autres)
    assert couverts(desservant(territoire=voisin)) == {voisin.pk}


def test_sans_zone_une_agence_ne_couvre_rien(territoire):
    agence = AgenceFactory()
    assert couverts(agence) == set()
    assert agence not in Agence.objects.couvrant([territoire.pk])


def test_les_deux_sens_disent_la_meme_chose(epci):
    """On every territory there is, for areas of all kinds."""
    for lieu in ({"region_id": "11"}, {"departement_id": "59"}, {"collectivite": epci}):
        agence = desservant(**lieu)
        siens = couverts(agence)
        assert siens
        for territoire in inscriptions_actuelles().values_list("territoire", flat=True):
            assert (territoire in siens) == Agence.objects.couvrant([territoire]).filter(pk=agence.pk).exists()


@pytest.mark.parametrize(
    ("du", "au", "couvre"), [(-2, None, True), (None, 0, True), (None, -1, False), (1, None, False)]
)
def test_une_zone_compte_ses_jours_compris(territoire, du, au, couvre):
    jours = {nom: dans and aujourdhui() + datetime.timedelta(days=dans) for nom, dans in (("du", du), ("au", au))}
    if au == 0:
        jours["au"] = aujourdhui()
    agence = desservant(territoire=territoire, **jours)
    assert (agence in Agence.objects.couvrant([territoire.pk])) == couvre
    assert (territoire.pk in couverts(agence)) == couvre


def test_un_epci_qui_a_pris_fin_compte_par_celui_qui_le_remplace(territoire, epci):
    ancien = Collectivite.objects.create(
        code="999999999", nature="CC", nom="CC d'avant", au=datetime.date(2025, 12, 31), remplacee_par=epci
    )
    agence = desservant(collectivite=ancien)
    assert agence in Agence.objects.couvrant([territoire.pk])
    assert territoire.pk in couverts(agence)


def test_une_commune_qui_a_quitte_un_epci_ne_compte_plus(territoire, epci):
    agence = desservant(collectivite=epci)
    Rattachement.objects.filter(groupement=epci).update(au=datetime.date(2025, 12, 31))
    assert agence not in Agence.objects.couvrant([territoire.pk])
    assert territoire.pk not in couverts(agence)


def test_les_agences_d_une_region(territoire, epci):
    dedans = {
        desservant(region_id="32"),
        desservant(departement_id="80"),
        desservant(collectivite=epci),
        desservant(territoire=territoire),
    }
    desservant(region_id="44")
    desservant(departement_id="88")
    desservant(region_id="32", au=datetime.date(2020, 1, 1))
    assert set(Agence.objects.de_la_region("32")) == dedans


def test_le_nombre_de_requetes_ne_depend_pas_des_agences(territoire, django_assert_num_queries):
    for combien in (2, 80):
        for _ in range(combien):
            desservant(region_id="32")
            desservant(departement_id="80")
        with django_assert_num_queries(1):
            assert len(Agence.objects.couvrant([territoire.pk])) >= combien
        with django_assert_num_queries(1):
            assert len(Inscription.objects.filter(zones.inscriptions_couvertes(Desserte.objects.en_cours()))) > 2
