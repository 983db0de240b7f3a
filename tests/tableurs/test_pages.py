"""Pages of long lists, by the row that comes before them."""

import datetime

import pytest
from django.http import Http404
from django.test import RequestFactory
from django.utils import timezone

from programme.enums import EtatProjet
from programme.models import Projet
from tableurs.pages import PageParCle
from tests.factories_projets import ProjetFactory, projet_en

pytestmark = pytest.mark.django_db
ORDRES = [("-etat_depuis", "-pk"), ("etat_depuis", "-pk"), ("recherche", "-pk"), ("-territoire__slug", "-pk")]


def page(requete="", ordre=ORDRES[0], taille=3):
    return PageParCle(RequestFactory().get(f"/?{requete}"), Projet.objects.order_by(*ordre), taille)


@pytest.fixture
def projets(territoire, voisin):
    """Eleven, by pairs of one instant, one title and one territory: only the key tells them apart."""
    instant = timezone.now()
    return [
        ProjetFactory(
            titre=f"Projet {rang // 3}",
            territoire=voisin if rang % 2 else territoire,
            etat_depuis=instant - datetime.timedelta(hours=rang // 2),
        )
        for rang in range(11)
    ]


@pytest.mark.usefixtures("projets")
@pytest.mark.parametrize("ordre", ORDRES)
def test_on_va_d_un_bout_a_l_autre_et_retour_sans_rien_perdre(ordre):
    attendus = list(Projet.objects.order_by(*ordre))
    lues, courante = [], page(ordre=ordre)
    assert courante.premiere
    while True:
        lues += courante.object_list
        if not courante.has_next:
            break
        courante = page(courante.suivante, ordre)
    assert lues == attendus
    retour = []
    while True:
        retour = courante.object_list + retour
        if not courante.has_previous:
            break
        courante = page(courante.precedente, ordre)
    assert retour == attendus


@pytest.mark.usefixtures("projets")
def test_la_derniere_page_finit_la_liste():
    fin = page("fin=1")
    assert fin.object_list == list(Projet.objects.order_by(*ORDRES[0]))[-3:]
    assert fin.has_previous
    assert not fin.has_next


@pytest.mark.parametrize("requete", ["apres=2222222222", "avant=%00", "apres=é", "apres=" + "x" * 5000])
@pytest.mark.usefixtures("projets")
def test_un_repere_inconnu_est_une_page_inconnue(requete):
    with pytest.raises(Http404):
        page(requete)


def test_apres_la_derniere_ligne_il_n_y_a_pas_de_page(projets):
    dernier = Projet.objects.order_by(*ORDRES[0]).last()
    with pytest.raises(Http404):
        page(f"apres={dernier.cle}")


@pytest.mark.usefixtures("projets")
def test_le_compte_est_exact_jusqu_a_sa_limite_et_pas_au_dela(monkeypatch, django_assert_num_queries):
    assert page().nombre == 11
    monkeypatch.setattr(PageParCle, "compte_max", 10)
    assert page().au_dela_du_compte
    assert page().nombre == 11
    with django_assert_num_queries(1):
        # All on one page: nothing to count.
        assert page(taille=20).nombre == 11


def test_une_liste_vide_n_a_pas_d_autre_page():
    vide = page()
    assert not vide.has_other_pages
    assert vide.nombre == 0


def test_au_dela_de_la_limite_la_liste_des_projets_le_dit(client, territoire, monkeypatch):
    for _ in range(3):
        projet_en(EtatProjet.INSCRIT, territoire=territoire)
    monkeypatch.setattr(PageParCle, "compte_max", 2)
    monkeypatch.setattr("programme.views.projets.LIGNES_PAR_PAGE", 1)
    html = client.get("/projets/").text
    assert "Plus de 2\N{NO-BREAK SPACE}projets" in html
    assert 'rel="next" href="?apres=' in html
