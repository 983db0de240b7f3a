"""What became of a fiche, field by field, is told to whoever followed it from the beginning."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programme.ensemble import AJOUTER, Etiqueter
from programme.enums import EtatProjet
from tests import factories as f
from tests.factories_projets import EtiquetteFactory, JalonFactory, PorteurFactory, projet_en
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db

LISENT = {"chef de projet", "lecture", "pilote", "agent instructeur", "pilote d'une région associée"}
NATIONAUX = {"analyste", "auditeur", "administrateur"}


def adresse(projet):
    return reverse("projet_historique", args=[projet.cle])


def ecrire(projet, par, **champs):
    for nom, valeur in champs.items():
        setattr(projet, nom, valeur)
    projet._history_user = par
    projet.save()


@pytest.fixture
def projet(territoire, personnages):
    projet = projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Avant", cout_total=1_000_000)
    ecrire(projet, personnages["chef de projet"], titre="Après", cout_total=2_000_000)
    return projet


def test_qui_suit_la_fiche_lit_qui_a_change_quoi(client, personnages, projet):
    jalon = JalonFactory(projet=projet, titre="Études")
    ecrire(jalon, personnages["chef de projet"], titre="Études finies")
    client.force_login(personnages["pilote"])
    mots = Page(client.get(adresse(projet))).mots
    assert "Titre : Avant → Après" in mots
    assert str(personnages["chef de projet"]) in mots
    assert "Étapes" in mots
    assert "Études → Études finies" in mots
    assert "Historique de la fiche" in Page(client.get(projet.get_absolute_url())).mots


def test_les_autres_ne_la_trouvent_pas(client, personnages, projet):
    """Though everyone reads the page itself; the State knows the fiche, and none of its drafts."""
    lecteurs = {nom: personne for nom, personne in personnages.items() if personne}
    lecteurs["porteur du projet"] = PorteurFactory(projet=projet).personne
    lecteurs["porteur d'un autre"] = PorteurFactory().personne
    for nom, personne in lecteurs.items():
        client.force_login(personne)
        lit = nom in LISENT | NATIONAUX | {"porteur du projet"}
        assert (client.get(adresse(projet)).status_code == 200) == lit, nom
        assert ("Historique de la fiche" in client.get(projet.get_absolute_url()).text) == lit, nom


def test_les_montants_secrets_n_y_sont_pas(client, personnages, projet):
    ecrire(projet, personnages["chef de projet"], montants_secrets=True, objectifs="Mieux")
    for nom, dit in (("chef de projet", True), ("pilote", True), ("lecture", False)):
        client.force_login(personnages[nom])
        texte = Page(client.get(adresse(projet))).mots
        assert ("2 000 000" in texte or "2000000" in texte) == dit, nom
        assert "Mieux" in texte
        assert ("Les montants, couverts par le secret des affaires, n'y sont pas." in texte) == (not dit)


def test_une_etiquette_ne_se_lit_ni_dans_l_historique_ni_hors_de_la_region(client, personnages, projet):
    etiquette = EtiquetteFactory(region_id="32", nom="À surveiller de près")
    Etiqueter(etiquette, AJOUTER, personnages["pilote"]).faire(projet)
    administration = reverse("admin:programme_projet_history", args=[projet.pk])
    for nom in ("chef de projet", "pilote"):
        client.force_login(personnages[nom])
        for page in (adresse(projet), administration):
            texte = client.get(page).text
            assert "Étiquettes de la région" in texte
            assert etiquette.nom not in texte
        assert (etiquette.nom in client.get(projet.get_absolute_url()).text) == (nom == "pilote")
        fiche = client.get(reverse("admin:programme_projet_change", args=[projet.pk])).text
        assert (etiquette.nom in fiche) == (nom == "pilote")


def test_les_porteurs_sont_nommes_a_qui_connait_la_fiche(client, personnages, projet):
    porteur = PorteurFactory(projet=projet, personne=f.UtilisateurFactory(prenom="Ada", nom="Porteuse"))
    parti = PorteurFactory(projet=projet, personne=f.UtilisateurFactory(prenom="Jean", nom="Parti"))
    parti.au = parti.du
    type(parti).objects.filter(pk=parti.pk).update(du="2020-01-01", au="2020-02-01")
    for nom, dit in (("chef de projet", True), ("État territorial", True), ("équipe voisine", False)):
        client.force_login(personnages[nom])
        reponse = client.get(projet.get_absolute_url())
        assert ("Ada Porteuse" in reponse.text) == dit, nom
        assert "Jean Parti" not in reponse.text
        if dit:
            lien = reverse("membre", args=[porteur.adresse(), porteur.cle])
            assert lien in reponse.text
            assert client.get(lien).status_code == 200
    client.logout()
    assert "Ada Porteuse" not in client.get(projet.get_absolute_url()).text


def test_cent_changements_ne_coutent_pas_plus_que_deux_et_se_lisent_page_par_page(client, personnages, projet):
    client.force_login(personnages["chef de projet"])

    def compter():
        # The number of tasks, counted again when something changed, is every page's.
        client.get(reverse("aide"))
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(adresse(projet)).status_code == 200
        return len(requetes)

    JalonFactory(projet=projet)
    deux = compter()
    for rang in range(60):
        ecrire(projet, personnages["pilote" if rang % 2 else "chef de projet"], titre=f"Titre {rang}")
        JalonFactory(projet=projet)
    assert compter() <= deux + 1 <= 18
    assert "Titre 58 → Titre 59" in Page(client.get(adresse(projet))).mots
    derniere = Page(client.get(f"{adresse(projet)}?page=2")).mots
    assert "Avant → Après" in derniere
    assert "Titre 58 → Titre 59" not in derniere
