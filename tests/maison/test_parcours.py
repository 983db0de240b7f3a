"""The state of what has a life is written by `comptes.parcours` only."""

import ast

import pytest
from django.apps import apps
from django.conf import settings

from comptes.parcours import AvecParcours
from tests.outils.sens import PIECES, fichiers_python

SEUL_ENDROIT = "comptes/parcours.py"
# Those that write what they are given; the others (`filter`) only read it.
ECRIVENT = {"update", "create", "get_or_create", "update_or_create", "aget_or_create", "acreate", "aupdate"}


def modeles_en_parcours():
    return [modele for modele in apps.get_models() if issubclass(modele, AvecParcours)]


def ecritures_de_l_etat(source, champs, modeles):
    """Return the lines of `source` that write one of `champs`, or build one of `modeles` in a state."""
    lignes = []

    def noter(noeud, quoi):
        lignes.append(f"ligne {noeud.lineno} : {quoi}")

    for noeud in ast.walk(ast.parse(source)):
        if isinstance(noeud, ast.Attribute) and noeud.attr in champs and isinstance(noeud.ctx, ast.Store):
            noter(noeud, f".{noeud.attr} = …")
        if not isinstance(noeud, ast.Call):
            continue
        nom = getattr(noeud.func, "attr", None) or getattr(noeud.func, "id", None)
        if nom in ECRIVENT | modeles:
            for mot in noeud.keywords:
                dictionnaire = mot.value.keys if isinstance(mot.value, ast.Dict) else ()
                noms = {mot.arg, *(cle.value for cle in dictionnaire if isinstance(cle, ast.Constant))}
                for champ in noms & champs:
                    noter(noeud, f"{nom}({champ}=…)")
        constantes = [
            constante.value
            for argument in (*noeud.args, *(mot.value for mot in noeud.keywords))
            for constante in ast.walk(argument)
            if isinstance(constante, ast.Constant)
        ]
        if nom in ("setattr", "bulk_update", "__setattr__") and champs & {c for c in constantes if isinstance(c, str)}:
            noter(noeud, f"{nom}(…)")
    return lignes


def pieces_a_lire():
    """The rooms from the first that has such a model on: the earlier ones have other states, and cannot know these."""
    premiere = min(PIECES.index(modele._meta.app_label) for modele in modeles_en_parcours())
    return PIECES[premiere:]


def test_l_etat_n_est_ecrit_qu_en_un_endroit():
    champs = {nom for modele in modeles_en_parcours() for nom in (modele.parcours.champ, modele.parcours.depuis)}
    modeles = {modele.__name__ for modele in modeles_en_parcours()}
    lus = [fichier for piece in pieces_a_lire() for fichier in fichiers_python(settings.BASE_DIR, piece)]
    fautes = [
        f"{fichier.relative_to(settings.BASE_DIR)}, {ligne}"
        for fichier in lus
        if "migrations" not in fichier.parts
        for ligne in ecritures_de_l_etat(fichier.read_text(), champs, modeles)
    ]
    assert not fautes, "\n".join(fautes)
    assert len(lus) > 30
    assert {"etat", "etat_depuis"} <= champs
    assert "Projet" in modeles


def test_le_moteur_ecrit_bien_l_etat_et_l_endroit_existe():
    source = (settings.BASE_DIR / SEUL_ENDROIT).read_text()
    assert "setattr(objet, objet.parcours.champ" in source


def test_l_etat_n_est_dans_aucun_formulaire():
    for modele in modeles_en_parcours():
        for nom in (modele.parcours.champ, modele.parcours.depuis):
            assert not modele._meta.get_field(nom).editable


def test_chaque_regle_de_la_table_existe():
    for modele in modeles_en_parcours():
        for transition in modele.parcours.transitions:
            assert callable(getattr(modele.objects, transition.qui))
            champ = modele._meta.get_field(modele.parcours.champ)
            # Without a new state, it stays where it is.
            assert {transition.vers or transition.de[0], *transition.de} <= set(dict(champ.choices))


@pytest.mark.parametrize(
    "source",
    [
        "projet.etat = 'inscrit'",
        "self.projet.etat, x = 'inscrit', 1",
        "projet.etat_depuis = None",
        "Projet.objects.filter(etat='idee').update(etat='inscrit')",
        "Projet.objects.update(**{'etat': 'inscrit'})",
        "Projet.objects.create(titre='x', etat='inscrit')",
        "Projet(etat='inscrit')",
        "models.Projet(etat='inscrit')",
        "Projet.objects.update_or_create(cle='x', defaults={'etat': 'inscrit'})",
        "Projet.objects.bulk_update(projets, ['titre', 'etat'])",
        "Projet.objects.bulk_update(projets, fields=['etat'])",
        "setattr(projet, 'etat', 'inscrit')",
    ],
)
def test_une_ecriture_de_l_etat_est_signalee(source):
    assert ecritures_de_l_etat(source, {"etat", "etat_depuis"}, {"Projet"})


@pytest.mark.parametrize(
    "source",
    [
        "Projet.objects.filter(etat='idee').count()",
        "if projet.etat == 'idee': pass",
        "etat = projet.etat",
        "Projet.objects.filter(etat='idee').update(titre='x')",
        "Ligne(etat='x')",
    ],
)
def test_les_lectures_ne_sont_pas_signalees(source):
    assert not ecritures_de_l_etat(source, {"etat", "etat_depuis"}, {"Projet"})
