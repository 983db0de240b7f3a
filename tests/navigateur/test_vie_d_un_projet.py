"""The whole life of a project, from window to window: chef de projet, porteur, region, committee, follow-up.

With scripts and without, and on a phone. Each window is somebody's; they pass each other nothing but the portal.
"""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from playwright.sync_api import expect

from comptes.acces import aujourdhui
from comptes.models import Courrier
from programme.enums import EtatProjet
from programme.models import Projet
from territoires.models import Territoire
from tests import factories as f
from tests.navigateur.gestes import cocher, envoyer, franchir, prendre, suivre
from tests.outils.personnages import PILOTE

TITRE = "Une école de production pour la chaudronnerie et la maintenance industrielles"
PORTEUR = "direction@ecole.example"
MOT_DE_PASSE = "cheval pluie tracteur 9"
# The last first, as the page has it.
VIE = [
    "Réalisé",
    "En réalisation",
    "Inscrit au contrat",
    "En instruction",
    "Transmis à la région",
    "À compléter",
    "Transmis à la région",
    "En préparation",
    "Idée",
]


@pytest.fixture
def territoire(reference):
    return Territoire.objects.get(slug="dunkerque")


@pytest.fixture
def chef(ouvrir_en, territoire, variante):
    """The window of the chef de projet."""
    personne = f.ActeurFactory(territoire=territoire, personne__nom="Leroy").personne
    return ouvrir_en(personne, "/projets/", **variante._asdict())


@pytest.fixture
def pilote(ouvrir_en, reference, variante):
    """The window of the region's pilot."""
    personne = f.PiloteFactory(region_id=PILOTE, personne__nom="Petit").personne
    return ouvrir_en(personne, "/a-faire/", **variante._asdict())


def enregistrer(page, bouton):
    with page.expect_navigation():
        page.locator(".barre-d-actes").get_by_role("button", name=bouton).click()


def enregistrer_la_fiche(chef):
    """Save, and read the project: one button does both."""
    enregistrer(chef, re.compile("^Enregistrer et revenir"))
    expect(chef.locator("main")).to_contain_text("La fiche est enregistrée.")


# --- The acts
def ecrire_un_brouillon(chef, regarder):
    """An idea with little in it is kept; its page says what is missing, each a link to its field. Return it."""
    suivre(chef, "Commencer un projet")
    regarder(chef, "Nouveau projet")
    chef.get_by_label("Titre").fill(TITRE)
    envoyer(chef, "Commencer la fiche")
    chef.get_by_label("Contexte").fill("Des métiers en tension autour du port.")
    enregistrer_la_fiche(chef)
    franchir(chef, "Commencer la préparation")
    regarder(chef, TITRE)
    expect(chef.locator(".attendu")).to_contain_text("Avant de pouvoir « Transmettre à la région », il manque")
    expect(chef.get_by_role("link", name="Transmettre à la région")).to_have_count(0)
    return Projet.objects.get()


def completer(chef, regarder):
    """Write all that the chef knows: the objectives are the porteur's to say."""
    suivre(chef, "Dites les objectifs")
    assert chef.url.endswith("#id_objectifs")
    regarder(chef, "Modifier la fiche")
    chef.locator("#id_mesures label").first.click()
    chef.get_by_label("Nom du porteur").fill("École de production du littoral")
    chef.get_by_label("Nature du porteur").select_option("association")
    cocher(chef, "En cours de création")
    cocher(chef, "Sans lieu précis")
    chef.get_by_label("Début prévu").fill("2027-01-01")
    chef.get_by_label("Fin prévue").fill("2028-12-31")
    chef.get_by_label("Maturité").select_option("pret")
    chef.get_by_label("Coût total (€)").fill("1 250 000,50")
    chef.get_by_label("HT ou TTC").first.select_option("ht")
    enregistrer_la_fiche(chef)
    expect(chef.locator(".attendu")).to_contain_text("Dites les objectifs")


def inviter_le_porteur(chef, ouvrir, variante):
    """The link that the porteur receives opens an account. Returns their window."""
    suivre(chef, "inviter le porteur")
    chef.fill("[name=adresse]", PORTEUR)
    chef.get_by_label("Qualité").select_option("redaction")
    envoyer(chef, "Envoyer l'invitation")
    expect(chef.locator("main")).to_contain_text(f"L'invitation pour {PORTEUR} va partir.")
    lien = Courrier.objects.get(adresse=PORTEUR).lien.removeprefix(settings.ADRESSE_DU_SITE)
    porteur = ouvrir(lien, **variante._asdict())
    expect(porteur.locator("main")).to_contain_text(TITRE)
    porteur.fill("[name=prenom]", "Claude")
    porteur.fill("[name=nom]", "Martin")
    porteur.fill("[name=fonction]", "Directrice")
    porteur.fill("[name=password1]", MOT_DE_PASSE)
    porteur.fill("[name=password2]", MOT_DE_PASSE)
    envoyer(porteur, "Accepter et ouvrir mon compte")
    return porteur


def proposer(porteur, regarder):
    prendre(porteur, TITRE)
    suivre(porteur, "Compléter la fiche")
    regarder(porteur, "Proposer des changements")
    porteur.get_by_label("Objectifs").fill("Former cinquante jeunes par an.")
    porteur.get_by_label("Contexte").fill("Un contexte qui ne sera pas repris.")
    enregistrer(porteur, "Envoyer la proposition")
    assert Projet.objects.get().objectifs == ""


def accepter_une_partie(chef, regarder):
    """Take the objectives, leave the context."""
    prendre(chef, "Claude Martin propose des changements")
    regarder(chef, "Proposition du porteur")
    # What is accepted is seen without moving the table.
    tableau, cadre = chef.locator(".ecarts").bounding_box(), chef.locator("main").bounding_box()
    assert tableau["x"] + tableau["width"] <= cadre["x"] + cadre["width"]
    chef.get_by_label("Accepter : Contexte").uncheck(force=True)
    envoyer(chef, "Accepter ce qui est coché")
    projet = Projet.objects.get()
    assert projet.objectifs == "Former cinquante jeunes par an."
    assert projet.contexte == "Des métiers en tension autour du port."


def valider_et_transmettre(chef, regarder):
    """Nothing leaves the territory before it is validated there. Returns the number of the project."""
    suivre(chef, "Faites valider le projet")
    regarder(chef, "Enregistrer la validation locale")
    chef.get_by_label("Qui a validé le projet").select_option("binome")
    chef.get_by_label("Date de la validation").fill(aujourdhui().isoformat())
    envoyer(chef, "Enregistrer la validation")
    suivre(chef, "Transmettre à la région")
    regarder(chef, "Transmettre à la région")
    envoyer(chef, "Transmettre à la région")
    numero = Projet.objects.get().numero
    assert re.fullmatch(r"FA-\d{4}-\d{5}", numero)
    expect(chef.locator("main")).to_contain_text(numero)
    return numero


def demander_des_complements(pilote, numero, regarder):
    prendre(pilote, f"Le projet {numero}")
    regarder(pilote, TITRE)
    suivre(pilote, "Demander des compléments")
    regarder(pilote, "Demander des compléments")
    pilote.get_by_label("Motif").fill("Il manque le nombre d'emplois.")
    pilote.get_by_label("Champ de la fiche").first.select_option("emplois")
    pilote.get_by_label("Remarque", exact=True).first.fill("Combien d'emplois sont attendus ?")
    envoyer(pilote, "Demander des compléments")
    expect(pilote.locator("main")).to_contain_text("À compléter")


def repondre_a_la_remarque(chef, numero, regarder):
    prendre(chef, f"Le projet {numero}")
    expect(chef.locator("main")).to_contain_text("Combien d'emplois sont attendus ?")
    suivre(chef, "Modifier la fiche")
    chef.locator(".manques").get_by_role("link", name="Emplois attendus").click()
    assert chef.url.endswith("#id_emplois")
    chef.get_by_label("Emplois attendus").fill("12")
    cocher(chef, "J'ai répondu à cette remarque")
    enregistrer_la_fiche(chef)
    regarder(chef, TITRE)
    franchir(chef, "Transmettre à nouveau")


def porter_au_comite(pilote, numero, regarder):
    """The committee inscribes the project: nothing is written before the preview."""
    prendre(pilote, f"Le projet {numero}")
    expect(pilote.locator("main")).to_contain_text("Répondu")
    franchir(pilote, "Commencer l'instruction")
    pilote.goto("/comites/")
    suivre(pilote, "Préparer un comité")
    pilote.get_by_label("Date").fill(aujourdhui().isoformat())
    pilote.get_by_label("Lieu").fill("Lille")
    envoyer(pilote, "Choisir l'ordre du jour")
    regarder(pilote, "Choisir l'ordre du jour")
    cocher(pilote, f"Retenir « {TITRE} »")
    envoyer(pilote, "Enregistrer l'ordre du jour")
    suivre(pilote, "Saisir les décisions")
    regarder(pilote, "Saisir les décisions")
    pilote.get_by_label("Décision", exact=True).select_option("inscrire")
    enregistrer(pilote, "Voir ce qui va se passer")
    regarder(pilote, "Vérifier avant d'enregistrer")
    expect(pilote.locator("tbody")).to_contain_text("Inscrit au contrat")
    assert Projet.objects.get().etat == EtatProjet.INSTRUCTION
    envoyer(pilote, "Enregistrer 1\N{NO-BREAK SPACE}décision")
    assert Projet.objects.get().etat == EtatProjet.INSCRIT


def ouvrir_une_campagne(pilote, regarder):
    pilote.goto("/campagnes/")
    suivre(pilote, "Ouvrir une campagne")
    regarder(pilote, "Ouvrir une campagne de suivi")
    pilote.get_by_label("Titre").fill("Point d'automne")
    pilote.fill("[name=au]", (aujourdhui() + timedelta(days=14)).isoformat())
    envoyer(pilote, "Ouvrir la campagne")
    expect(pilote.locator("main")).to_contain_text("0 réponse sur 1 projet")


def dire_comment_il_va(chef, numero, regarder):
    prendre(chef, "La campagne « Point d'automne »")
    regarder(chef, "Comment vont vos projets ?")
    chef.get_by_label(f"Météo, {numero}").select_option("surveiller")
    chef.get_by_label(f"Ce qui s'est passé, {numero}").fill("Le chantier a pris un mois.")
    enregistrer(chef, "Enregistrer les réponses")


# --- The life
def test_de_l_idee_au_projet_realise(ouvrir, chef, pilote, variante, regarder):
    projet = ecrire_un_brouillon(chef, regarder)
    adresse = projet.get_absolute_url()
    completer(chef, regarder)
    porteur = inviter_le_porteur(chef, ouvrir, variante)
    proposer(porteur, regarder)
    accepter_une_partie(chef, regarder)
    numero = valider_et_transmettre(chef, regarder)
    demander_des_complements(pilote, numero, regarder)
    repondre_a_la_remarque(chef, numero, regarder)

    anonyme = ouvrir("/projets/", **variante._asdict())
    expect(anonyme.locator("main")).not_to_contain_text(TITRE)
    # Nothing tells it from what does not exist.
    for chemin in (adresse, "/projets/absent/"):
        anonyme.goto(chemin)
        expect(anonyme.get_by_role("heading", level=1)).to_have_text("Se connecter")
    porter_au_comite(pilote, numero, regarder)
    anonyme.goto("/projets/")
    regarder(anonyme, "Les projets")
    suivre(anonyme, TITRE)
    regarder(anonyme, TITRE)
    expect(anonyme.locator(".chronologie")).to_contain_text("Comité de pilotage régional")

    chef.goto(adresse)
    franchir(chef, "Démarrer la réalisation")
    ouvrir_une_campagne(pilote, regarder)
    dire_comment_il_va(chef, numero, regarder)
    chef.goto(adresse)
    expect(chef.locator("main")).to_contain_text("À surveiller")
    franchir(chef, "Déclarer réalisé")

    # The page tells the whole life, to those who know the project; nobody else reads the reasons.
    regarder(chef, TITRE)
    expect(chef.locator(".chronologie__etat")).to_have_text(VIE)
    expect(chef.locator(".chronologie")).to_contain_text("Il manque le nombre d'emplois.")
    anonyme.goto(adresse)
    expect(anonyme.locator("main")).to_contain_text("Réalisé")
    expect(anonyme.locator("main")).not_to_contain_text("Il manque le nombre d'emplois.")
