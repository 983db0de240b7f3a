"""The announced money: what sources name, what none breaks down, never shown as paid."""

import csv
import io
import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import pytest

from comptes.acces import aujourdhui
from programme.argent import tableaux
from programme.argent.axes import AXES
from programme.enums import EtatProjet, PrecisionMontant
from programme.models import ChiffreAnnonce, Enveloppe, Projet
from tests import factories as f
from tests.factories_argent import FinancementFactory, avancer, hors_fiche
from tests.factories_projets import projet_en
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


# --- What followed


@pytest.fixture
def suivi(client, territoire, voisin):
    """Two public projects of two regions, a loan, a secret one; before the end of the last month."""
    pic, bdt = (Enveloppe.objects.get(code=code) for code in ("PIC", "BDT"))
    for lieu, region, enveloppe, champs in (
        (territoire, "32", pic, {}),
        (voisin, "44", bdt, {"nature": "pret"}),
    ):
        projet = projet_en(EtatProjet.INSCRIT, territoire=lieu)
        avancer(FinancementFactory(projet=projet, enveloppe=enveloppe, region_id=region, **champs), "attribuer")
    secret = projet_en(EtatProjet.INSCRIT, territoire=territoire, montants_secrets=True)
    avancer(FinancementFactory(projet=secret, enveloppe=pic), "programmer")
    avancer(hors_fiche(territoire, enveloppe=pic, demande=Decimal("0.10")), "attribuer", montant=Decimal("0.10"))


def lignes_de(client, **question):
    page = ouvrir(client, "/financements/?" + urlencode(question))
    return [ligne for ligne in page.lignes if ligne[0] not in {"Non détaillé par les sources", "Annoncé en tout"}]


def test_annonce_ouvert_programme_attribue_verse_ont_chacun_leur_colonne(client, suivi):
    pic = next(ligne for ligne in lignes_de(client) if ligne[0].startswith("Plan d'inv") and len(ligne) == 6)
    assert pic[1:] == ["250 M€", "inconnu", "0,00 €", "1 000,10 €", "0,00 €"]


@pytest.mark.parametrize(
    ("par", "attendu"),
    [
        ("region", {"Hauts-de-France": "1 000,10 €", "Grand Est": "1 000,00 €"}),
        ("nature", {"Subvention": "1 000,10 €", "Prêt": "1 000,00 €"}),
        ("annee", {"2026": "2 000,10 €"}),
        ("territoire", {"Vallée de la Bresle - Vimeu": "1 000,10 €", "Vosges": "1 000,00 €"}),
    ],
)
def test_les_montants_se_lisent_par(client, suivi, par, attendu):
    lues = {ligne[0]: ligne[2] for ligne in lignes_de(client, par=par) if len(ligne) == 4 and ligne[0] in attendu}
    assert lues == attendu


def test_un_projet_de_plusieurs_besoins_compte_une_fois(client, territoire):
    besoins = [f.MesureFactory(besoin=f.BesoinFactory(nom=nom)) for nom in ("Attirer encore", "Recruter encore")]
    un = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    un.mesures.set(besoins)
    avancer(FinancementFactory(projet=un), "attribuer")
    lues = {ligne[0]: ligne[2] for ligne in lignes_de(client, par="besoin") if len(ligne) == 4}
    assert lues["Plusieurs besoins"] == "1 000,00 €"
    assert lues["Total"] == "1 000,00 €"


def test_la_situation_est_celle_d_une_fin_de_mois(client, suivi):
    avant = ouvrir(client, "/financements/?au=2025-12-31").mots
    assert "Ce qui a suivi, au 31 décembre 2025" in avant.replace("\xa0", " ")
    assert "Rien n'était encore programmé" in avant
    ailleurs = ouvrir(client, "/financements/?au=nimporte&par=quoi").mots
    assert "1 000,10" in ailleurs


def test_les_projets_caches_sont_comptes_et_leur_total_seulement_s_il_ne_dit_rien(client, suivi, territoire):
    mots = ouvrir(client, "/financements/").mots.replace("\xa0", " ")
    assert "1 projet n'est pas compté" in mots
    assert "Ensemble, environ" not in mots
    pic = Enveloppe.objects.get(code="PIC")
    for rang in range(4):
        champs = {"porteur_nom": f"Porteur {rang}", "cout_total": Decimal(1_000_000)}
        cache = projet_en(EtatProjet.TRANSMIS, territoire=territoire, **champs)
        avancer(FinancementFactory(projet=cache, enveloppe=pic, demande=Decimal("600000")), "programmer",
                montant=Decimal("600000"))  # fmt: skip
    mots = ouvrir(client, "/financements/").mots.replace("\xa0", " ")
    assert "5 projets ne sont pas comptés" in mots
    assert "Ensemble, environ 2 M€" in mots


def test_telle_que_connue_a_une_date(reference, suivi):
    assert tableaux.lignes(tableaux.situation(tableaux.publics(), connue_au=date(2026, 1, 31)), AXES[0]) == []
    lues = tableaux.lignes(tableaux.situation(tableaux.publics(), connue_au=aujourdhui()), AXES[0])
    assert tableaux.totaliser(lues).engage == Decimal("2000.10")


def test_la_page_tient_en_quinze_requetes_a_deux_lignes_comme_a_trente(client, suivi, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        ouvrir(client, "/financements/?par=territoire")
    for _ in range(28):
        avancer(FinancementFactory(projet=projet_en(EtatProjet.INSCRIT)), "attribuer")
    with django_assert_max_num_queries(15):
        ouvrir(client, "/financements/?par=territoire")


def test_chaque_etape_a_sa_barre_a_la_meme_echelle(client, suivi):
    html = ouvrir(client, "/financements/").html
    barres = re.findall(r'<rect class="etape--(\w+)" x="0" y="\d0" width="(\d+)"', html)
    assert [cle for cle, _ in barres[:5]] == ["annonce", "ouvert", "programme", "attribue", "verse"]
    # 250 M€ announced of the 500 M€ of the longest; 1 000 € of it is seen; what is unknown has no bar.
    assert [int(largeur) for _, largeur in barres[:5]] == [500, 0, 0, 2, 0]
    assert "etape--" not in ouvrir(client, "/financements/?par=region").html


def test_sans_rien_de_plus_que_l_annonce_il_n_y_a_pas_d_etapes(client):
    assert "etape--" not in ouvrir(client, "/financements/").html


@pytest.mark.parametrize("par", ["region", "besoin", "territoire"])
def test_un_groupe_ouvre_ses_projets(client, suivi, par):
    html = ouvrir(client, f"/financements/?par={par}").html
    liens = re.findall(rf'href="(/projets/\?{par}=[^"]+)"', html)
    assert liens
    for lien in liens:
        assert ouvrir(client, lien).html.count('href="/projets/') > 1


def test_la_page_d_un_projet_dit_l_argent_que_l_on_compte(client, suivi):
    lus = [projet.get_absolute_url() for projet in Projet.objects.publics().order_by("pk")]
    page = ouvrir(client, lus[0])
    assert "Argent du programme" in page.sections
    assert next(une for une in page.lignes if une[0].startswith("Plan"))[1:] == ["0,00 €", "1 000,00 €", "0,00 €"]
    secret = Projet.objects.get(montants_secrets=True)
    assert "Argent du programme" not in ouvrir(client, secret.get_absolute_url()).sections


def test_les_montants_s_emportent_presentes_de_chaque_facon(client, suivi):
    reponse = client.get("/financements/montants.csv")
    assert "attachment" in reponse["Content-Disposition"]
    lues = list(csv.DictReader(io.StringIO(b"".join(reponse).decode("utf-8-sig")), delimiter=";"))
    par = defaultdict(Decimal)
    for une in lues:
        par[une["Présentés par"]] += Decimal(une["Attribué (€)"].replace(",", "."))
    assert set(par.values()) == {Decimal("2000.10")}
    assert len(par) == len(AXES)
    avant = b"".join(client.get("/financements/montants.csv?au=2025-12-31")).decode("utf-8-sig")
    assert len(avant.splitlines()) == 1
