"""The pages of money: what they say, what they refuse in words, how many queries they take."""

from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from programme.argent.enums import EtatFinancement
from programme.models import Ecart, Enveloppe, Exercice, Financement
from tests.factories_argent import (
    FinancementFactory,
    avancer,
    dotation_pour,
    ecart_de,
    hors_fiche,
    ligne_en,
    plafond,
    versement_prevu,
)
from tests.factories_projets import ProjetFactory
from tests.outils.personnages import ENVELOPPE, PILOTE

pytestmark = pytest.mark.django_db
MILLE = Decimal("1000.00")
DECISION = {"autorite": "operateur", "autorite_precision": "", "date": "2026-01-15", "acte": "Convention 12"}


@pytest.fixture
def operateur(client, personnages):
    client.force_login(personnages["opérateur"])
    return client


@pytest.fixture
def chef(client, personnages):
    client.force_login(personnages["chef de projet"])
    return client


def texte(reponse):
    assert reponse.status_code == 200
    return " ".join(unescape(reponse.content.decode()).replace("\xa0", " ").replace("\u202f", " ").split())


# --- The plan
def test_le_plan_dit_ce_qui_manque_et_le_taux(chef, territoire, pic):
    projet = ProjetFactory(territoire=territoire, cout_total=4 * MILLE, cout_total_taxe="ht")
    lu = texte(chef.get(reverse("projet_plan", args=[projet.cle])))
    assert "Aucune source n'est encore écrite" in lu
    FinancementFactory(projet=projet, enveloppe=pic)
    ligne_en(EtatFinancement.ATTRIBUE, projet=projet, enveloppe=pic)
    FinancementFactory(projet=projet, financeur="porteur", enveloppe=None, nature="fonds_propres")
    perdue = ligne_en(EtatFinancement.REFUSE, projet=projet, enveloppe=pic)
    lu = texte(chef.get(reverse("projet_plan", args=[projet.cle])))
    assert "<dt>Il manque</dt><dd>1 000,00 €</dd>" in lu
    assert "<dt>Reste à charge du porteur</dt><dd>2 000,00 €</dd>" in lu
    assert "50,0 %" in lu
    assert "2 000,00 € de subventions, sur le coût total" in lu
    assert "Un prêt se rembourse" in lu
    assert perdue.get_absolute_url() in lu.split("Ce qui ne compte plus")[1]


def test_le_chef_ajoute_une_source_puis_la_sollicite(chef, territoire, pic):
    projet = ProjetFactory(territoire=territoire, cout_total=MILLE, cout_total_taxe="ht")
    ajouter = reverse("financement_nouveau", args=[projet.cle])
    page = texte(chef.get(ajouter))
    assert "Enregistrer la source" in page
    donnees = {
        "financeur": "enveloppe", "enveloppe": pic.pk, "nature": "subvention", "demande": "1 250,50 €",
        "credits": "dedies", "preuve": "declare", "region": PILOTE,
    }  # fmt: skip
    refuse = texte(chef.post(ajouter, donnees))
    assert "il manque au plus 1 000,00 €" in refuse
    donnees["demande"] = "250,50"
    assert chef.post(ajouter, donnees).status_code == 302
    ligne = Financement.objects.get()
    assert (ligne.demande, ligne.retenu, ligne.region_id) == (Decimal("250.50"), Decimal("250.50"), PILOTE)
    etape = reverse("financement_etape", args=[ligne.cle, "solliciter"])
    assert "Le financeur voit la demande et le projet." in texte(chef.get(etape))
    assert chef.post(etape, {}).status_code == 302
    ligne.refresh_from_db()
    assert ligne.etat == EtatFinancement.SOLLICITE
    modifier = reverse("financement_modifier", args=[ligne.cle])
    assert chef.post(modifier, {**donnees, "demande": "300"}).status_code == 302
    projet.refresh_from_db()
    assert projet.sources == Decimal("300.00")


@pytest.mark.parametrize(
    ("donnees", "champ"),
    [
        ({"financeur": "enveloppe", "demande": "10"}, "Choisissez l'enveloppe."),
        ({"financeur": "epci", "demande": "dix"}, "dix"),
        ({"financeur": "epci", "demande": "-1"}, "-1"),
    ],
)
def test_ce_qui_est_mal_saisi_est_dit(chef, territoire, donnees, champ):
    projet = ProjetFactory(territoire=territoire)
    communs = {"nature": "subvention", "credits": "dedies", "preuve": "declare"}
    lu = texte(chef.post(reverse("financement_nouveau", args=[projet.cle]), communs | donnees))
    assert "Rien n'est encore enregistré" in lu
    assert champ in lu
    assert not Financement.objects.exists()


def test_la_page_du_projet_mene_a_son_plan(chef, territoire):
    projet = ProjetFactory(territoire=territoire, cout_total=MILLE, cout_total_taxe="ht")
    FinancementFactory(projet=projet, demande=Decimal("400.00"))
    assert "Il manque 600,00 €" in texte(chef.get(projet.get_absolute_url()))


# --- A line
def test_l_operateur_attribue_et_verse(operateur, transmis, pic):
    ligne = ligne_en(EtatFinancement.SOLLICITE, projet=transmis, enveloppe=pic)
    dotation = plafond("5000.00", exercice__enveloppe=pic)
    attribuer = reverse("financement_etape", args=[ligne.cle, "attribuer"])
    donnees = {**DECISION, "montant": "900", "dotation": dotation.cle}
    assert "Ce champ est obligatoire" in texte(operateur.post(attribuer, {**donnees, "acte": ""}))
    assert operateur.post(attribuer, donnees).status_code == 302
    verser = reverse("financement_etape", args=[ligne.cle, "verser"])
    versement = {**DECISION, "montant": "300", "genre_versement": "avance", "exercice": "2026"}
    assert operateur.post(verser, versement).status_code == 302
    versement_prevu(ligne)
    lu = texte(operateur.get(ligne.get_absolute_url()))
    assert "reste 600,00 €" in lu
    assert "Convention 12" in lu
    assert "Avance, exercice 2026" in lu
    assert '2027</th><td class="montant">100,00 €' in lu


def test_un_acte_qui_depasse_est_garde_et_dit(operateur, transmis, pic):
    ligne = ligne_en(EtatFinancement.SOLLICITE, projet=transmis, enveloppe=pic)
    dotation = plafond("10.00", exercice__enveloppe=pic)
    attribuer = reverse("financement_etape", args=[ligne.cle, "attribuer"])
    lu = texte(operateur.post(attribuer, {**DECISION, "montant": "900", "dotation": dotation.cle}, follow=True))
    assert "gardé parmi les écarts à régulariser, hors des totaux" in lu
    assert "Il reste 10,00 €" in lu
    ecart = Ecart.objects.get()
    assert "Compter maintenant" in texte(operateur.get(reverse("ecarts")))
    lu = texte(operateur.post(reverse("ecart_regulariser", args=[ecart.cle]), follow=True))
    assert "Il ne peut pas encore être compté." in lu
    plafond("900.00", dotation=dotation)
    operateur.post(reverse("ecart_regulariser", args=[ecart.cle]))
    ligne.refresh_from_db()
    assert ligne.engage == Decimal("900.00")
    assert "Aucun écart" in texte(operateur.get(reverse("ecarts")))


def test_ecarter_demande_pourquoi(operateur, transmis, pic):
    ecart = ecart_de(transmis, pic)
    adresse = reverse("ecart_ecarter", args=[ecart.cle])
    assert "Ce champ est obligatoire" in texte(operateur.post(adresse, {"motif": ""}))
    assert operateur.post(adresse, {"motif": "Saisi deux fois."}).status_code == 302
    assert not Ecart.objects.filter(regle_le=None).exists()


def test_ce_que_l_on_ne_peut_plus_faire_est_dit(operateur, transmis, pic):
    ligne = ligne_en(EtatFinancement.SOLDE, projet=transmis, enveloppe=pic)
    lu = texte(operateur.get(reverse("financement_etape", args=[ligne.cle, "verser"])))
    assert "ce financement est « Soldé »" in lu
    assert operateur.get(reverse("financement_etape", args=[ligne.cle, "inconnue"])).status_code == 404


def test_une_ligne_hors_fiche_se_lit(operateur, territoire, pic):
    ligne = hors_fiche(territoire, enveloppe=pic, beneficiaire_nom="Forges du Vimeu")
    avancer(ligne, "solliciter")
    assert "Forges du Vimeu SIRET 55210055400013" in texte(operateur.get(ligne.get_absolute_url())).replace(
        '<span class="mention">', ""
    )


def test_l_operateur_enregistre_un_financement_hors_fiche(operateur, territoire, voisin, pic):
    adresse = reverse("financement_hors_fiche")
    donnees = {
        "territoire": territoire.slug, "beneficiaire_siret": "552 100 554 00013", "beneficiaire_nom": "Forges du Vimeu",
        "enveloppe": pic.pk, "nature": "subvention", "demande": "1 000", "credits": "droit_commun",
    }  # fmt: skip
    assert "Ce SIRET n'existe pas" in texte(operateur.post(adresse, {**donnees, "beneficiaire_siret": "1" * 14}))
    autre = Enveloppe.objects.get(code="BDT")
    assert "n'est pas des vôtres" in texte(operateur.post(adresse, {**donnees, "enveloppe": autre.pk}))
    assert not Financement.objects.exists()
    assert operateur.post(adresse, donnees).status_code == 302
    ligne = Financement.objects.get()
    assert (ligne.region_id, ligne.beneficiaire_siret, ligne.projet) == (PILOTE, "55210055400013", None)
    assert "Enregistrer l'attribution" in texte(operateur.get(ligne.get_absolute_url()))


# --- The desk
def test_les_demandes_se_filtrent(operateur, transmis, pic):
    sollicitee = ligne_en(EtatFinancement.SOLLICITE, projet=transmis, enveloppe=pic)
    versee = ligne_en(EtatFinancement.VERSEMENT, projet=transmis, enveloppe=pic)
    FinancementFactory(projet=transmis, enveloppe=pic)
    adresse = reverse("demandes")

    def vues(**question):
        lu = texte(operateur.get(adresse, question))
        return [ligne.cle for ligne in (sollicitee, versee) if ligne.get_absolute_url() in lu]

    assert vues() == [sollicitee.cle]
    assert vues(etat="toutes") == [sollicitee.cle, versee.cle]
    assert vues(etat="versement") == [versee.cle]
    assert vues(q=transmis.numero) == [sollicitee.cle]
    assert vues(q="introuvable") == []
    assert vues(region="44") == []


def test_programmer_plusieurs_demandes_montre_puis_fait(operateur, transmis, pic):
    lignes = [ligne_en(EtatFinancement.SOLLICITE, projet=transmis, enveloppe=pic) for _ in range(2)]
    dotation = plafond("2500.00", exercice__enveloppe=pic)
    cles = {"cle": [ligne.cle for ligne in lignes]}
    adresse = reverse("demandes_programmer")
    assert "Voir ce que cela laisse" in texte(operateur.get(adresse, cles))
    choix = cles | {**DECISION, "dotation": dotation.cle} | {f"montant-{ligne.cle}": "1000" for ligne in lignes}
    assert "laissent 500,00 €" in texte(operateur.get(adresse, choix))
    trop = choix | {f"montant-{lignes[0].cle}": "2 000"}
    lu = texte(operateur.get(adresse, trop))
    assert "Il manque 500,00 €" in lu
    assert "Programmer 3 000,00 €" not in lu
    assert "Rien n'est programmé." in texte(operateur.post(reverse("demandes_appliquer"), trop))
    lu = texte(operateur.post(reverse("demandes_appliquer"), choix, follow=True))
    assert "2 financements sont programmés" in lu
    dotation.refresh_from_db()
    assert dotation.porte == 2 * MILLE


def test_on_ne_programme_que_ce_que_l_on_voit(operateur, personnages, transmis, pic):
    ailleurs = FinancementFactory(projet=transmis, enveloppe=pic)
    reponse = operateur.post(reverse("demandes_appliquer"), {"cle": [ailleurs.cle], **DECISION})
    assert reponse.status_code == 403


# --- Shares
def test_le_suivi_dit_ce_qui_inquiete(operateur, transmis, pic):
    ligne = ligne_en(EtatFinancement.PROGRAMME, projet=transmis, enveloppe=pic)
    plafond("1050.00", dotation=ligne.dotation)
    Financement.objects.filter(pk=ligne.pk).update(etat_depuis="2026-01-01T00:00:00Z")
    lu = texte(operateur.get(reverse("suivi_financier"), {"annee": 2026}))
    assert "Plus de 90 %" in lu
    assert "1 programmé depuis six mois, sans acte" in lu
    assert "50,00 €" in lu
    assert "Aucune enveloppe régionale ne correspond" in texte(
        operateur.get(reverse("suivi_financier"), {"annee": 2018})
    )


def test_regarder_une_annee_n_ecrit_rien_repartir_l_ouvre(operateur, pic):
    annee = [ENVELOPPE, 2027]
    assert "Ouvert en AE" in texte(operateur.get(reverse("exercice", args=annee)))
    assert not Exercice.objects.filter(annee=2027).exists()
    donnees = {**DECISION, "region": PILOTE, "genre": "plafond", "montant": "1 M€"}
    assert operateur.post(reverse("exercice_repartir", args=annee), donnees).status_code == 302
    dotation = Exercice.objects.get(annee=2027).dotations.get()
    assert (dotation.montant, dotation.region_id) == (Decimal("1000000.00"), PILOTE)
    lu = texte(operateur.get(dotation.get_absolute_url()))
    assert "Convention 12" in lu
    fixer = reverse("dotation_fixer", args=[dotation.cle])
    assert operateur.post(fixer, {**donnees, "montant": "2 000 000"}).status_code == 302
    ligne_en(EtatFinancement.ATTRIBUE, enveloppe=pic, dotation=dotation)
    lu = texte(operateur.post(fixer, {**donnees, "montant": "10"}))
    assert "porte déjà 1 000,00 €" in lu


def test_l_equipe_nationale_ouvre_des_credits(admin_client, pic):
    donnees = {"genre": "initiale", "ae": "1 000", "cp": "", "date": "2026-01-01", "acte": "Loi de finances"}
    adresse = reverse("exercice_ouvrir", args=[ENVELOPPE, 2026])
    assert admin_client.post(adresse, donnees).status_code == 302
    lu = texte(admin_client.get(reverse("exercice", args=[ENVELOPPE, 2026])))
    assert "1 000,00 € en AE, CP inconnus" in lu
    assert "déjà une ouverture initiale" in texte(admin_client.post(adresse, donnees))


def test_la_region_propose_et_l_operateur_repond(client, personnages, pic):
    client.force_login(personnages["pilote"])
    donnees = {"region": PILOTE, "genre": "plafond", "montant": "5000", "motif": "Deux projets attendent."}
    assert client.post(reverse("exercice_proposer", args=[ENVELOPPE, 2026]), donnees).status_code == 302
    client.force_login(personnages["opérateur"])
    proposition = Exercice.objects.get(annee=2026).propositions.get()
    adresse = reverse("proposition_decider", args=[proposition.cle])
    assert adresse in texte(client.get(reverse("a_faire")))
    assert "Dites pourquoi" in texte(client.post(adresse, {"sens": "refuser", "reponse": ""}))
    assert "Dites qui a décidé" in texte(client.post(adresse, {"sens": "accepter"}))
    assert client.post(adresse, {"sens": "accepter", **DECISION}).status_code == 302
    assert Exercice.objects.get(annee=2026).dotations.get().montant == Decimal("5000.00")
    assert adresse not in texte(client.get(reverse("a_faire")))


def test_ce_qui_attend_l_operateur(operateur, transmis, pic):
    ligne_en(EtatFinancement.SOLLICITE, projet=transmis, enveloppe=pic)
    ecart_de(transmis, pic)
    lu = texte(operateur.get(reverse("a_faire")))
    assert "attend votre décision" in lu
    assert "il est à régulariser" in lu


# --- As many queries at thirty rows as at two
@pytest.mark.parametrize("nom", ["demandes", "suivi_financier", "ecarts", "projet_plan", "dotation"])
def test_le_nombre_de_requetes_ne_croit_pas(nom, operateur, transmis, pic, django_assert_max_num_queries, monkeypatch):
    def peupler(combien):
        plafond("1000000.00", dotation=dotation_pour(FinancementFactory(projet=transmis, enveloppe=pic)))
        for _ in range(combien):
            ligne_en(EtatFinancement.SOLLICITE, projet=transmis, enveloppe=pic)
            avancer(ligne_en(EtatFinancement.SOLLICITE, projet=transmis, enveloppe=pic), "attribuer")
        ecart_de(transmis, pic)

    peupler(2)
    argument = {"projet_plan": transmis.cle, "dotation": Financement.objects.exclude(dotation=None)[0].dotation.cle}
    adresse = reverse(nom, args=[argument[nom]] if nom in argument else [])
    question = {"etat": "toutes", "annee": 2026}
    with django_assert_max_num_queries(15):
        operateur.get(adresse, question)
    peupler(28)
    with django_assert_max_num_queries(15):
        assert operateur.get(adresse, question).status_code == 200


def test_la_page_d_une_ligne_tient_en_quinze_requetes(operateur, transmis, pic, django_assert_max_num_queries):
    ligne = ligne_en(EtatFinancement.ATTRIBUE, projet=transmis, enveloppe=pic)
    assert dotation_pour(ligne) == ligne.dotation
    for _ in range(30):
        avancer(ligne, "verser", montant=Decimal("1.00"))
    with django_assert_max_num_queries(15):
        assert operateur.get(ligne.get_absolute_url()).status_code == 200
