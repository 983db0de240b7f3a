"""Journeys are gone through with scripts and without, and on a phone; each page of them is looked at."""

import pytest
from playwright.sync_api import expect

from tests.navigateur.gestes import Variante
from tests.outils.accessibilite import verifier_accessibilite


@pytest.fixture(
    params=[Variante(), Variante(javascript=False), Variante(largeur=375)],
    ids=["avec JavaScript", "sans JavaScript", "sur un téléphone"],
)
def variante(request):
    return request.param


@pytest.fixture
def regarder(variante):
    """Return a function that checks the heading of a page; that it is accessible, and whole on a narrow screen."""

    def regarder_la_page(page, titre):
        expect(page.get_by_role("heading", level=1)).to_have_text(titre)
        assert page.evaluate("document.documentElement.scrollWidth") <= variante.largeur, page.url
        # axe is a script.
        if variante == Variante():
            verifier_accessibilite(page)

    return regarder_la_page
