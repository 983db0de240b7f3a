"""Signing in, signing out, and the admin's sign-in that is the portal's."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.factories import AnalysteFactory
from tests.outils.adresses import adresses
from tests.outils.html import code_en_ligne, fuites_de_gabarit

MOT_DE_PASSE = "un mot de passe assez long"

pytestmark = pytest.mark.django_db


@pytest.fixture
def personne():
    return AnalysteFactory(email="Personne@Exemple.example", password=MOT_DE_PASSE)


def envoyer(client, adresse="personne@exemple.example", mot_de_passe=MOT_DE_PASSE, **champs):
    return client.post(reverse("account_login"), {"login": adresse, "password": mot_de_passe, **champs})


def test_on_se_connecte_quelle_que_soit_la_casse_de_l_adresse(client, personne):
    reponse = envoyer(client, "PERSONNE@exemple.EXAMPLE")
    assert reponse.status_code == 302
    assert reponse["Location"] == reverse("a_faire")


def test_la_page_n_est_pas_gardee_et_aide_a_remplir(client):
    reponse = client.get(reverse("account_login"))
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
    assert 'value="personne@exemple.example"' in html
    assert "faux" not in html


def test_un_champ_vide_se_signale_au_champ_et_en_haut(client):
    html = envoyer(client, "", "").content.decode()
    assert '<a href="#id_login">Adresse électronique</a>' in html
    assert '<a href="#id_password">Mot de passe</a>' in html
    assert html.count("fr-message--error") == 2


def test_la_page_demandee_est_gardee_jusqu_apres_un_refus(client, personne):
    suite = reverse("admin:index")
    html = envoyer(client, mot_de_passe="faux", next=suite).content.decode()
    assert f'name="next" value="{suite}"' in html
    assert envoyer(client, next=suite)["Location"] == suite


def test_on_ne_repart_pas_vers_un_autre_site(client, personne):
    assert envoyer(client, next="https://pirate.exemple/")["Location"] == reverse("a_faire")


def test_l_administration_se_sert_de_la_connexion_du_portail(client, personne):
    page = client.get(reverse("admin:index"), follow=True)
    assert page.request["PATH_INFO"] == reverse("account_login")
    assert f'name="next" value="{reverse("admin:index")}"' in page.content.decode()
    assert envoyer(client, next=reverse("admin:index"))["Location"] == reverse("admin:index")
    assert client.get(reverse("admin:index")).status_code == 200


def test_on_se_deconnecte_par_un_formulaire_protege(personne):
    client = Client(enforce_csrf_checks=True)
    client.force_login(personne)
    assert client.get(reverse("account_logout")).status_code == 405
    assert client.post(reverse("account_logout")).status_code == 403
    html = client.get(reverse("aide")).content.decode()
    jeton = html.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    reponse = client.post(reverse("account_logout"), {"csrfmiddlewaretoken": jeton})
    assert reponse.status_code == 302
    assert "_auth_user_id" not in client.session


# --- Sessions


def test_la_cle_de_session_change_a_la_connexion(client, personne):
    """Who fixed the key beforehand is left with a visitor's session."""
    session = client.session
    session["avant"] = True
    session.save()
    fixee = session.session_key
    envoyer(client)
    assert client.session.session_key != fixee
    assert not client.session.__class__(fixee).exists(fixee)


def test_les_connexions_en_cours_se_montrent_et_prennent_fin(client, personne):
    autres = [Client(headers={"user-agent": agent}) for agent in (FIREFOX, "robot")]
    for navigateur in (*autres, client):
        envoyer(navigateur)
    page = client.get(reverse("usersessions_list"))
    html = page.content.decode()
    assert "Firefox, Windows" in html
    assert "Navigateur inconnu" in html
    firefox = next(s for s in page.context["sessions"] if s["navigateur"] == "Firefox, Windows")
    client.post(reverse("usersessions_list"), {"session": firefox["cle"]})
    assert [est_connecte(navigateur) for navigateur in (*autres, client)] == [False, True, True]
    client.post(reverse("usersessions_list"))
    assert [est_connecte(navigateur) for navigateur in (*autres, client)] == [False, False, True]


def test_on_ne_met_pas_fin_a_la_connexion_d_un_autre(client, personne, django_user_model):
    django_user_model.objects.create_user("autre@exemple.fr", MOT_DE_PASSE)
    autre = Client()
    envoyer(autre, "autre@exemple.fr")
    envoyer(client)
    cle = autre.get(reverse("usersessions_list")).context["sessions"][0]["cle"]
    assert client.post(reverse("usersessions_list"), {"session": cle}).status_code == 200
    assert est_connecte(autre)


FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def est_connecte(navigateur):
    return navigateur.get(reverse("usersessions_list")).status_code == 200


# --- What no page of the sign-in lets do


PAGES = [
    adresse
    for adresse in adresses()
    if adresse.route.lstrip("^").startswith(("connexion/", "mot-de-passe/", "compte/"))
]
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.nom)


@pages
@pytest.mark.parametrize("connecte", [False, True])
def test_aucune_page_n_est_gardee_ni_encadree(client, personne, page, connecte):
    if connecte:
        envoyer(client)
    reponse = client.get(page.exemple())
    assert reponse.status_code in (200, 302, 404, 405)
    envoye_se_connecter = reponse.status_code == 302 and "?next=" in reponse["Location"]
    if reponse.status_code != 404 and not envoye_se_connecter:
        assert "no-store" in reponse["Cache-Control"]
    assert reponse["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in reponse["Content-Security-Policy"]
    if reponse.status_code == 200 and reponse["Content-Type"].startswith("text/html"):
        html = reponse.content.decode()
        assert html.count("<h1") == 1
        # Data of security keys end with braces.
        html = re.sub(r'<script id="cle-options".*?</script>', "", html)
        assert fuites_de_gabarit(html) == code_en_ligne(html) == []


@pages
def test_aucun_envoi_n_est_recu_sans_jeton(personne, page):
    client = Client(enforce_csrf_checks=True)
    client.force_login(personne)
    assert client.post(page.exemple()).status_code in (403, 405)


def test_on_ne_s_inscrit_pas(client):
    for nom in ("account_signup", "socialaccount_signup", "account_email", "socialaccount_connections"):
        with pytest.raises(NoReverseMatch):
            reverse(nom)
    assert "inscri" not in client.get(reverse("account_login")).content.decode().lower().split("<main")[1]


@pytest.mark.parametrize(
    "ailleurs",
    ["https://pirate.exemple/", "//pirate.exemple/", "/\\pirate.exemple/", "javascript:alert(1)", "http:///x"],
)
def test_aucune_suite_ne_mene_ailleurs(client, personne, ailleurs):
    assert envoyer(client, next=ailleurs)["Location"] == reverse("a_faire")
    # Signed in already, too.
    assert client.get(reverse("account_login"), {"next": ailleurs})["Location"] == reverse("a_faire")
    assert client.post(reverse("account_logout"), {"next": ailleurs})["Location"] == reverse("accueil")


def test_les_autres_hotes_du_service_ne_sont_pas_une_suite(client, personne, settings):
    settings.ALLOWED_HOSTS = ["testserver", ".exemple"]
    assert envoyer(client, next="http://pirate.exemple/")["Location"] == reverse("a_faire")


def test_un_hote_inconnu_ne_se_connecte_pas(client, personne):
    reponse = client.post(reverse("account_login"), {"login": personne.email}, HTTP_HOST="pirate.exemple")
    assert reponse.status_code == 400


def test_l_administration_ne_montre_pas_les_tables_de_la_connexion():
    """Secrets of second factors are among them."""
    assert not [modele for modele in admin.site._registry if modele.__module__.startswith("allauth")]
