"""Every public page: at most eight queries, and the same number for two rows as for all."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from comptes.pages_publiques import cache
from programme.models import Besoin, Enveloppe, Mesure
from territoires import recherche
from territoires.models import Composition, Inscription, Perimetre
from tests import factories as f
from tests.pilotage.lecture import pages_publiques

pytestmark = pytest.mark.django_db

BUDGET = 8
# One query a section and one for its dates; read by robots, now and then.
# A territory also says who steers it (its team, then the numbers of the others), its agencies, projects and contracts.
# The first list of projects after a change of the reference reads what its filters propose: five queries, then kept.
BUDGETS = {"accueil": 9, "sitemap": 12, "territoire": 13, "projets": 12, "projets_carte": 12}
PUBLIQUES = list(pages_publiques().values())


def compter(client, adresse):
    """Return the number of queries of a page that nothing has kept: neither its answer, nor any outline."""
    cache.clear()
    recherche._contours_gardes.clear()
    with CaptureQueriesContext(connection) as requetes:
        assert client.get(adresse).status_code in (200, 302), adresse
    return len(requetes)


@pytest.mark.parametrize("adresse", PUBLIQUES, ids=lambda adresse: adresse.nom)
def test_chaque_page_publique_tient_dans_son_budget(client, reference, adresse):
    assert compter(client, adresse.exemple()) <= BUDGETS.get(adresse.nom, BUDGET)


def test_toutes_les_pages_publiques_sont_comptees():
    assert len(PUBLIQUES) >= 16


@pytest.mark.parametrize(
    "adresse",
    [
        "/communes/59183/",  # yes
        "/communes/75056/",  # no, with the nearest
        "/communes/97611/",  # no, and none near
        "/communes/27676/",  # had another code
        "/communes/?q=dunkerke",
        "/communes/?q=51300",
        "/communes/suggestions/?q=saint",
        "/carte/?region=28&liste=2018-11-22",
        "/territoires/?liste=2022-12-31&q=val&region=44&departement=54&fiabilite=officiel&tri=-region&page=1",
        "/territoires/?region=ZZ&departement=ZZ",
        "/territoires/?page=3",
        "/territoires/vallee-de-lhuisne/",
        "/territoires/aix-marseille-provence/",
    ],
)
def test_les_questions_tiennent_aussi_dans_le_budget(client, adresse):
    page = resolve(adresse.partition("?")[0]).view_name
    assert compter(client, adresse) <= BUDGETS.get(page, BUDGET)


@pytest.mark.parametrize("adresse", ["/absente/", "/territoires/absent/", "/communes/99999/", "/mesures/absente/"])
def test_une_page_introuvable_ne_coute_presque_rien(client, adresse):
    with CaptureQueriesContext(connection) as requetes:
        assert client.get(adresse).status_code == 404
    assert len(requetes) <= (3 if connection.vendor == "postgresql" else 2)


@pytest.fixture
def petite_liste():
    """Two territories, each with one member, one commune, one département, and the other as its neighbour."""
    liste = f.ListeFactory()
    departement = f.DepartementFactory()
    region = f.FondDeCarteFactory(region=departement.region).region
    perimetres = [f.PerimetreFactory(inscription__liste=liste, inscription__region=region) for _ in range(2)]
    for perimetre, voisin in zip(perimetres, perimetres[::-1], strict=True):
        inscription = perimetre.inscription
        inscription.regions.add(region)
        perimetre.departements.add(departement)
        perimetre.regions.add(region)
        perimetre.voisins.add(voisin.inscription)
        f.CompositionFactory(inscription=inscription)
        f.CouvertureFactory(inscription=inscription, commune__departement=departement)
    return liste


@pytest.mark.parametrize(
    "chemin", ["/?liste={}", "/carte/?liste={}", "/territoires/?liste={}", "/territoires/?liste={}&q=t"]
)
def test_une_liste_de_deux_territoires_coute_autant_que_celle_de_149(client, petite_liste, chemin):
    petite, grande = (compter(client, chemin.format(slug)) for slug in (petite_liste.slug, "2022-12-31"))
    assert petite == grande


def test_une_region_de_deux_territoires_coute_autant_qu_une_de_vingt(client, petite_liste):
    region = petite_liste.inscriptions.first().region_id
    petite = compter(client, f"/carte/?liste={petite_liste.slug}&region={region}")
    assert petite == compter(client, "/carte/?liste=2022-12-31&region=84")


def test_un_territoire_d_un_membre_coute_autant_qu_un_de_dix_neuf(client, petite_liste):
    petit = petite_liste.inscriptions.first().territoire
    grand = Inscription.objects.get(liste__slug="2022-12-31", territoire__slug="aix-marseille-provence")
    assert Composition.objects.filter(inscription=grand).count() == 19
    assert Perimetre.objects.get(pk=grand.pk).voisins.exists()
    assert compter(client, petit.get_absolute_url()) == compter(client, grand.territoire.get_absolute_url())


def test_un_territoire_de_plus_de_listes_ne_coute_pas_plus(client, petite_liste):
    territoire = petite_liste.inscriptions.first().territoire
    avant = compter(client, territoire.get_absolute_url())
    for annee in range(2020, 2025):
        autre = f.InscriptionFactory(
            territoire=territoire, liste=f.ListeFactory(phase=territoire.phase, date=f"{annee}-01-01")
        )
        f.CompositionFactory(inscription=autre)
        f.FiliationFactory(origine=territoire)
        f.FondDeCarteFactory(region=autre.region)
    assert compter(client, territoire.get_absolute_url()) <= avant


def test_une_commune_dans_plus_de_listes_ne_coute_pas_plus(client):
    avant = compter(client, "/communes/59183/")
    for annee in range(2010, 2016):
        f.CouvertureFactory(commune_id="59183", inscription__liste__date=f"{annee}-01-01")
    assert compter(client, "/communes/59183/") == avant


def test_deux_mesures_coutent_autant_que_dix_huit(client):
    toutes = compter(client, "/mesures/"), compter(client, "/")
    Mesure.objects.exclude(code__in=["ATT-1", "REC-1"]).delete()
    Besoin.objects.filter(mesures=None).delete()
    assert (compter(client, "/mesures/"), compter(client, "/")) == toutes
    seule = compter(client, "/mesures/ATT-1/")
    f.MesureFactory(besoin__phase=Besoin.objects.first().phase)
    for _ in range(5):
        f.MesureFactory(besoin=Besoin.objects.get(code="attirer"))
    assert compter(client, "/mesures/ATT-1/") == seule


def test_une_enveloppe_coute_autant_que_trois(client):
    trois = compter(client, "/financements/")
    Enveloppe.objects.exclude(code="PIC").delete()
    assert compter(client, "/financements/") == trois


def test_un_choix_de_deux_communes_coute_autant_qu_un_de_quarante(client):
    textes = ("59140", "saint-denis", "51300", "51800", "saint")
    assert len({compter(client, f"/communes/?q={texte}") for texte in textes}) == 1


def test_le_plan_pour_les_robots_ne_coute_pas_plus_quand_il_s_allonge(client):
    avant = compter(client, "/sitemap.xml")
    for _ in range(5):
        f.InscriptionFactory()
        f.MesureFactory()
    assert compter(client, "/sitemap.xml") == avant
