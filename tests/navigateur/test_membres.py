"""The members' pages in a browser: axe finds nothing, a phone shows them whole, no script is needed."""

from functools import partial

import pytest
from playwright.sync_api import expect

from territoires.enums import QualiteTerritoriale
from territoires.models import ActeurLocal, Territoire
from tests import factories as f
from tests.outils.accessibilite import verifier_accessibilite

LE_PLUS_LONG = "vitry-le-francois-saint-dizier-bar-le-duc-bassin-de-joinville"


@pytest.fixture
def equipe():
    """Return the habilitation of somebody with a long name, on the territory with the longest."""
    territoire = Territoire.objects.get(slug=LE_PLUS_LONG)
    personne = f.UtilisateurFactory(
        prenom="Marie-Éléonore",
        nom="de La Rochefoucauld-Montmorency",
        email="marie-eleonore.de-la-rochefoucauld-montmorency@communaute-agglomeration.example",
        fonction="Directrice générale adjointe chargée du développement économique et de l'emploi",
    )
    for _ in range(3):
        f.ActeurFactory(territoire=territoire, qualite=QualiteTerritoriale.LECTURE).retirer()
    return f.ActeurFactory(territoire=territoire, personne=personne)


@pytest.fixture
def ouvrir_en_pilote(ouvrir_en, equipe):
    """Open a page as the president of its region."""
    return partial(ouvrir_en, f.PiloteFactory(region_id="44").personne)


def adresse(une):
    return f"/membres/{une.adresse()}/{une.cle}/"


def test_les_pages_des_membres_sont_accessibles_et_entieres(ouvrir_en_pilote, equipe):
    page = ouvrir_en_pilote("/membres/")
    visitees = [
        "/membres/",
        "/membres/?etat=toutes&q=personne&tri=-depuis",
        "/membres/?q=zzzz",
        "/membres/?region=ZZ",
        adresse(equipe),
        f"{adresse(equipe)}terminer/",
        f"{adresse(equipe)}transferer/",
        f"/territoires/{LE_PLUS_LONG}/acces/",
        f"/territoires/{LE_PLUS_LONG}/",
    ]
    for chemin in visitees:
        page.goto(chemin)
        for largeur in (1280, 375, 320):
            page.set_viewport_size({"width": largeur, "height": 900})
            verifier_accessibilite(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= largeur, (chemin, largeur)


@pytest.mark.parametrize("javascript", [True, False])
def test_de_la_liste_a_la_fin_d_une_habilitation(ouvrir_en_pilote, equipe, javascript):
    page = ouvrir_en_pilote("/membres/", javascript=javascript)
    page.get_by_label("Nom ou adresse").fill("eleonore")
    with page.expect_navigation():
        page.get_by_role("button", name="Filtrer").click()
    expect(page.locator("main [role=status]").first).to_contain_text("1 habilitation")
    with page.expect_navigation():
        page.locator("#tableau tbody a").first.click()
    with page.expect_navigation():
        page.get_by_role("link", name="Mettre fin à cette habilitation").click()
    expect(page.locator("main")).to_contain_text("Il n'y aura plus personne en qualité de")
    with page.expect_navigation():
        page.get_by_role("button", name="Mettre fin à l'habilitation").click()
    expect(page.locator("main .fr-alert")).to_contain_text("est fermé")
    assert ActeurLocal.objects.get(pk=equipe.pk).etat == "retirée"
