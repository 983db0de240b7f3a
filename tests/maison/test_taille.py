"""Files one can read, whose names say what they hold."""

import pytest
from django.conf import settings

from tests.outils.sens import PIECES

LONGUEUR_MAX = 400
NOMS_FOURRE_TOUT = {"utils.py", "helpers.py", "services.py", "mixins.py", "misc.py", "common.py"}


def faute(chemin, lignes):
    """Return what is wrong with a Python file of `lignes` lines, or an empty text."""
    if chemin.name in NOMS_FOURRE_TOUT:
        return f"{chemin} : un nom qui ne dit rien de ce qu'il contient"
    if lignes > LONGUEUR_MAX and chemin.parent.name != "migrations":
        return f"{chemin} : {lignes} lignes, {LONGUEUR_MAX} au plus"
    return ""


def test_les_fichiers_sont_courts_et_bien_nommes():
    fichiers = [
        fichier
        for dossier in (*PIECES, "tests", "benchmarks")
        for fichier in sorted((settings.BASE_DIR / dossier).rglob("*.py"))
    ]
    fautes = [faute(fichier, len(fichier.read_text().splitlines())) for fichier in fichiers]
    assert not any(fautes), "\n".join(filter(None, fautes))
    assert len(fichiers) > 60


@pytest.mark.parametrize(
    ("nom", "lignes", "fautif"),
    [
        ("territoires/utils.py", 10, True),
        ("territoires/carte.py", 401, True),
        ("territoires/carte.py", 400, False),
        ("territoires/migrations/0001_x.py", 900, False),
    ],
)
def test_un_fichier_trop_long_ou_mal_nomme_est_signale(nom, lignes, fautif):
    assert bool(faute(settings.BASE_DIR / nom, lignes)) is fautif
