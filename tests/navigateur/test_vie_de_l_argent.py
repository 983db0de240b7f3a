"""Money from window to window: the team asks, the operator programmes and pays, the region follows, anyone looks.

With scripts and without, and on a phone.
"""

import re

import pytest
from playwright.sync_api import expect

from comptes.acces import aujourdhui
from programme.argent.enums import EtatFinancement
from programme.enums import EtatProjet
from programme.models import Enveloppe, Financement
from territoires.models import Territoire
from tests import factories as f
from tests.factories_argent import DotationFactory, ExerciceFactory, OperateurFactory, ecart_de, plafond
from tests.factories_projets import projet_en
from tests.navigateur.gestes import envoyer, suivre
from tests.outils.personnages import ENVELOPPE, PILOTE

TITRE = "Une école de production pour la chaudronnerie"
MONTANT = "300 000,10"


@pytest.fixture
def pic(reference):
    return Enveloppe.objects.get(code=ENVELOPPE)


@pytest.fixture
def dotation(pic):
    """The region's share, of which little remains."""
    exercice = ExerciceFactory(enveloppe=pic, annee=aujourdhui().year)
    return plafond("400000.00", DotationFactory(exercice=exercice, region_id=PILOTE))


@pytest.fixture
def projet(reference):
    territoire = Territoire.objects.get(slug="dunkerque")
    champs = {"titre": TITRE, "cout_total": "1000000.00", "cout_total_taxe": "ht"}
    return projet_en(EtatProjet.INSCRIT, territoire=territoire, **champs)


@pytest.fixture
def chef(ouvrir_en, projet, variante):
    """The window of the chef de projet."""
    personne = f.ActeurFactory(territoire=projet.territoire).personne
    return ouvrir_en(personne, projet.get_absolute_url(), **variante._asdict())


@pytest.fixture
def operateur(ouvrir_en, pic, variante):
    """The window of who decides for the envelope."""
    return ouvrir_en(OperateurFactory(enveloppe=pic).personne, "/a-faire/", **variante._asdict())


@pytest.fixture
def pilote(ouvrir_en, reference, variante):
    """The window of the region's pilot."""
    return ouvrir_en(f.PiloteFactory(region_id=PILOTE).personne, "/financements/suivi/", **variante._asdict())


# --- The acts
def demander(chef, pic, regarder):
    """Write what is asked of the envelope, then ask for it."""
    suivre(chef, re.compile("^Il manque 1.000.000,00"))
    regarder(chef, "Plan de financement")
    suivre(chef, "Ajouter une source")
    regarder(chef, "Ajouter une source")
    chef.get_by_label("Financeur", exact=True).select_option("enveloppe")
    chef.get_by_label("Enveloppe", exact=True).select_option(str(pic.pk))
    chef.get_by_label("Montant demandé (€)").fill(MONTANT)
    envoyer(chef, "Enregistrer la source")
    regarder(chef, "Plan de financement")
    suivre(chef, str(pic))
    regarder(chef, str(pic))
    suivre(chef, "Solliciter")
    regarder(chef, "Solliciter")
    envoyer(chef, "Solliciter")


def programmer(operateur, dotation, regarder):
    """Choose the request; nothing is written before what it leaves is seen; more than there is, is refused."""
    operateur.goto("/financements/demandes/")
    regarder(operateur, "Demandes de financement")
    operateur.get_by_label(f"Choisir {Financement.objects.get().objet_dit}").check(force=True)
    envoyer(operateur, "Programmer les demandes choisies")
    regarder(operateur, "Programmer 1\N{NO-BREAK SPACE}demande")
    operateur.get_by_label("Enveloppe régionale", exact=True).select_option(index=1)
    montant = operateur.locator("[name^=montant-]")
    montant.fill("400 000,01")
    envoyer(operateur, "Voir ce que cela laisse")
    expect(operateur.locator("main")).to_contain_text("il reste")
    expect(operateur.get_by_role("button", name=re.compile("^Programmer"))).to_have_count(0)
    operateur.locator("[name^=montant-]").fill(MONTANT)
    envoyer(operateur, "Voir ce que cela laisse")
    regarder(operateur, "Programmer 1\N{NO-BREAK SPACE}demande")
    expect(operateur.locator("main")).to_contain_text("99 999,90")
    assert Financement.objects.get().etat == EtatFinancement.SOLLICITE
    envoyer(operateur, re.compile("^Programmer 300"))
    regarder(operateur, str(dotation.lieu))


def attribuer_et_verser(operateur, regarder):
    operateur.goto(Financement.objects.get().get_absolute_url())
    suivre(operateur, "Enregistrer l'attribution")
    regarder(operateur, "Enregistrer l'attribution")
    operateur.get_by_label("Acte").fill("Convention 2026-12")
    envoyer(operateur, "Enregistrer l'attribution")
    suivre(operateur, "Enregistrer un versement")
    regarder(operateur, "Enregistrer un versement")
    operateur.get_by_label("Montant (€)").fill("300 000,11")
    operateur.get_by_label("Nature du versement").select_option("avance")
    envoyer(operateur, "Enregistrer un versement")
    # More than what is committed: nothing was written, what was typed is still there.
    expect(operateur.locator("main")).to_contain_text("Il reste")
    operateur.get_by_label("Montant (€)").fill("100 000,05")
    envoyer(operateur, "Enregistrer un versement")
    expect(operateur.locator("main")).to_contain_text("100 000,05")


# --- The journey
def test_de_la_demande_au_versement(ouvrir, chef, operateur, pilote, projet, pic, dotation, variante, regarder):
    demander(chef, pic, regarder)
    programmer(operateur, dotation, regarder)
    attribuer_et_verser(operateur, regarder)
    chef.goto(projet.get_absolute_url())
    suivre(chef, re.compile("^Il manque 699.999,90"))
    regarder(chef, "Plan de financement")
    expect(chef.locator("main")).to_contain_text(re.compile("100.000,05.€ versés"))

    pilote.goto("/financements/suivi/")
    regarder(pilote, "Suivi des enveloppes")
    suivre(pilote, "Par besoin")
    regarder(pilote, "Suivi des enveloppes")
    suivre(pilote, "Total")
    regarder(pilote, "Mouvements")
    suivre(pilote, "Enregistrer un versement")
    expect(pilote.locator("main")).to_contain_text("Convention 2026-12")

    anonyme = ouvrir("/financements/?par=region", **variante._asdict())
    regarder(anonyme, "Les financements")
    anonyme.goto(Financement.objects.get().get_absolute_url())
    expect(anonyme.get_by_role("heading", level=1)).to_have_text("Se connecter")


def test_scenarios_ecarts_et_enveloppes(operateur, projet, pic, dotation, regarder):
    """The other desks: a scenario that goes to its programming, what could not be counted, a year."""
    ecart_de(projet, pic)
    ligne = Financement.objects.first()
    for adresse, titre in (
        ("/financements/suivi/", "Suivi des enveloppes"),
        ("/financements/ecarts/", "Écarts à régulariser"),
        ("/financements/a-rapprocher/", "À rapprocher"),
        ("/financements/hors-fiche/", "Enregistrer un financement hors fiche-action"),
        (f"/financements/enveloppes/{pic.code}/{aujourdhui().year}/", f"{pic.nom}, {aujourdhui().year}"),
        (f"/financements/enveloppes/{pic.code}/{aujourdhui().year}/repartir/", "Répartir"),
        (dotation.get_absolute_url() + "fixer/", f"Fixer l'enveloppe : {dotation.lieu}"),
        (ligne.get_absolute_url(), str(pic)),
    ):
        operateur.goto(adresse)
        regarder(operateur, titre)
    operateur.goto("/financements/scenarios/")
    regarder(operateur, "Scénarios")
    suivre(operateur, "Commencer un scénario")
    regarder(operateur, "Nouveau scénario")
    operateur.get_by_label("Nom").fill("Priorité à la formation")
    operateur.get_by_label("Enveloppe régionale").select_option(index=1)
    envoyer(operateur, "Commencer le scénario")
    regarder(operateur, "Priorité à la formation")
