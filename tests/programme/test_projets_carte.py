"""The map of projects: how many each territory has, as its reader sees them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programme.carte import classe_de
from programme.enums import EtatProjet
from tests.factories_projets import projet_en
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db
CARTE = reverse("projets_carte")


@pytest.fixture(autouse=True)
def sans_pages_gardees(settings):
    """The context of a page is read here: a kept one has none."""
    settings.DUREE_CACHE_PAGES = 0


def nombres(client, question=""):
    """Return {territory: projects} as the table says; the drawing must say the same."""
    reponse = client.get(CARTE + question)
    lus = {un["slug"]: un["nombre"] for un in reponse.context["perimetres"]}
    dessines = {t["slug"]: t["nombre"] for un in reponse.context["carte"].encarts for t in un.territoires}
    assert {slug: nombre for slug, nombre in dessines.items() if nombre} == lus
    return lus


@pytest.mark.parametrize(
    ("nombre", "classe"),
    [(0, "aucun"), (1, "peu"), (4, "peu"), (5, "plusieurs"), (9, "plusieurs"), (10, "beaucoup"), (400, "beaucoup")],
)
def test_une_classe_commence_a_son_minimum(nombre, classe):
    assert classe_de(nombre) == classe


def test_chacun_compte_ce_qu_il_lit(client, personnages, territoire, voisin):
    projet_en(EtatProjet.INSCRIT, territoire=territoire)
    projet_en(EtatProjet.INSCRIT, territoire=territoire, non_public_motif="Secret industriel.")
    projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    projet_en(EtatProjet.TRANSMIS, territoire=voisin)
    assert nombres(client) == {territoire.slug: 1}
    client.force_login(personnages["lecture"])
    # With the idea whose porteur is of the cast.
    assert nombres(client) == {territoire.slug: 4}
    client.force_login(personnages["équipe voisine"])
    assert nombres(client) == {territoire.slug: 1, voisin.slug: 1}


def test_la_carte_garde_les_filtres_de_la_liste(client, territoire, voisin):
    projet_en(EtatProjet.INSCRIT, territoire=territoire)
    projet_en(EtatProjet.REALISE, territoire=voisin)
    assert nombres(client, "?etat=realise") == {voisin.slug: 1}
    page = client.get(CARTE + "?etat=realise")
    assert reverse("projets") + "?etat=realise#tableau" in page.text
    assert reverse("projets_carte") + "?etat=realise" in client.get(reverse("projets") + "?etat=realise").text


def test_une_recherche_incomprise_le_dit_et_ne_montre_rien(client, territoire):
    projet_en(EtatProjet.INSCRIT, territoire=territoire)
    page = Page(client.get(CARTE + "?etat=nimporte"))
    assert "n'est pas comprise" in page.mots
    assert nombres(client, "?etat=nimporte") == {}


def test_sans_projet_la_carte_dit_pourquoi(client):
    assert "Aucun projet à montrer ici" in Page(client.get(CARTE)).mots


def test_la_carte_ne_coute_pas_plus_pour_trente_projets_que_pour_deux(client, personnages, territoire, voisin):
    client.force_login(personnages["pilote"])

    def compter():
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(CARTE).status_code == 200
        return len(requetes)

    for lieu in (territoire, voisin):
        projet_en(EtatProjet.INSCRIT, territoire=lieu)
    compter()
    projet_en(EtatProjet.INSCRIT, territoire=territoire)
    deux = compter()
    for _ in range(28):
        projet_en(EtatProjet.INSCRIT, territoire=territoire)
    assert compter() == deux <= 13
