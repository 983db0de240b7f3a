"""axe finds nothing on any public page, on a desktop screen and on a phone; nor do simpler questions."""

import pytest

from tests.navigateur.pages import LE_PLUS_LONG, pages_publiques
from tests.outils.accessibilite import verifier_accessibilite


@pytest.mark.parametrize("largeur", [1280, 375])
def test_axe_ne_trouve_rien(ouvrir, largeur):
    page, fautes, visitees = ouvrir("/", largeur=largeur), [], pages_publiques()
    for chemin in visitees:
        page.goto(chemin)
        try:
            verifier_accessibilite(page)
        except AssertionError as erreur:
            fautes.append(str(erreur))
    assert not fautes, "\n".join(fautes)
    assert len(visitees) >= 28


def test_axe_ne_trouve_rien_dans_une_recherche_ouverte(ouvrir):
    page = ouvrir("/")
    page.get_by_label("Votre commune").fill("dunk")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    verifier_accessibilite(page)


def test_axe_ne_trouve_rien_dans_ce_qui_se_deplie(ouvrir):
    page = ouvrir(LE_PLUS_LONG)
    page.locator("details.communes summary").click()
    verifier_accessibilite(page)


def test_axe_ne_trouve_rien_dans_le_menu_d_un_telephone(ouvrir):
    page = ouvrir("/territoires/", largeur=375)
    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("link", name="Mesures").wait_for()
    verifier_accessibilite(page)


def test_chaque_page_a_un_titre_a_elle_et_un_seul_h1(ouvrir):
    page, titres = ouvrir("/"), {}
    for chemin in pages_publiques():
        page.goto(chemin)
        assert page.locator("h1").count() == 1, chemin
        assert page.locator("html").get_attribute("lang") == "fr"
        titres.setdefault(page.title(), []).append(chemin.partition("?")[0])
    # The same title is the same page, asked something else.
    partages = {titre: set(chemins) for titre, chemins in titres.items() if len(set(chemins)) > 1}
    assert not partages


def test_chaque_lien_et_chaque_bouton_se_nomme_et_le_focus_se_voit(ouvrir):
    page = ouvrir("/territoires/?q=val")
    for _ in range(12):
        page.keyboard.press("Tab")
        element = page.evaluate(
            """() => {
                const e = document.activeElement, s = getComputedStyle(e);
                return {nom: (e.ariaLabel || e.textContent || e.id || '').trim(), contour: s.outlineStyle};
            }"""
        )
        assert element["nom"]
        assert element["contour"] != "none", element["nom"]
