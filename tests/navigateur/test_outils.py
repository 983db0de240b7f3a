"""The browser and axe work, and say no."""

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import Error

from comptes.models import Utilisateur
from tests.factories import UtilisateurFactory
from tests.outils.accessibilite import AXE, verifier_accessibilite, violations


def test_le_fichier_d_axe_est_celui_qui_est_annonce():
    notice = (Path(__file__).parent / "README.md").read_text()
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() in notice
    assert AXE.read_text().split("\n", 1)[0].removeprefix("/*! axe v") in notice


def test_axe_trouve_ce_qui_ne_va_pas(ouvrir):
    page = ouvrir("/aide/")
    assert violations(page) == []
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    with pytest.raises(AssertionError) as erreur:
        verifier_accessibilite(page)
    assert "image-alt" in str(erreur.value)
    assert "html-has-lang" in str(erreur.value)


def test_le_navigateur_voit_ce_que_le_test_ecrit(ouvrir):
    """The live server has its own connection: what the test commits is there; the ORM stays usable."""
    personne = UtilisateurFactory(email="camille@exemple.example")
    page = ouvrir("/connexion/")
    page.get_by_label("Adresse électronique").fill(personne.email)
    page.get_by_label("Mot de passe", exact=True).fill("un-mot-de-passe-d-essai")
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_text(str(personne)).first.wait_for()
    assert Utilisateur.objects.get().last_login


def test_les_fichiers_statiques_sont_servis(page):
    polices = page.evaluate("document.fonts.ready.then(polices => [...polices].length)")
    couleur = page.evaluate("getComputedStyle(document.querySelector('.fr-header')).backgroundColor")
    assert polices
    assert couleur == "rgb(255, 255, 255)"


def test_le_navigateur_ne_sort_pas_de_cette_machine(navigateur):
    with navigateur.new_context() as contexte, pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        contexte.new_page().goto("http://exemple.example/")
