"""Errors in the look of the portal, that say what to do next."""

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

PAGES = {
    "400.html": "Demande incompréhensible",
    "403.html": "Accès refusé",
    "403_csrf.html": "Formulaire refusé",
    "404.html": "Page introuvable",
    "405.html": "Cette page ne reçoit rien",
    "500.html": "Le portail a rencontré une erreur",
}


def verifier(reponse, statut, titre):
    assert reponse.status_code == statut
    html = reponse.content.decode()
    assert f"<title>{titre} – Territoires d'industrie</title>" in html
    assert '<meta name="robots" content="noindex">' in html
    assert f'href="{reverse("accueil")}">Aller à l' in html
    return html


@pytest.fixture
def base_en_panne(monkeypatch):
    """Any query fails, as when the database is gone."""

    def panne(*args, **kwargs):
        raise AssertionError("Cette page ne doit pas lire la base.")

    monkeypatch.setattr(connection, "cursor", panne)


@pytest.mark.parametrize(("gabarit", "titre"), PAGES.items())
def test_une_page_d_erreur_se_rend_sans_requete_ni_base(gabarit, titre, base_en_panne):
    html = render_to_string(gabarit)
    assert f"{titre} – Territoires d'industrie" in html
    assert 'class="fr-header"' in html
    assert 'class="fr-footer"' in html


@pytest.mark.django_db
def test_une_adresse_inconnue_propose_de_chercher_une_commune(client):
    html = verifier(client.get("/nulle-part/"), 404, "Page introuvable")
    assert f'action="{reverse("communes")}"' in html
    assert 'name="q"' in html


@pytest.mark.django_db
def test_une_adresse_inconnue_ne_repete_pas_ce_qu_on_y_a_ecrit(client):
    html = client.get("/<script>alert(1)</script>/").content.decode()
    assert "<script>alert" not in html


@pytest.mark.django_db
def test_une_adresse_d_hote_inconnue_est_refusee_sans_erreur(client):
    verifier(client.get("/", HTTP_HOST="pirate.exemple"), 400, "Demande incompréhensible")


@pytest.mark.django_db
def test_un_envoi_sur_une_page_publique_est_explique(client):
    reponse = client.post(reverse("aide"))
    verifier(reponse, 405, "Cette page ne reçoit rien")
    assert reponse["Allow"] == "GET, HEAD"


@pytest.mark.django_db
def test_un_formulaire_sans_jeton_est_refuse_et_dit_comment_recommencer():
    reponse = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "a", "password": "b"})
    html = verifier(reponse, 403, "Formulaire refusé")
    assert "Pour recommencer" in html


@pytest.mark.django_db
def test_l_administration_refuse_sans_tourner_en_rond_qui_n_y_a_pas_droit(client, django_user_model):
    personne = django_user_model.objects.create_user("personne@exemple.fr", "mot-de-passe-long")
    client.force_login(personne)
    reponse = client.get(reverse("admin:index"))
    html = verifier(reponse, 403, "Accès refusé")
    assert "personne@exemple.fr" in html


@pytest.mark.django_db
def test_l_erreur_interne_se_montre_meme_a_une_personne_connectee_quand_la_base_est_en_panne(
    client, django_user_model, monkeypatch
):
    client.force_login(django_user_model.objects.create_user("personne@exemple.fr", "mot-de-passe-long"))
    client.raise_request_exception = False

    def panne(*args, **kwargs):
        raise RuntimeError("La base est partie.")

    monkeypatch.setattr(connection, "cursor", panne)
    html = verifier(client.get(reverse("aide")), 500, "Le portail a rencontré une erreur")
    assert "La base est partie" not in html
    assert escape("personne@exemple.fr") not in html
