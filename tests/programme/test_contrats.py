"""The contracts of the territories: who keeps them, what anyone reads of them."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes.pages_publiques import cache
from programme.enums import EtatProjet, GenreContrat
from programme.models import Contrat
from tests.factories_comites import ContratFactory
from tests.factories_projets import projet_en
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db
ENVOI = {"genre": "contrat", "signe_le": "2024-03-01", "du": "2024-03-01", "signataires": "La Région\nL'État"}


def nouveau(territoire):
    return f"{reverse('contrat_nouveau')}?territoire={territoire.slug}"


def modifier(contrat):
    return reverse("contrat_modifier", args=[contrat.cle])


def test_le_pilote_enregistre_un_contrat_et_ses_projets(client, territoire, personnages):
    inscrit = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    en_cours, ailleurs = projet_en(EtatProjet.INSTRUCTION, territoire=territoire), projet_en(EtatProjet.INSCRIT)
    client.force_login(personnages["pilote"])
    assert "de quel territoire" in Page(client.get(reverse("contrat_nouveau"))).mots
    mots = Page(client.get(nouveau(territoire))).mots
    assert inscrit.titre in mots
    assert en_cours.numero not in mots
    for refuse in (en_cours, ailleurs):
        page = Page(client.post(nouveau(territoire), ENVOI | {"projets": [refuse.cle]}))
        assert "Le contrat n'est pas enregistré" in page.mots
    assert client.post(nouveau(territoire), ENVOI | {"projets": [inscrit.cle]}).url == reverse("contrats")
    contrat = Contrat.objects.get()
    assert (contrat.territoire, contrat.saisi_par) == (territoire, personnages["pilote"])
    assert list(contrat.projets.all()) == [inscrit]
    assert [un.projet for un in contrat.historique.first().projets.all()] == [inscrit]


def test_un_avenant_modifie_un_contrat_du_territoire(client, territoire, personnages):
    contrat, d_ailleurs = ContratFactory(territoire=territoire), ContratFactory()
    client.force_login(personnages["agent instructeur"])
    avenant = ENVOI | {"genre": "avenant"}
    assert "quel contrat cet avenant modifie" in Page(client.post(nouveau(territoire), avenant)).mots
    page = Page(client.post(nouveau(territoire), avenant | {"contrat_initial": d_ailleurs.cle}))
    assert "n'est pas enregistré" in page.mots
    page = Page(client.post(nouveau(territoire), ENVOI | {"contrat_initial": contrat.cle}))
    assert "Seul un avenant" in page.mots
    client.post(nouveau(territoire), avenant | {"contrat_initial": contrat.cle})
    avenant = Contrat.objects.get(genre=GenreContrat.AVENANT)
    assert avenant.contrat_initial == contrat
    # As it is shown, it may be sent again.
    assert "Contrat du 1er mars 2024" in Page(client.get(modifier(avenant))).champs["choisis"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"au": "2020-01-01"}, "doit suivre son début"),
        ({"signe_le": "2099-01-01"}, "à venir"),
        ({"signataires": " "}, "Signataires"),
        ({"genre": ""}, "Nature"),
    ],
)
def test_ce_qui_manque_a_un_contrat_se_dit(client, territoire, personnages, change, message):
    client.force_login(personnages["pilote"])
    page = Page(client.post(nouveau(territoire), ENVOI | change))
    assert "Le contrat n'est pas enregistré" in page.mots
    assert message in page.mots
    assert not Contrat.objects.exists()


def test_on_n_enregistre_pas_le_contrat_d_une_autre_region(client, territoire, voisin, personnages):
    client.force_login(personnages["pilote d'une région associée"])
    assert "n'est pas compris" in Page(client.post(nouveau(territoire), ENVOI)).mots
    client.force_login(personnages["pilote voisin"])
    contrat = ContratFactory(territoire=territoire)
    assert client.post(modifier(contrat), ENVOI).status_code == 403
    assert territoire.nom not in Page(client.get(reverse("contrats"))).mots
    assert Contrat.objects.count() == 1


def test_un_contrat_se_modifie_et_garde_ses_projets(client, territoire, personnages):
    contrat = ContratFactory(territoire=territoire)
    # Given up since: it stays among those of the contract.
    projet = projet_en(EtatProjet.NON_INSCRIT, territoire=territoire)
    contrat.projets.add(projet)
    client.force_login(personnages["pilote"])
    assert modifier(contrat) in client.get(reverse("contrats")).text
    assert projet.titre in Page(client.get(modifier(contrat))).mots
    client.post(modifier(contrat), ENVOI | {"au": "2028-02-29", "projets": [projet.cle]})
    contrat.refresh_from_db()
    assert contrat.au == datetime.date(2028, 2, 29)
    assert list(contrat.projets.all()) == [projet]


def test_chacun_lit_un_contrat_sur_la_page_du_territoire_avec_ses_projets_publics(client, territoire):
    adresse = territoire.get_absolute_url()
    assert "Contrat" not in Page(client.get(adresse)).sections
    contrat = ContratFactory(territoire=territoire, au=datetime.date(2027, 12, 31))
    inscrit = projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Une école")
    retenu = projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Un secret", non_public_motif="Défense")
    contrat.projets.add(inscrit, retenu, projet_en(EtatProjet.NON_INSCRIT, territoire=territoire, titre="Un refus"))
    page = Page(client.get(adresse))
    assert "Contrat" in page.sections
    assert "Contrat du 1er mars 2024" in [titre for _, titre in page.titres]
    assert "du 1er mars 2024 au 31 décembre 2027" in page.mots
    assert "La Région" in page.mots
    assert page.liens["Une école"] == inscrit.get_absolute_url()
    assert "Un secret" not in page.html
    assert "Un refus" not in page.html


def test_un_projet_inscrit_sous_un_contrat_y_parait_aussitot(client, territoire):
    """The page is kept: a project that joins makes another."""
    contrat = ContratFactory(territoire=territoire)
    inscrit = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    adresse = territoire.get_absolute_url()
    assert "Projets inscrits" not in Page(client.get(adresse)).mots
    contrat.projets.add(inscrit)
    assert "Projets inscrits" in Page(client.get(adresse)).mots


@pytest.mark.parametrize("page", ["territoire", "contrats"])
def test_trente_contrats_ne_coutent_pas_plus_que_deux(client, territoire, personnages, page):
    adresse = territoire.get_absolute_url() if page == "territoire" else reverse("contrats")
    if page == "contrats":
        client.force_login(personnages["pilote"])

    def ajouter(nombre):
        for _ in range(nombre):
            ContratFactory(territoire=territoire).projets.add(projet_en(EtatProjet.INSCRIT, territoire=territoire))

    def compter():
        cache.clear()
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(adresse).status_code == 200
        return len(requetes)

    ajouter(2)
    compter()
    deux = compter()
    ajouter(28)
    compter()
    assert compter() == deux <= 22
