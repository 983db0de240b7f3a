"""What somebody does in a window: follow a link, send a form, pass a step, take up what awaits them."""

from typing import NamedTuple


class Variante(NamedTuple):
    javascript: bool = True
    largeur: int = 1280


def envoyer(page, bouton):
    """Press a button, by its exact words or by a pattern."""
    with page.expect_navigation():
        page.get_by_role("button", name=bouton, exact=True).click()


def suivre(page, lien):
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name=lien).first.click()


def franchir(page, verbe):
    """Pass a step: the link of the object's page, then the button of the page that says what follows."""
    suivre(page, verbe)
    envoyer(page, verbe)


def prendre(page, tache):
    """Open what awaits whoever's window it is."""
    page.goto("/a-faire/")
    suivre(page, tache)


def cocher(page, case):
    # The DSFR draws its own box over the real one.
    page.get_by_label(case).check(force=True)
