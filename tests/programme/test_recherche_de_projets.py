"""What one looks for in the list of projects, and what of it is told to whom."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programme.enums import EtatProjet
from tests.factories_projets import FreinFactory, projet_en

pytestmark = pytest.mark.django_db

LISTE = reverse("projets")


@pytest.fixture
def trouver(client):
    def trouver_pour(personne=None, **criteres):
        if personne:
            client.force_login(personne)
        else:
            client.logout()
        return {projet.titre for projet in client.get(LISTE, criteres).context["page"]}

    return trouver_pour


def test_un_projet_se_trouve_par_son_territoire_avec_ou_sans_accents(trouver, territoire, voisin):
    assert (territoire.nom, voisin.nom) == ("Vallée de la Bresle - Vimeu", "Vosges")
    projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Un atelier")
    projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Une école")
    projet_en(EtatProjet.INSCRIT, territoire=voisin, titre="Atelier des crêtes")
    assert trouver(q="VALLEE bresle") == {"Un atelier", "Une école"}
    assert trouver(q="atelier vimeu") == {"Un atelier"}
    assert trouver(q="atelier") == {"Un atelier", "Atelier des crêtes"}
    assert trouver(q="atelier nulle-part") == set()


def test_la_reference_de_la_region_ne_se_cherche_que_de_qui_connait_la_fiche(trouver, personnages, territoire):
    projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Le nôtre", reference_regionale="HDF-17")
    for nom in ("pilote", "chef de projet", "auditeur"):
        assert trouver(personnages[nom], q=" HDF-17 ") == {"Le nôtre"}, nom
    for nom in ("pilote voisin", "équipe voisine", "sans habilitation"):
        assert trouver(personnages[nom], q="HDF-17") == set(), nom
    assert trouver(q="HDF-17") == set()


def test_les_freins_non_leves_ne_se_cherchent_que_de_qui_connait_la_fiche(trouver, client, personnages, territoire):
    bute = projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Bute")
    FreinFactory(projet=bute)
    FreinFactory(projet=projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Libre"), leve_le="2026-01-05")
    assert trouver(personnages["pilote"], freins="on") == {"Bute"}
    assert trouver(personnages["pilote voisin"], freins="on") == set()
    assert trouver(freins="on") == {"Bute", "Libre"}
    assert "frein non levé" not in client.get(LISTE).text


def test_chercher_coute_une_requete_de_plus_au_plus(client, personnages, territoire):
    projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Un atelier 12")
    client.force_login(personnages["pilote"])

    def compter(**criteres):
        client.get(reverse("aide"))
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(LISTE, criteres).status_code == 200
        return len(requetes)

    compter()
    sans = compter()
    assert compter(q="atelier") == compter(freins="on") == sans
    assert compter(q="HDF-12") <= sans + 1 <= 12
