"""The screens of the imports in a browser: axe finds nothing, a phone shows them whole, no script is needed."""

from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from programme.models import Mesure
from tableurs.enums import EtatLot, Seau
from tableurs.models import LotImport
from tests.factories import AnalysteFactory
from tests.outils.accessibilite import verifier_accessibilite
from tests.tableurs.ecrans import DEPOT, disparu, lot_de
from tests.tableurs.fichiers import fichier_csv

pytestmark = pytest.mark.usefixtures("dossier_prive_du_navigateur")


@pytest.fixture
def dossier_prive_du_navigateur(tmp_path, monkeypatch):
    monkeypatch.setattr(LotImport._meta.get_field("fichier").storage, "location", str(tmp_path))


@pytest.fixture
def ouvrir_en_equipe(ouvrir_en):
    """Open a page as somebody of the national team."""
    return partial(ouvrir_en, AnalysteFactory(prenom="Alice", nom="Martin"))


def aller(page, selecteur):
    """Click on what leads to another page, and wait for it."""
    with page.expect_navigation():
        page.click(selecteur)


def deposer(page, lignes):
    fichier = {"name": "mesures.csv", "mimeType": "text/csv", "buffer": fichier_csv(lignes)}
    page.set_input_files("[name=fichier]", fichier)
    aller(page, "button:has-text('Déposer le fichier')")


def verifier_les_deux_largeurs(page):
    for largeur in (1280, 320):
        page.set_viewport_size({"width": largeur, "height": 900})
        verifier_accessibilite(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= largeur, page.url


def test_un_import_du_depot_a_l_annulation_sans_javascript(ouvrir_en_equipe):
    premiere, deuxieme = Mesure.objects.order_by("code")[:2]
    page = ouvrir_en_equipe("/imports/", javascript=False)
    aller(page, "text=Importer un premier fichier")
    aller(page, "text=Mesures du programme")
    lignes = [["code", "titre"], [premiere.code, "Titre nouveau"], [deuxieme.code, deuxieme.titre], ["", "Sans code"]]
    deposer(page, lignes)
    aller(page, "text=Comparer avec la base")
    assert page.inner_text(".somme").split(" =")[0] == "3\N{NO-BREAK SPACE}lignes"
    aller(page, ".seau--refusee")
    assert page.locator(".cellule--refusee").count() == 1
    aller(page, "a:has-text('Appliquer la ligne')")
    page.click("label[for=partiel]")
    aller(page, "button:has-text('Appliquer la ligne')")
    expect(page.locator("text=Ce que l'import a changé").first).to_be_visible()
    premiere.refresh_from_db()
    assert premiere.titre == "Titre nouveau"
    aller(page, "text=Annuler cet import")
    aller(page, "button:has-text('Annuler l')")
    expect(page.locator("text=Cet import a été annulé").first).to_be_visible()
    premiere.refresh_from_db()
    assert premiere.titre != "Titre nouveau"


def test_axe_ne_trouve_rien_a_aucune_etape(ouvrir_en_equipe):
    mesure = Mesure.objects.order_by("code").first()
    page = ouvrir_en_equipe("/imports/")
    verifier_les_deux_largeurs(page)
    for chemin in ("/imports/nouveau/", "/imports/nouveau/?ressource=territoires"):
        page.goto(chemin)
        verifier_les_deux_largeurs(page)
    page.goto(DEPOT)
    aller(page, "button:has-text('Déposer le fichier')")
    verifier_les_deux_largeurs(page)
    deposer(page, [["cod", "Intitulé"], [mesure.code, "Un titre " * 20], ["x" * 90, "Sans mesure"]])
    verifier_les_deux_largeurs(page)
    aller(page, "text=Comparer avec la base")
    expect(page.locator("text=Ces colonnes ne suffisent pas").first).to_be_visible()
    page.click("summary")
    verifier_les_deux_largeurs(page)
    page.select_option("[name=colonne_0]", "code")
    aller(page, "text=Comparer avec la base")
    page.wait_for_selector(".somme")
    lot = LotImport.objects.get()
    for chemin in (f"{lot.get_absolute_url()}?seau={seau}" for seau in ("", "refusee", "disparu", "doublon")):
        page.goto(chemin)
        verifier_les_deux_largeurs(page)
    for nom in ("import_appliquer", "import_abandonner"):
        page.goto(reverse(nom, args=[lot.cle]))
        verifier_les_deux_largeurs(page)
    for champs in ({"etat": EtatLot.APPLIQUE, "applique_le": timezone.now()}, {"etat": EtatLot.ECHOUE}):
        LotImport.objects.filter(pk=lot.pk).update(**champs)
        page.goto(lot.get_absolute_url())
        verifier_les_deux_largeurs(page)
    page.goto("/imports/")
    verifier_les_deux_largeurs(page)


def test_axe_ne_trouve_rien_aux_disparus_ni_a_l_annulation(ouvrir_en_equipe):
    lot = lot_de(1, disparus=2)
    disparu(lot, 1), disparu(lot, 2)
    page = ouvrir_en_equipe(f"{lot.get_absolute_url()}?seau=disparu")
    verifier_les_deux_largeurs(page)
    aller(page, "text=Mettre fin aux")
    assert lot.details.filter(seau=Seau.DISPARU, retenue=True).count() == 2
    LotImport.objects.update(etat=EtatLot.APPLIQUE, applique_le=timezone.now())
    page.goto(reverse("import_annuler", args=[lot.cle]))
    verifier_les_deux_largeurs(page)


def test_l_avancement_se_met_a_jour_puis_laisse_place_a_l_apercu(ouvrir_en_equipe):
    lot = lot_de(1, etat=EtatLot.LECTURE, attendues=10, lues=2, battement=timezone.now())
    page = ouvrir_en_equipe(lot.get_absolute_url())
    verifier_les_deux_largeurs(page)
    assert page.get_attribute("progress", "value") == "2"
    expect(page.locator("text=Actualiser").first).to_be_hidden()
    LotImport.objects.update(lues=7)
    page.wait_for_selector("progress[value='7']")
    LotImport.objects.update(etat=EtatLot.A_VERIFIER)
    page.wait_for_selector(".somme")


def test_l_avancement_se_suit_sans_javascript(ouvrir_en_equipe):
    lot = lot_de(1, etat=EtatLot.EN_COURS, battement=timezone.now())
    page = ouvrir_en_equipe(lot.get_absolute_url(), javascript=False)
    LotImport.objects.update(etat=EtatLot.APPLIQUE, applique_le=timezone.now())
    aller(page, "text=Actualiser >> nth=0")
    expect(page.locator("text=Ce que l'import a changé").first).to_be_visible()
