"""Writing a project in a browser, with and without scripts, on a phone; axe finds nothing."""

from functools import partial

import pytest
from playwright.sync_api import expect

from programme.enums import EtatActualisation, EtatProjet
from programme.models import Projet
from territoires.models import Territoire
from tests import factories as f
from tests.factories_projets import (
    FreinFactory,
    IndicateurFactory,
    JalonFactory,
    PropositionFactory,
    actualisation_en,
    projet_en,
)
from tests.outils.accessibilite import verifier_accessibilite

LE_PLUS_LONG = "vitry-le-francois-saint-dizier-bar-le-duc-bassin-de-joinville"


@pytest.fixture
def territoire_long():
    return Territoire.objects.get(slug=LE_PLUS_LONG)


@pytest.fixture
def ouvrir_en_chef(ouvrir_en, territoire_long):
    return partial(ouvrir_en, f.ActeurFactory(territoire=territoire_long).personne)


def test_les_pages_de_redaction_sont_accessibles_et_entieres(ouvrir_en_chef, territoire_long):
    brouillon = projet_en(EtatProjet.PREPARATION, territoire=territoire_long)
    suivi = projet_en(EtatProjet.REALISATION, territoire=territoire_long)
    for projet in (brouillon, suivi):
        for fabrique in (JalonFactory, IndicateurFactory, FreinFactory):
            fabrique(projet=projet)
    proposition = PropositionFactory(projet=brouillon, valeurs={"contexte": "Mot " * 200, "emplois": "3"})
    valeurs = {"objectifs": "Mot " * 200, "fin": "2030-12-31"}
    actualisation = actualisation_en(EtatActualisation.PREPARATION, projet=suivi, valeurs=valeurs)
    realise = projet_en(EtatProjet.REALISE, territoire=territoire_long)
    page = ouvrir_en_chef("/projets/nouveau/")
    for chemin in (
        "/projets/nouveau/",
        f"/projets/{brouillon.cle}/modifier/",
        f"/projets/{brouillon.cle}/valider/",
        f"/projets/{brouillon.cle}/valider/annuler/",
        f"/projets/{brouillon.cle}/dupliquer/",
        proposition.get_absolute_url(),
        f"/projets/{suivi.cle}/suivre/",
        f"/projets/{suivi.cle}/actualiser/",
        actualisation.get_absolute_url(),
        f"{actualisation.get_absolute_url()}etape/soumettre/",
        f"/projets/{realise.cle}/archiver/",
    ):
        page.goto(chemin)
        for largeur in (1280, 375, 320):
            page.set_viewport_size({"width": largeur, "height": 900})
            verifier_accessibilite(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= largeur, (chemin, largeur)


@pytest.mark.parametrize("javascript", [True, False])
def test_de_l_idee_a_la_fiche_prete_a_transmettre(ouvrir_en_chef, javascript, territoire_long):
    page = ouvrir_en_chef("/projets/nouveau/", javascript=javascript)
    page.get_by_label("Titre").fill("Une école de production")
    with page.expect_navigation():
        page.get_by_role("button", name="Commencer la fiche").click()
    page.get_by_label("Contexte").fill("Des métiers en tension.")
    page.get_by_label("Objectifs").fill("Former cinquante jeunes.")
    page.locator("#id_mesures label").first.click()
    page.get_by_label("Nom du porteur").fill("L'école")
    page.get_by_label("Nature du porteur").select_option("association")
    page.get_by_label("SIREN du porteur").fill("552 100 555")
    page.locator("#id_communes summary").first.click()
    page.locator("#id_communes label").filter(visible=True).nth(1 if javascript else 0).click()
    page.get_by_label("Début prévu").fill("2027-01-01")
    page.get_by_label("Fin prévue").fill("2028-12-31")
    page.get_by_label("Maturité").select_option("pret")
    page.get_by_label("Coût total (€)").fill("1 250 000,50")
    page.get_by_label("HT ou TTC").first.select_option("ht")
    enregistrer = page.locator(".barre-d-actes").get_by_role("button", name="Enregistrer", exact=True)
    with page.expect_navigation():
        enregistrer.click()
    # Refused where it is wrong; nothing of the rest is lost.
    expect(page.locator("#erreurs")).to_contain_text("Ce SIREN n'existe pas")
    page.get_by_label("SIREN du porteur").fill("552 100 554")
    page.get_by_label("Étape", exact=True).fill("Ouverture")
    page.get_by_label("Prévue le").fill("2028-09-01")
    ajouter = page.locator("[data-ajouter=jalons]")
    if javascript:
        ajouter.click()
    else:
        with page.expect_navigation():
            ajouter.click()
    assert page.locator("[data-parties=jalons] fieldset").count() == 2
    page.get_by_label("Étape", exact=True).nth(1).fill("Premier bilan")
    page.get_by_label("Prévue le").nth(1).fill("2029-06-30")
    with page.expect_navigation():
        enregistrer.click()
    expect(page.locator("main")).to_contain_text("La fiche est enregistrée")
    expect(page.locator(".manques")).to_contain_text("il manque 1")
    if javascript:
        # axe is a script.
        verifier_accessibilite(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Faites valider le projet").click()
    page.get_by_label("Qui a validé le projet").select_option("binome")
    page.get_by_label("Date de la validation").fill("2026-01-15")
    with page.expect_navigation():
        page.get_by_role("button", name="Enregistrer la validation").click()
    projet = Projet.objects.get()
    assert projet.manques() == []
    assert projet.jalons.count() == 2
    assert projet.communes.exists()


@pytest.mark.parametrize("javascript", [True, False])
def test_deux_versions_se_rapprochent(ouvrir_en_chef, javascript, territoire_long):
    projet = projet_en(EtatProjet.PREPARATION, territoire=territoire_long)
    page = ouvrir_en_chef(f"/projets/{projet.cle}/modifier/", javascript=javascript)
    page.get_by_label("Contexte").fill("Le mien.")
    projet.contexte, projet.titre, projet.revision = "Celui de l'autre.", "Autre titre", projet.revision + 1
    projet.save()
    with page.expect_navigation():
        page.locator(".barre-d-actes").get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator("h1")).to_have_text("Rapprocher deux versions")
    for largeur in (1280, 375, 320):
        page.set_viewport_size({"width": largeur, "height": 900})
        if javascript:
            verifier_accessibilite(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= largeur, largeur
    page.locator("label[for=fusion-contexte]").click()
    page.get_by_label("Texte réuni").fill("Les deux.")
    with page.expect_navigation():
        page.get_by_role("button", name="Enregistrer la fiche réunie").click()
    relu = Projet.objects.get()
    assert (relu.contexte, relu.titre) == ("Les deux.", "Autre titre")
