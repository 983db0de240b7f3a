"""Every package used is declared, every package declared is used, and the pins hold them all."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest
from django.conf import settings

from tests.outils.sens import PIECES, fichiers_python

# Used without an import of ours: by Django (database, server's command line).
SANS_IMPORT = {"psycopg2-binary", "gunicorn"}
EPINGLES = settings.BASE_DIR / "config" / "requirements"


def normaliser(nom):
    return re.sub(r"[-_.]+", "-", nom).lower()


def declarees(groupe=None):
    projet = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    lignes = projet["optional-dependencies"][groupe] if groupe else projet["dependencies"]
    return {normaliser(re.match(r"[\w.-]+", ligne)[0]) for ligne in lignes}


def epinglees(fichier):
    return {normaliser(nom) for nom in re.findall(r"^([\w.-]+)==", (EPINGLES / fichier).read_text(), re.MULTILINE)}


def modules_importes(source):
    """Return the top-level modules that a file imports, wherever it does."""
    modules = set()
    for noeud in ast.walk(ast.parse(source)):
        if isinstance(noeud, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in noeud.names}
        elif isinstance(noeud, ast.ImportFrom) and not noeud.level:
            modules.add(noeud.module.partition(".")[0])
    return modules


def paquets_utilises():
    """Return the packages that our code imports or that the settings name, as pip calls them."""
    modules = {nom.partition(".")[0] for nom in (*settings.INSTALLED_APPS, *settings.MIDDLEWARE)}
    for piece in PIECES:
        for fichier in fichiers_python(settings.BASE_DIR, piece):
            modules |= modules_importes(fichier.read_text())
    paquets = packages_distributions()
    return {
        normaliser(paquet)
        for module in modules - set(PIECES) - sys.stdlib_module_names
        for paquet in paquets.get(module, [f"{module} (absent)"])
    }


def test_tout_paquet_utilise_est_declare_ou_vient_avec_un_autre():
    """`widget_tweaks` comes with django-dsfr, which requires the settings to name it; numpy with shapely."""
    assert paquets_utilises() - declarees() <= {"django-widget-tweaks", "numpy"}


def test_tout_paquet_declare_est_utilise():
    assert declarees() - paquets_utilises() - SANS_IMPORT == set()


def test_les_epingles_contiennent_ce_qui_est_declare():
    production, developpement = epinglees("production.txt"), epinglees("developpement.txt")
    assert declarees() <= production
    assert production | declarees("dev") <= developpement


@pytest.mark.parametrize("fichier", ["production.txt", "developpement.txt"])
def test_chaque_epingle_a_une_empreinte_et_aucune_adresse(fichier):
    texte = (EPINGLES / fichier).read_text()
    assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links", texte)
    assert texte.count("==") <= texte.count("--hash=sha256:")
    assert all(re.search(r"--hash", bloc) for bloc in re.split(r"\n(?=\S)", texte.strip()))


def test_un_import_cache_dans_une_fonction_est_vu():
    assert modules_importes("def f():\n    from paquet.x import y\n    import autre.z") == {"paquet", "autre"}
    assert modules_importes("from . import voisin") == set()
