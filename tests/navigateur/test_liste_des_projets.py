"""The list of projects in a browser: columns, views, the same act on several rows; without scripts, on a phone."""

from functools import partial

import pytest
from playwright.sync_api import expect

from programme.enums import EtatProjet
from programme.models import Projet, VueDeProjets
from territoires.models import Territoire
from tests import factories as f
from tests.factories_projets import EtiquetteFactory, VueFactory, projet_en
from tests.outils.accessibilite import verifier_accessibilite

LE_PLUS_LONG = "vitry-le-francois-saint-dizier-bar-le-duc-bassin-de-joinville"


@pytest.fixture
def pilote():
    return f.PiloteFactory(region_id="44").personne


@pytest.fixture
def ouvrir_en_pilote(ouvrir_en, pilote):
    return partial(ouvrir_en, pilote)


@pytest.fixture
def projets():
    territoire = Territoire.objects.get(slug=LE_PLUS_LONG)
    titres = ("Un titre assez long pour tenir sur plusieurs lignes d'un téléphone", "Deux", "Trois")
    return [projet_en(EtatProjet.TRANSMIS, territoire=territoire, titre=titre) for titre in titres]


def test_les_pages_de_la_liste_sont_accessibles_et_entieres(ouvrir_en_pilote, pilote, projets):
    EtiquetteFactory(region_id="44", nom="Étiquette au nom plutôt long, pour voir ce qu'elle devient")
    vue = VueFactory(personne=pilote, nom="Une vue dont le nom prend toute la place laissée", question="jadis=1")
    page = ouvrir_en_pilote("/projets/")
    cles = "&".join(f"cle={projet.cle}" for projet in projets)
    for chemin in (
        "/projets/?colonnes=territoire&colonnes=etat&colonnes=assiette&colonnes=mesures&colonnes=etiquettes",
        vue.get_absolute_url(),
        "/projets/?etat=disparu&colonnes=perdue",
        "/projets/vues/",
        "/projets/vues/nouvelle/?etat=transmis",
        f"/projets/vues/{vue.cle}/supprimer/",
        f"/projets/ensemble/?acte=instruire&{cles}",
        f"/projets/ensemble/?acte=demarrer&{cles}",
        f"/projets/ensemble/?acte=ajouter-une-etiquette&{cles}",
        "/projets/ensemble/?acte=instruire",
    ):
        page.goto(chemin)
        for details in page.locator("details").all():
            details.evaluate("element => element.open = true")
        for largeur in (1280, 375, 320):
            page.set_viewport_size({"width": largeur, "height": 900})
            verifier_accessibilite(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= largeur, (chemin, largeur)


@pytest.mark.parametrize("javascript", [True, False])
def test_des_colonnes_a_la_vue_et_de_la_vue_a_l_acte(ouvrir_en_pilote, pilote, projets, javascript):
    page = ouvrir_en_pilote("/projets/?etat=transmis", javascript=javascript, largeur=375)
    page.get_by_text("Choisir les colonnes").click()
    page.get_by_text("Emplois attendus", exact=True).click()
    page.get_by_role("button", name="Montrer ces colonnes").click()
    expect(page.get_by_role("columnheader", name="Emplois attendus")).to_be_attached()
    page.get_by_role("link", name="Enregistrer cette vue").click()
    page.get_by_label("Nom").fill("À instruire")
    page.get_by_role("button", name="Enregistrer la vue").click()
    expect(page.get_by_text("Vue montrée")).to_be_visible()
    assert "colonnes=emplois" in VueDeProjets.objects.get(personne=pilote).question
    for projet in projets[1:]:
        page.get_by_label(f"Choisir « {projet.titre} »").check(force=True)
    page.get_by_label("Que faire").select_option("instruire")
    page.get_by_role("button", name="Voir ce qui va se passer").click()
    page.get_by_role("button", name="Commencer l'instruction").click()
    expect(page.get_by_text("C'est fait pour 2")).to_be_visible()
    verifier_accessibilite(page) if javascript else None
    assert [Projet.objects.get(pk=projet.pk).etat for projet in projets] == ["transmis", "instruction", "instruction"]
    page.get_by_role("link", name="Revenir à la liste").click()
    expect(page.get_by_text("Vue montrée")).to_be_visible()
