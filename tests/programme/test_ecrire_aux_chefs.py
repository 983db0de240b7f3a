"""A region writes to the chefs de projet of what a list shows."""

import pytest
from django.urls import reverse

from comptes.models import Courrier
from programme.enums import EtatProjet
from territoires.enums import QualiteTerritoriale
from territoires.models import Territoire
from tests import factories as f
from tests.factories_projets import projet_en
from tests.outils.personnages import PILOTE
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db
ADRESSE = reverse("projets_ecrire")
MESSAGE = {"objet_du_message": "Point d'été", "texte": "Bonjour,\nmettez vos fiches à jour."}


@pytest.fixture
def pilote(client, personnages):
    client.force_login(personnages["pilote"])
    return client


def recus():
    return {courriel.destinataire for courriel in Courrier.objects.all()}


def test_le_message_part_aux_chefs_des_projets_de_la_liste(pilote, personnages, territoire, voisin):
    """Those of the neighbour's inscribed projects, which the list shows too, are not the region's to write to."""
    f.ActeurFactory(territoire=territoire, qualite=QualiteTerritoriale.MAIRE)
    f.ActeurFactory(territoire=voisin, qualite=QualiteTerritoriale.CHEF_DE_PROJET)
    projets = [projet_en(EtatProjet.INSCRIT, territoire=territoire) for _ in range(2)]
    projet_en(EtatProjet.INSCRIT, territoire=voisin)
    transmis = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    reponse = pilote.post(f"{ADRESSE}?etat=inscrit", MESSAGE)
    assert reponse.url == f"{reverse('projets')}?etat=inscrit"
    assert recus() == {personnages["chef de projet"]}
    courriel = Courrier.objects.get()
    assert courriel.objet.endswith("Point d'été")
    for corps in (courriel.texte, courriel.html):
        assert all(projet.cle in corps for projet in projets)
        assert transmis.cle not in corps
        assert personnages["pilote"].email in corps


def test_la_page_dit_qui_le_recevra(pilote, personnages, territoire):
    projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    html = pilote.get(f"{ADRESSE}?etat=transmis").text
    assert "Envoyer à 1\N{NO-BREAK SPACE}chef de projet" in html
    assert str(personnages["chef de projet"]) in html
    assert "Écrire aux chefs de projet de ces projets" in pilote.get(f"{reverse('projets')}?etat=transmis").text


def test_la_page_dit_combien_de_projets_n_ont_personne(pilote, territoire):
    """Of territories that the region leads: of the neighbour's, it writes to nobody."""
    projet_en(EtatProjet.INSCRIT, territoire=territoire)
    assert "sans chef de projet" not in pilote.get(f"{ADRESSE}?etat=inscrit").text
    pilotees = Territoire.objects.filter(inscriptions__region=PILOTE).exclude(pk=territoire.pk).distinct()
    for sans_chef in pilotees.order_by("-pk")[:2]:
        projet_en(EtatProjet.INSCRIT, territoire=sans_chef)
    page = Page(pilote.get(f"{ADRESSE}?etat=inscrit"))
    assert "2 projets de cette liste sont de territoires sans chef de projet" in page.mots


def test_sans_destinataire_rien_ne_part(pilote):
    assert "Personne à qui écrire" in pilote.post(f"{ADRESSE}?q=introuvable", MESSAGE).text
    assert not Courrier.objects.exists()


def test_un_filtre_incompris_n_ecrit_a_personne(pilote, territoire):
    projet_en(EtatProjet.INSCRIT, territoire=territoire)
    pilote.post(f"{ADRESSE}?etat=nimporte", MESSAGE)
    assert not Courrier.objects.exists()


def test_le_message_est_demande(pilote, territoire):
    projet_en(EtatProjet.INSCRIT, territoire=territoire)
    html = pilote.post(f"{ADRESSE}?etat=inscrit", {"objet_du_message": "a\nb", "texte": ""}).text
    assert "Écrivez votre message." in html
    assert not Courrier.objects.exists()


@pytest.mark.parametrize("nom", ["chef de projet", "pilote d'une région associée", "État territorial", "auditeur"])
def test_qui_n_instruit_pas_n_ecrit_pas(client, personnages, territoire, nom):
    projet_en(EtatProjet.INSCRIT, territoire=territoire)
    client.force_login(personnages[nom])
    assert client.post(f"{ADRESSE}?etat=inscrit", MESSAGE).status_code == 403
    assert "Écrire aux chefs" not in client.get(reverse("projets")).text


def test_les_requetes_suivent_les_personnes_pas_les_projets(pilote, territoire, django_assert_max_num_queries):
    for _ in range(30):
        projet_en(EtatProjet.INSCRIT, territoire=territoire)
    with django_assert_max_num_queries(14):
        assert pilote.get(f"{ADRESSE}?etat=inscrit").status_code == 200
    pilote.post(f"{ADRESSE}?etat=inscrit", MESSAGE)
    assert "et 10\N{NO-BREAK SPACE}autres" in Courrier.objects.get().texte
