"""The account page and its ways out in a browser, with and without JavaScript; axe finds nothing on the way."""

import re

import pytest
from playwright.sync_api import expect

from comptes.models import Courrier
from territoires.models import Region
from tests import factories as f
from tests.navigateur.test_connexion import entrer, regarder

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
