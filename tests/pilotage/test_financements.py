"""The announced money: what sources name, what none breaks down, never shown as paid."""

from decimal import Decimal

import pytest

from programme.enums import PrecisionMontant
from programme.models import ChiffreAnnonce, Enveloppe
from tests import factories as f
from tests.pilotage.lecture import ouvrir

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    return ouvrir(client, "/financements/")


def test_le_tableau_et_la_barre_disent_la_meme_chose(page):
    assert page.lignes == [
        ["Enveloppe", "Montant annoncé"],
        ["Plan d'investissement dans les compétences", "250 M€"],
        ["Programme d'investissements d'avenir", "plus de 500 M€"],
        ["Banque des Territoires", "500 M€"],
        ["Non détaillé par les sources", "au plus 110 M€ environ"],
        ["Annoncé en tout", "1 360 M€"],
    ]
    assert page.html.count('class="barre__segment ') == 4


def test_le_chapeau_dit_ce_qui_est_nomme_et_ce_qui_ne_l_est_pas(page):
    assert "1 360 M€ ont été annoncés en 2018. Les sources nomment 3 enveloppes, pour au moins 1 250 M€" in page.mots
    assert "au plus 110 M€ environ ne sont détaillés nulle part" in page.mots
    assert "un montant nommé est un plancher : Programme d'investissements d'avenir (« plus de »)" in page.mots


def test_une_annonce_n_est_pas_un_paiement(page):
    assert "Une annonce n'est pas un paiement" in page.sections


def test_une_quatrieme_enveloppe_a_sa_couleur_dans_la_barre_et_dans_le_tableau(client):
    f.EnveloppeFactory(ordre=100)
    html = ouvrir(client, "/financements/").html
    assert html.count("barre__segment--4") == 2


def test_chaque_enveloppe_a_sa_source(page):
    assert page.html.count("latribune.fr") >= 3
    assert "Plan d'investissement dans les compétences (PIC)" in page.mots
    assert "(BDT)" not in page.mots


def test_une_enveloppe_seule_s_accorde_au_singulier(client):
    Enveloppe.objects.exclude(code="PIC").delete()
    mots = ouvrir(client, "/financements/").mots
    assert "1 enveloppes" not in mots
    assert "1 enveloppe" in mots


def test_ce_qui_est_dit_du_programme_d_avenir_suit_les_donnees(client):
    """« plus de 500 M€ » is a row, not a sentence: changed, the page follows."""
    pia = Enveloppe.objects.get(code="PIA")
    pia.montant_annonce, pia.precision = Decimal(510_000_000), PrecisionMontant.EXACT
    pia.save()
    mots = ouvrir(client, "/financements/").mots
    assert "510 M€" in mots
    assert "plus de" not in mots
    assert "C'est un maximum" not in mots


def test_tout_est_detaille_quand_le_compte_est_juste(client):
    total = ChiffreAnnonce.objects.get(cle="montant")
    total.valeur = 1_250_000_000
    total.save()
    mots = ouvrir(client, "/financements/").mots
    assert "étaillé" not in mots
    assert "au plus" not in mots


def test_sans_total_le_reste_n_est_pas_invente(client):
    ChiffreAnnonce.objects.get(cle="montant").delete()
    mots = ouvrir(client, "/financements/").mots
    assert "Les sources nomment 3 enveloppes, pour au moins 1 250 M€." in mots
    assert "Annoncé en tout" not in mots
    assert "étaillé" not in mots


def test_une_enveloppe_sans_montant_annonce_est_dite_sans_montant(client):
    """It is a source of money that the programme names: hiding it would be a lie by omission."""
    f.EnveloppeFactory(nom="Fonds d'accélération", montant_annonce=None)
    page = ouvrir(client, "/financements/")
    assert ["Fonds d'accélération", "montant inconnu"] in page.lignes
    assert "None" not in page.mots


def test_sans_enveloppe_la_page_le_dit(client, base_vide):
    page = ouvrir(client, "/financements/")
    assert "Aucune enveloppe n'est encore saisie" in page.mots
    assert "M€" not in page.mots
