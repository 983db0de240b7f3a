"""The whole way of a regional pilot: invitation, e-mail, password, second factor, what awaits them, sign-out."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from comptes import courrier
from comptes.invitations import inviter
from comptes.models import Utilisateur
from territoires.enums import QualiteRegionale
from territoires.models import PiloteRegional, Region
from tests import factories as f
from tests.outils.accessibilite import verifier_accessibilite
from tests.outils.personnages import PILOTE, VOISIN
from tests.outils.second_facteur import code

# Not one of those that tests exempt from the second factor.
ADRESSE = "dominique.petit@region.example"
MOT_DE_PASSE = "brouette lunaire et tournesol"


@pytest.fixture
def invitation(reference):
    auteur = f.AdministrateurFactory(prenom="Alice", nom="Admin")
    region = Region.objects.get(pk=PILOTE)
    return inviter(auteur, adresse=ADRESSE, genre=PiloteRegional, qualite=QualiteRegionale.PRESIDENCE, portee=region)


def lien_recu(mailoutbox):
    """Return the path of the link in the e-mail that the worker sent."""
    courrier.envoyer_ce_qui_attend()
    message = mailoutbox[-1]
    assert message.to == [ADRESSE]
    adresse = re.search(rf"{re.escape(settings.ADRESSE_DU_SITE)}(/invitation/\S+)", message.body)
    return adresse[1]


@pytest.mark.parametrize("javascript", [True, False], ids=["avec JavaScript", "sans JavaScript"])
def test_une_pilote_invitee_arrive_jusqu_a_son_perimetre(ouvrir, invitation, mailoutbox, javascript):
    page = ouvrir(lien_recu(mailoutbox), javascript=javascript)
    expect(page.locator("main")).to_contain_text("Hauts-de-France")
    page.fill("[name=prenom]", "Dominique")
    page.fill("[name=nom]", "Petit")
    page.fill("[name=fonction]", "Présidente")
    page.fill("[name=password1]", MOT_DE_PASSE)
    page.fill("[name=password2]", MOT_DE_PASSE)
    page.get_by_role("button", name="Accepter et ouvrir mon compte").click()

    # Nothing opens before the second factor.
    expect(page.get_by_role("heading", level=1)).to_have_text("Mettre en place le second facteur")
    page.goto("/a-faire/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mettre en place le second facteur")
    page.get_by_role("link", name="Mettre en place l'application").click()
    page.get_by_label("Code affiché par l'application").fill(code(page.locator(".cle-secrete").inner_text()))
    page.get_by_role("button", name="Mettre en service").click()
    page.get_by_role("link", name="Continuer vers la page demandée").click()

    # What awaits them: the teams of the territories that their region leads.
    expect(page.get_by_role("heading", level=1)).to_have_text("À faire")
    expect(page.locator("header")).to_contain_text("Pilote régional · Hauts-de-France")
    if javascript:
        verifier_accessibilite(page)
    page.get_by_role("link", name="n'ont pas encore de chef de projet").click()
    expect(page.locator("tbody")).to_contain_text("Dunkerque")
    page.goto("/membres/")
    expect(page.locator("tbody")).to_contain_text("Dominique Petit")
    if javascript:
        verifier_accessibilite(page)
    assert page.goto(f"/territoires/{VOISIN}/acces/").status == 403
    assert page.goto("/territoires/dunkerque/acces/").status == 200
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("link", name="Se connecter")).to_be_visible()
    page.goto("/membres/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    assert PiloteRegional.objects.get(personne=Utilisateur.objects.get(email=ADRESSE)).nommee_par.nom == "Admin"
