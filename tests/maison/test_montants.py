"""Amounts are added in `programme/montants.py` only: SQLite would add them as floats."""

import ast

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from tests.outils.sens import PIECES, fichiers_python

FONCTIONS_SQL = {"F", "Sum", "Avg", "Max", "Min", "StdDev", "Variance"}
SEUL_ENDROIT = "programme/montants.py"


def champs_de_montant():
    """Decimal fields of the programme and of what stands on it are euros; those of `territoires`, km²."""
    return {
        champ.name
        for modele in apps.get_models()
        if modele._meta.app_label in PIECES[PIECES.index("programme") :]
        for champ in modele._meta.get_fields()
        if isinstance(champ, models.DecimalField)
    }


def est_une_comparaison(noeud):
    """What migrations keep of `montants.au_plus`: `("assiette__lte", F("cout"))`. Nothing is computed."""
    return (
        isinstance(noeud, ast.Tuple)
        and len(noeud.elts) == 2
        and isinstance(noeud.elts[0], ast.Constant)
        and str(noeud.elts[0].value).endswith(("__lte", "__gte"))
    )


def calculs_en_sql(source, montants):
    """Return the lines of `source` where SQL computes on one of the fields `montants`."""
    lignes, arbre = [], ast.parse(source)
    compares = {id(noeud.elts[1]) for noeud in ast.walk(arbre) if est_une_comparaison(noeud)}
    for noeud in ast.walk(arbre):
        if (
            isinstance(noeud, ast.Call)
            and id(noeud) not in compares
            and noeud.args
            and isinstance(noeud.args[0], ast.Constant)
        ):
            nom = getattr(noeud.func, "attr", None) or getattr(noeud.func, "id", None)
            champ = str(noeud.args[0].value).rpartition("__")[2]
            if nom in FONCTIONS_SQL and champ in montants:
                lignes.append(f"ligne {noeud.lineno} : {nom}({noeud.args[0].value!r})")
    return lignes


def test_les_montants_ne_sont_additionnes_qu_en_un_endroit():
    montants = champs_de_montant()
    fautes = [
        f"{fichier.relative_to(settings.BASE_DIR)}, {ligne}"
        for piece in PIECES
        for fichier in fichiers_python(settings.BASE_DIR, piece)
        if not str(fichier).endswith(SEUL_ENDROIT)
        for ligne in calculs_en_sql(fichier.read_text(), montants)
    ]
    assert not fautes, "\n".join(fautes)
    assert "montant_annonce" in montants
    assert "superficie" not in montants


@pytest.mark.parametrize(
    "source",
    [
        "Enveloppe.objects.aggregate(Sum('montant_annonce'))",
        "Mesure.objects.annotate(x=models.Sum('enveloppe__montant_annonce'))",
        "qs.update(montant_annonce=F('montant_annonce') + 1)",
        "Q(('assiette__lte', F('montant_annonce') * 2))",
    ],
)
def test_un_calcul_en_sql_sur_un_montant_est_signale(source):
    assert calculs_en_sql(source, {"montant_annonce"})


@pytest.mark.parametrize(
    "source", ["Sum('population')", "total('montant_annonce')", "F(nom)", "Q(('assiette__lte', F('montant_annonce')))"]
)
def test_les_autres_calculs_sont_permis(source):
    assert not calculs_en_sql(source, {"montant_annonce"})
