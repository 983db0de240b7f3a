"""Signing in, signing out, and the admin's sign-in that is the portal's."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import AnalysteFactory

MOT_DE_PASSE = "un mot de passe assez long"

pytestmark = pytest.mark.django_db


@pytest.fixture
def personne():
    return AnalysteFactory(email="Personne@Exemple.fr", password=MOT_DE_PASSE)


def envoyer(client, adresse="personne@exemple.fr", mot_de_passe=MOT_DE_PASSE, **champs):
    return client.post(reverse("connexion"), {"username": adresse, "password": mot_de_passe, **champs})


def test_on_se_connecte_quelle_que_soit_la_casse_de_l_adresse(client, personne):
    reponse = envoyer(client, "PERSONNE@exemple.FR")
    assert reponse.status_code == 302
    assert reponse["Location"] == reverse("accueil")


def test_la_page_n_est_pas_gardee_et_aide_a_remplir(client):
    reponse = client.get(reverse("connexion"))
    html = reponse.content.decode()
    assert "no-store" in reponse["Cache-Control"]
    assert "<title>Se connecter – " in html
    assert 'autocomplete="username"' in html
    assert 'autocomplete="current-password"' in html


def test_un_refus_s_annonce_dans_le_titre_et_garde_l_adresse_saisie(client, personne):
    html = envoyer(client, mot_de_passe="faux").content.decode()
    assert "<title>Erreur – Se connecter – " in html
    assert 'role="alert"' in html
    assert "Adresse ou mot de passe incorrect" in html
    assert 'value="personne@exemple.fr"' in html
    assert "faux" not in html


def test_un_champ_vide_se_signale_au_champ_et_en_haut(client):
    html = envoyer(client, "", "").content.decode()
    assert '<a href="#id_username">Adresse électronique</a>' in html
    assert '<a href="#id_password">Mot de passe</a>' in html
    assert html.count("fr-message--error") == 2


def test_la_page_demandee_est_gardee_jusqu_apres_un_refus(client, personne):
    suite = reverse("admin:index")
    html = envoyer(client, mot_de_passe="faux", next=suite).content.decode()
    assert f'name="next" value="{suite}"' in html
    assert envoyer(client, next=suite)["Location"] == suite


def test_on_ne_repart_pas_vers_un_autre_site(client, personne):
    assert envoyer(client, next="https://pirate.exemple/")["Location"] == reverse("accueil")


def test_l_administration_se_sert_de_la_connexion_du_portail(client, personne):
    page = client.get(reverse("admin:index"), follow=True)
    assert page.request["PATH_INFO"] == reverse("connexion")
    assert f'name="next" value="{reverse("admin:index")}"' in page.content.decode()
    assert envoyer(client, next=reverse("admin:index"))["Location"] == reverse("admin:index")
    assert client.get(reverse("admin:index")).status_code == 200


def test_on_se_deconnecte_par_un_formulaire_protege(personne):
    client = Client(enforce_csrf_checks=True)
    client.force_login(personne)
    assert client.get(reverse("deconnexion")).status_code == 405
    assert client.post(reverse("deconnexion")).status_code == 403
    html = client.get(reverse("aide")).content.decode()
    jeton = html.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    reponse = client.post(reverse("deconnexion"), {"csrfmiddlewaretoken": jeton})
    assert reponse.status_code == 302
    assert "_auth_user_id" not in client.session
