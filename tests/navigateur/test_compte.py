"""The account page and its ways out in a browser, with and without JavaScript; axe finds nothing on the way."""

import re

import pytest
from playwright.sync_api import expect

from comptes.models import Courrier
from territoires.models import Region
from tests import factories as f
from tests.navigateur.test_connexion import entrer, regarder
from tests.outils.accessibilite import verifier_accessibilite

NOUVELLE = "camille.nouvelle@exemple.example"


@pytest.fixture
def personne():
    personne = f.UtilisateurFactory(email="camille@exemple.example", nom="Vandenbroucke-Delannoy de la Tour du Pin")
    f.AdministrateurFactory()
    region = Region.objects.get(pk="32")
    f.PiloteFactory(personne=personne, region=region, nommee_par=f.AdministrateurFactory(nom="Qui nomme longuement"))
    f.PiloteFactory(personne=personne, region=region, du="2020-01-01", au="2021-12-31")
    return personne


def lien(adresse):
    texte = Courrier.objects.filter(adresse=adresse).latest("pk").texte
    return re.search(r"/compte/adresse/\w+/\S+", texte)[0]


@pytest.mark.parametrize("javascript", [True, False], ids=["avec JavaScript", "sans JavaScript"])
def test_du_compte_a_son_effacement(ouvrir, personne, javascript):
    page = ouvrir("/connexion/?next=/compte/", javascript=javascript)
    entrer(page, personne)
    regarder(page, "Mon compte", javascript)
    page.get_by_label("Téléphone").fill("12")
    page.get_by_role("button", name="Enregistrer mes coordonnées").click()
    regarder(page, "Mon compte", javascript)
    assert page.title().startswith("Erreur")
    page.get_by_label("Téléphone").fill("+33 3 28 12 34 56")
    page.get_by_role("button", name="Enregistrer mes coordonnées").click()
    expect(page.get_by_role("status")).to_contain_text("enregistrées")
    expect(page.get_by_label("Téléphone")).to_have_value("03 28 12 34 56")

    page.get_by_role("link", name="Changer d'adresse").click()
    regarder(page, "Changer d'adresse", javascript)
    page.get_by_label("Nouvelle adresse électronique").fill(NOUVELLE)
    page.get_by_role("button", name="Envoyer le lien de confirmation").click()
    regarder(page, "Mon compte", javascript)
    page.goto(lien("camille@exemple.example"))
    regarder(page, "Arrêter le changement d'adresse", javascript)
    page.goto(lien(NOUVELLE))
    regarder(page, "Confirmer la nouvelle adresse", javascript)
    page.get_by_role("button", name="Changer d'adresse").click()
    expect(page.get_by_role("status")).to_contain_text(NOUVELLE)
    page.goto(lien(NOUVELLE))
    regarder(page, "Ce lien ne sert plus", javascript)

    page.goto("/compte/")
    with page.expect_download() as fichier:
        page.get_by_role("link", name="Télécharger mes données").click()
    assert fichier.value.suggested_filename.endswith(".json")
    page.get_by_role("link", name="Effacer mon compte…").click()
    regarder(page, "Effacer mon compte ?", javascript)
    page.get_by_role("button", name="Effacer mon compte").click()
    regarder(page, "Votre compte est effacé", javascript)


def test_l_ancienne_adresse_arrete_tout(ouvrir, personne):
    page = ouvrir("/connexion/?next=/compte/adresse/")
    entrer(page, personne)
    page.get_by_label("Nouvelle adresse électronique").fill(NOUVELLE)
    page.get_by_role("button", name="Envoyer le lien de confirmation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mon compte")
    page.goto(lien("camille@exemple.example"))
    page.get_by_role("button", name="Arrêter ce changement").click()
    regarder(page, "Le changement d'adresse est arrêté")
    page.goto("/compte/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")


# What Tab should stop on, once a group of radio buttons, and where it stands when it does.
ATTENDUS = """() => {
    const visibles = [...document.querySelectorAll(
        "main :is(a[href], button, input:not([type=hidden]), select, textarea, summary)")];
    const noms = new Set(visibles.filter(e => e.checkVisibility() && !e.disabled && e.tabIndex >= 0)
        .map((e, rang) => e.type === "radio" ? e.name : rang));
    return noms.size;
}"""
ATTEINT = """() => {
    const e = document.activeElement;
    if (!e.closest("main")) return null;
    const traits = [[e], [e, "::before"], ...[...(e.labels ?? [])].map(l => [l, "::before"])];
    return {
        visible: traits.some(t => getComputedStyle(...t).outlineStyle !== "none"),
        nom: e.getAttribute("aria-label") || e.innerText || e.labels?.[0]?.innerText || "",
    };
}"""


@pytest.mark.parametrize("largeur", [1280, 375])
def test_les_pages_du_compte_se_parcourent_au_clavier(ouvrir, personnages, territoire, largeur):
    page = ouvrir("/connexion/?next=/compte/", largeur=largeur)
    entrer(page, personnages["pilote"])
    page.wait_for_url("**/compte/")
    for chemin in (
        "/compte/",
        "/compte/mot-de-passe/",
        "/compte/adresse/",
        "/compte/courriels/",
        "/compte/effacer/",
        "/compte/sessions/",
        "/compte/second-facteur/",
        "/membres/invitations/",
        f"/membres/inviter/?genre=equipe-du-territoire&portee={territoire.slug}",
    ):
        page.goto(chemin)
        verifier_accessibilite(page)
        atteints = []
        # The link that skips the header leads where the first thing to do is next.
        page.evaluate("document.querySelector('main').setAttribute('tabindex', '-1')")
        page.evaluate("document.querySelector('main').focus()")
        for _ in range(60):
            page.keyboard.press("Tab")
            atteint = page.evaluate(ATTEINT)
            if atteint is None:
                break
            atteints.append(atteint)
        assert len(atteints) >= page.evaluate(ATTENDUS) > 0, chemin
        assert all(atteint["visible"] and atteint["nom"].strip() for atteint in atteints), (chemin, atteints)
