"""axe finds nothing on any public page, on a desktop screen and on a phone."""

import pytest

from tests.maison.test_urls import PUBLIQUES
from tests.outils.accessibilite import verifier_accessibilite
from tests.outils.adresses import adresses

SANS_PAGE = {"communes_suggestions", "sante", "robots", "sitemap"}
# Answers, and what goes wrong, are pages too.
AUTRES = [
    "/communes/?q=saint-denis",
    "/communes/?q=zzzz",
    "/carte/?region=32",
    "/territoires/?q=zzzz",
    "/absente/",
]


@pytest.mark.parametrize("largeur", [1280, 375])
def test_axe_ne_trouve_rien(ouvrir, largeur):
    chemins = [adresse.exemple() for adresse in adresses() if adresse.nom in PUBLIQUES - SANS_PAGE]
    page, fautes = ouvrir("/", largeur=largeur), []
    for chemin in [*chemins, *AUTRES]:
        page.goto(chemin)
        try:
            verifier_accessibilite(page)
        except AssertionError as erreur:
            fautes.append(str(erreur))
    assert not fautes, "\n".join(fautes)
    assert len(chemins) >= 14


def test_rien_ne_deborde_de_l_ecran_d_un_telephone(ouvrir):
    page, fautes = ouvrir("/", largeur=320), []
    for adresse in adresses():
        if adresse.nom in PUBLIQUES - SANS_PAGE:
            page.goto(adresse.exemple())
            largeur = page.evaluate("document.documentElement.scrollWidth")
            if largeur > 320:
                fautes.append(f"{page.url} : {largeur} px de large")
    assert not fautes, "\n".join(fautes)
