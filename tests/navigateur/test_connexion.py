"""Signing in with a second factor in a browser, with and without JavaScript; axe finds nothing on the way."""

import pytest
from playwright.sync_api import expect

from tests.factories import MOT_DE_PASSE, AdministrateurFactory
from tests.outils.accessibilite import verifier_accessibilite
from tests.outils.fournisseur_oidc import fournisseur_local, reglages
from tests.outils.second_facteur import code, donner_une_application, facteurs

pytestmark = pytest.mark.usefixtures("facteur_exige")


@pytest.fixture
def personne():
    return AdministrateurFactory(email="camille@exemple.example")


def entrer(page, personne, mot_de_passe=MOT_DE_PASSE):
    page.get_by_label("Adresse électronique").fill(personne.email)
    page.get_by_label("Mot de passe", exact=True).fill(mot_de_passe)
    page.get_by_role("button", name="Se connecter", exact=True).click()


def regarder(page, titre, javascript=True):
    """Wait for the page whose heading is `titre`; axe and the width of a phone find nothing wrong."""
    expect(page.get_by_role("heading", level=1)).to_have_text(titre)
    if not javascript:
        # Where scripts don't run, axe doesn't.
        return
    for largeur in (1280, 320):
        page.set_viewport_size({"width": largeur, "height": 900})
        verifier_accessibilite(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= largeur, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("javascript", [True, False], ids=["avec JavaScript", "sans JavaScript"])
def test_du_mot_de_passe_au_navigateur_de_confiance(ouvrir, personne, javascript):
    page = ouvrir("/connexion/?next=/admin/", javascript=javascript)
    regarder(page, "Se connecter", javascript)
    entrer(page, personne, "faux")
    assert page.title().startswith("Erreur – Se connecter")
    regarder(page, "Se connecter", javascript)
    entrer(page, personne)
    regarder(page, "Mettre en place le second facteur", javascript)
    page.get_by_role("link", name="Mettre en place l'application").click()
    regarder(page, "Mettre en place l'application", javascript)
    # The policy of security lets the drawing in.
    if javascript:
        assert page.evaluate("document.querySelector('main img').naturalWidth") > 0
    secret = page.locator(".cle-secrete").inner_text()
    page.get_by_label("Code affiché par l'application").fill("000000")
    page.get_by_role("button", name="Mettre en service").click()
    regarder(page, "Mettre en place l'application", javascript)
    assert page.locator(".cle-secrete").inner_text() == secret
    page.get_by_label("Code affiché par l'application").fill(code(secret))
    page.get_by_role("button", name="Mettre en service").click()
    regarder(page, "Codes de secours", javascript)
    expect(page.locator(".codes-de-secours li")).to_have_count(10)
    page.get_by_role("link", name="Continuer vers la page demandée").click()
    page.wait_for_url("**/admin/")

    # Next time: the code, then this browser is trusted.
    page.goto("/aide/")
    page.get_by_role("button", name="Se déconnecter").click()
    page.goto("/connexion/")
    entrer(page, personne)
    regarder(page, "Second facteur", javascript)
    page.fill("#id_code", code(secret))
    page.get_by_role("button", name="Se connecter", exact=True).click()
    regarder(page, "Faire confiance à ce navigateur ?", javascript)
    page.get_by_role("button", name="Faire confiance pendant 30 jours").click()
    page.wait_for_url("**/")
    page.goto("/aide/")
    page.get_by_role("button", name="Se déconnecter").click()
    page.goto("/connexion/?next=/compte/second-facteur/")
    entrer(page, personne)
    regarder(page, "Second facteur", javascript)
    expect(page.get_by_text("En service")).to_be_visible()


@pytest.fixture
def ouvrir_avec_cle(ouvrir, live_server):
    """Open a page on `localhost`, where keys may serve without TLS, with a security key plugged in."""

    def ouvrir_page(chemin):
        page = ouvrir("about:blank")
        cdp = page.context.new_cdp_session(page)
        cdp.send("WebAuthn.enable")
        cle = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
        cdp.send("WebAuthn.addVirtualAuthenticator", {"options": {**cle, "automaticPresenceSimulation": True}})
        page.goto(f"{live_server.url.replace('127.0.0.1', 'localhost')}{chemin}")
        return page, cdp

    return ouvrir_page


def test_une_cle_de_securite_s_ajoute_puis_ouvre_la_connexion(ouvrir_avec_cle, personne):
    page, _ = ouvrir_avec_cle("/connexion/?next=/compte/second-facteur/")
    racine = page.url.partition("/connexion/")[0]
    entrer(page, personne)
    page.get_by_role("link", name="Ajouter une clé").click()
    regarder(page, "Ajouter une clé de sécurité")
    page.get_by_label("Nom de la clé").fill("Clé bleue")
    page.get_by_role("button", name="Ajouter cette clé").click()
    regarder(page, "Codes de secours")
    assert facteurs(personne) == {"webauthn", "recovery_codes"}
    # The same one again: said in words, no error.
    page.goto(f"{racine}/compte/second-facteur/cles/ajouter/")
    page.get_by_role("button", name="Ajouter cette clé").click()
    expect(page.get_by_text("Cette clé est déjà ajoutée à votre compte.")).to_be_visible()
    page.goto(f"{racine}/compte/second-facteur/")
    regarder(page, "Second facteur")
    expect(page.get_by_text("Clé bleue, ajoutée le")).to_be_visible()
    page.get_by_role("button", name="Se déconnecter").click()
    page.goto(f"{racine}/connexion/?next=/compte/sessions/")
    entrer(page, personne)
    regarder(page, "Second facteur")
    page.get_by_role("button", name="Se servir de ma clé").click()
    page.get_by_role("button", name="Demander le code à chaque fois").click()
    regarder(page, "Mes connexions en cours")


def test_sans_javascript_la_page_dit_que_la_cle_ne_peut_pas_servir(ouvrir, personne):
    page = ouvrir("/connexion/", javascript=False)
    entrer(page, personne)
    page.get_by_role("link", name="Ajouter une clé").click()
    expect(page.locator("noscript p")).to_contain_text("ne peut servir qu'avec JavaScript")
    expect(page.get_by_role("button", name="Ajouter cette clé")).to_be_disabled()


def test_les_autres_ecrans_sont_accessibles(ouvrir, personne):
    page = ouvrir("/connexion/")
    page.get_by_role("link", name="Mot de passe oublié").click()
    regarder(page, "Mot de passe oublié")
    page.get_by_label("Adresse électronique").fill(personne.email)
    page.get_by_role("button", name="Recevoir un lien").click()
    regarder(page, "Consultez votre messagerie")
    page.goto("/mot-de-passe/nouveau/1-absent/")
    regarder(page, "Lien inutilisable")
    donner_une_application(personne)
    page.goto("/connexion/")
    entrer(page, personne)
    page.fill("#id_code", code())
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.get_by_role("button", name="Demander le code à chaque fois").click()
    for chemin, titre in (
        ("/compte/mot-de-passe/", "Changer de mot de passe"),
        ("/compte/sessions/", "Mes connexions en cours"),
        ("/compte/second-facteur/application/retirer/", "Retirer l'application"),
        ("/compte/second-facteur/codes/refaire/", "Faire de nouveaux codes de secours"),
        ("/compte/confirmer/", "Confirmer que c'est bien vous"),
        ("/compte/confirmer/code/", "Confirmer que c'est bien vous"),
    ):
        page.goto(chemin)
        regarder(page, titre)


def test_une_limite_atteinte_se_lit(ouvrir, personne):
    page = ouvrir("/connexion/")
    for _ in range(6):
        entrer(page, personne, "faux")
    regarder(page, "Trop de tentatives")


def test_proconnect_conduit_et_ramene(ouvrir, personne, settings):
    with fournisseur_local() as fournisseur:
        for nom, valeur in reglages(fournisseur).items():
            setattr(settings, nom, valeur)
        page = ouvrir("/connexion/")
        regarder(page, "Se connecter")
        page.get_by_role("button", name="S'identifier avec ProConnect").click()
        regarder(page, "Mettre en place le second facteur")
        fournisseur.personne["email"] = "absente@exemple.example"
        page.get_by_role("button", name="Se déconnecter").click()
        page.goto("/connexion/")
        page.get_by_role("button", name="S'identifier avec ProConnect").click()
        regarder(page, "Connexion impossible")
