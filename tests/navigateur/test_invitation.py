"""An invitation in a browser, from the form to the landing page: with and without JavaScript, axe finds nothing."""

from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from comptes.invitations import inviter, jeton
from comptes.models import Courrier, Invitation, Utilisateur
from territoires.enums import QualiteTerritoriale
from territoires.models import ActeurLocal
from tests.outils.accessibilite import verifier_accessibilite

ADRESSE = "claude.martin@ville.example"
MOT_DE_PASSE = "cheval pluie tracteur 9"


def verifier_les_deux_largeurs(page):
    for largeur in (1280, 320):
        page.set_viewport_size({"width": largeur, "height": 900})
        verifier_accessibilite(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= largeur, page.url


def envoyer(page, bouton):
    with page.expect_navigation():
        page.get_by_role("button", name=bouton, exact=True).click()


@pytest.fixture
def ouvrir_en_pilote(ouvrir_en, personnages):
    """Open a page as the pilot, who gave the second factor."""
    return partial(ouvrir_en, personnages["pilote"])


@pytest.mark.parametrize("javascript", [True, False], ids=["avec JavaScript", "sans JavaScript"])
def test_de_l_invitation_a_l_accueil(ouvrir, ouvrir_en_pilote, territoire, javascript):
    page = ouvrir_en_pilote("/membres/inviter/", javascript=javascript)
    with page.expect_navigation():
        page.get_by_role("link", name="Équipe du territoire").click()
    envoyer(page, "Envoyer l'invitation")
    expect(page.locator("#erreurs")).to_contain_text("L'invitation n'est pas partie")
    page.fill("[name=adresse]", ADRESSE)
    page.fill("[name=prenom]", "Claude")
    page.select_option("[name=territoire]", territoire.slug)
    page.select_option("[name=qualite]", "maire")
    envoyer(page, "Envoyer l'invitation")
    expect(page.locator("main")).to_contain_text(f"L'invitation pour {ADRESSE} va partir.")

    lien = Courrier.objects.get(adresse=ADRESSE).lien.removeprefix(settings.ADRESSE_DU_SITE)
    invitee = ouvrir(lien, javascript=javascript)
    expect(invitee.locator("main")).to_contain_text(str(territoire))
    invitee.fill("[name=nom]", "Martin")
    invitee.fill("[name=fonction]", "Maire")
    invitee.fill("[name=password1]", MOT_DE_PASSE)
    invitee.fill("[name=password2]", MOT_DE_PASSE)
    envoyer(invitee, "Accepter et ouvrir mon compte")
    assert invitee.url.endswith("/")
    expect(invitee.locator("main")).to_contain_text("C'est fait")
    compte = Utilisateur.objects.get(email=ADRESSE)
    assert ActeurLocal.objects.get(personne=compte).territoire == territoire

    page.goto("/membres/invitations/")
    expect(page.locator("tbody")).to_contain_text("Acceptée")


@pytest.fixture
def promise(personnages, territoire):
    return inviter(
        personnages["pilote"],
        adresse=ADRESSE,
        genre=ActeurLocal,
        qualite=QualiteTerritoriale.MAIRE,
        portee=territoire,
        message="À lundi",
    )


def test_axe_ne_trouve_rien_dans_les_pages_d_une_invitation(ouvrir, ouvrir_en_pilote, promise):
    equipe = "/membres/inviter/?genre=equipe-du-territoire"
    page = ouvrir_en_pilote("/membres/inviter/")
    for chemin in (
        "/membres/inviter/",
        equipe,
        "/membres/invitations/",
        reverse("invitation_annuler", args=[promise.cle]),
        # Signed in as another.
        reverse("invitation", args=[jeton(promise)]),
    ):
        page.goto(chemin)
        verifier_les_deux_largeurs(page)
    page.goto(equipe)
    envoyer(page, "Envoyer l'invitation")
    verifier_les_deux_largeurs(page)

    lien = reverse("invitation", args=[jeton(promise)])
    invitee = ouvrir(lien)
    verifier_les_deux_largeurs(invitee)
    envoyer(invitee, "Accepter et ouvrir mon compte")
    verifier_les_deux_largeurs(invitee)
    Invitation.objects.update(envoyee_le=promise.envoyee_le - timedelta(days=20))
    invitee.goto(lien)
    verifier_les_deux_largeurs(invitee)
    envoyer(invitee, "Demander une nouvelle invitation")
    expect(invitee.locator("h1")).to_have_text("Votre demande est transmise")
    verifier_les_deux_largeurs(invitee)
    invitee.goto("/invitation/absente/")
    verifier_les_deux_largeurs(invitee)
