"""A real browser: the system's Chromium, driven by playwright, on the live server."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

NOMS_DE_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = [
    "--no-sandbox",  # tests also run as root, in containers
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Nothing but this machine has an address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark the tests that need a browser, so that `make test-vite` can leave them out."""
    for item in items:
        if "navigateur" in item.fixturenames:
            item.add_marker(pytest.mark.navigateur)


@pytest.fixture(scope="module")
def navigateur():
    """Chromium, started once a module.

    playwright's synchronous API keeps an event loop running in this thread: Django would refuse the ORM, so
    its guard is lifted as long as the browser runs.
    """
    executable = next(filter(None, map(shutil.which, NOMS_DE_CHROMIUM)), None)
    if not executable:
        pytest.fail("Chromium est absent : « make test » l'installe, « make test-vite » s'en passe.")
    garde = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=executable, args=OPTIONS)
            yield chromium
            chromium.close()
    finally:
        if garde is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = garde


@pytest.fixture
def ouvrir(navigateur, live_server):
    """Return a function that opens a page in a new window: `ouvrir("/territoires/", largeur=375)`.

    At the end, an error in the console (a script refused by the CSP, a missing file) fails the test.
    """
    contextes, erreurs, demandes = [], [], set()

    def noter(message):
        # A page refused or not found is the test's business; a file of the page that is missing is a fault.
        attendu = message.location["url"] in demandes and "status of 4" in message.text
        if message.type == "error" and not attendu:
            erreurs.append(message.text)

    def ouvrir_page(chemin="/", *, largeur=1280, hauteur=900, javascript=True, **options):
        contexte = navigateur.new_context(
            base_url=live_server.url,
            viewport={"width": largeur, "height": hauteur},
            java_script_enabled=javascript,
            locale="fr-FR",
            **options,
        )
        contextes.append(contexte)
        contexte.set_default_timeout(15_000)
        page = contexte.new_page()
        page.on("pageerror", lambda erreur: erreurs.append(str(erreur)))
        page.on("console", noter)
        page.on("request", lambda requete: requete.is_navigation_request() and demandes.add(requete.url))
        page.goto(chemin)
        return page

    yield ouvrir_page
    for contexte in contextes:
        contexte.close()
    assert not erreurs, "Erreurs dans la console du navigateur :\n" + "\n".join(erreurs)


@pytest.fixture
def page(ouvrir):
    """The home page, on a desktop screen."""
    return ouvrir("/")
