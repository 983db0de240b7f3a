"""The projects of the territories that one follows: numbers that open the list they count."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes.acces import aujourdhui
from pilotage import mes_projets
from programme.enums import EtatProjet, Meteo
from programme.models import Projet
from tests.factories_projets import JalonFactory, projet_en

pytestmark = pytest.mark.django_db
ADRESSE = reverse("a_faire")
HIER = aujourdhui() - timedelta(days=1)


@pytest.fixture
def projets(territoire, voisin):
    """One in each state here, beside the idea of the porteur; a few at the neighbour's; two late, one blocked."""
    for etat in EtatProjet:
        projet_en(etat, territoire=territoire)
    projet_en(EtatProjet.TRANSMIS, territoire=voisin)
    projet_en(EtatProjet.INSCRIT, territoire=voisin)
    JalonFactory(projet=projet_en(EtatProjet.INSCRIT, territoire=territoire), prevu_le=HIER)
    JalonFactory(projet=projet_en(EtatProjet.INSCRIT, territoire=territoire), prevu_le=HIER, atteint_le=HIER)
    bloque = projet_en(EtatProjet.REALISATION, territoire=territoire, debut=HIER, fin=HIER)
    Projet.objects.filter(pk=bloque.pk).update(meteo=Meteo.BLOQUE)
    projet_en(EtatProjet.REALISE, territoire=territoire, debut=HIER, fin=HIER)


def test_chaque_etat_a_au_plus_une_colonne():
    etats = [etat for _, etats in EtatProjet.groupes().values() for etat in etats]
    assert len(etats) == len(set(etats))
    hors = {EtatProjet.NON_INSCRIT, EtatProjet.RETIRE, EtatProjet.ABANDONNE}
    assert set(EtatProjet) - set(etats) == hors


@pytest.mark.usefixtures("projets")
def test_les_nombres_sont_ceux_de_la_regle(personnages, territoire, voisin):
    def lire(nom):
        return mes_projets.compter(personnages[nom], [territoire.pk, voisin.pk])

    assert lire("chef de projet") == {territoire.pk: [4, 3, 4, 3, 2, 2, 1]}
    assert lire("pilote")[territoire.pk] == [4, 3, 4, 3, 2, 2, 1]
    # The State sees no drafts.
    assert lire("État territorial")[territoire.pk] == [1, 3, 4, 3, 2, 2, 1]
    assert lire("équipe voisine") == {voisin.pk: [0, 1, 1, 0, 0, 0, 0]}
    assert lire("sans habilitation") == {}
    assert lire("auditeur") == {territoire.pk: [4, 3, 4, 3, 2, 2, 1], voisin.pk: [0, 1, 1, 0, 0, 0, 0]}


@pytest.mark.usefixtures("projets")
@pytest.mark.parametrize("nom", ["chef de projet", "pilote", "État territorial", "auditeur"])
def test_chaque_nombre_ouvre_la_liste_qu_il_compte(client, personnages, nom):
    client.force_login(personnages[nom])
    liens = re.findall(r'href="(/projets/\?[^"]+)" aria-label="([^"]+)"', client.get(ADRESSE).text)
    assert len(liens) >= 6
    for lien, dit in liens:
        page = client.get(unescape(lien)).context["page"]
        assert str(page.nombre) in dit.split("\N{NO-BREAK SPACE}: ")[1].split(","), (lien, dit)


def test_sans_projet_le_tableau_dit_zero(client, personnages):
    client.force_login(personnages["pilote"])
    assert client.get(ADRESSE).text.count('<td class="nombre">0</td>') >= 6


def test_les_requetes_ne_croissent_pas_avec_les_projets(client, personnages, territoire):
    client.force_login(personnages["pilote"])

    def compter(combien):
        for _ in range(combien - Projet.objects.count()):
            projet_en(EtatProjet.REALISATION, territoire=territoire)
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(ADRESSE).status_code == 200
        return len(requetes)

    compter(1)
    assert compter(2) == compter(30)
