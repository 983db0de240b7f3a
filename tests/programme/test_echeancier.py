"""What is foreseen to be paid on a line: written by whom, within what, shown beside what was paid."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from programme.argent import echeancier
from programme.argent.ecritures import MontantRefuse
from programme.argent.enums import EtatFinancement
from programme.models import Financement, VersementPrevu
from tests.factories_argent import FinancementFactory, avancer, hors_fiche, ligne_en, versement_prevu
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db
CHEF, OPERATEUR = "chef de projet", "opérateur"


@pytest.fixture
def ligne(transmis, pic):
    return ligne_en(EtatFinancement.SOLLICITE, projet=transmis, enveloppe=pic)


def adresse(ligne):
    return reverse("financement_echeancier", args=[ligne.cle])


def prevus(ligne):
    return dict(ligne.versements_prevus.values_list("exercice", "montant"))


@pytest.mark.parametrize("nom", [CHEF, "pilote", OPERATEUR])
def test_qui_demande_ou_instruit_prevoit_les_versements(client, personnages, ligne, nom):
    client.force_login(personnages[nom])
    assert adresse(ligne) in client.get(ligne.get_absolute_url()).text
    assert client.get(adresse(ligne)).status_code == 200
    assert client.post(adresse(ligne), {"annee_2026": "400,50", "annee_2027": "0,5 k€", "annee_2028": ""}).url
    assert prevus(ligne) == {2026: Decimal("400.50"), 2027: Decimal("500.00")}


@pytest.mark.parametrize(("nom", "code"), [("État territorial", 403), ("équipe voisine", 404), ("pilote voisin", 404)])
def test_les_autres_ne_le_peuvent_pas(client, personnages, ligne, nom, code):
    client.force_login(personnages[nom])
    assert client.post(adresse(ligne), {"annee_2026": "1"}).status_code == code
    assert not VersementPrevu.objects.exists()


def test_l_echeancier_se_modifie_et_s_efface_avec_son_histoire(client, personnages, ligne):
    versement_prevu(ligne, 2024, "50.00")
    versement_prevu(ligne, 2027, "100.00")
    client.force_login(personnages[CHEF])
    champs = Page(client.get(adresse(ligne))).champs
    assert (champs["annee_2024"], champs["annee_2027"]) == ("50,00", "100,00")
    client.post(adresse(ligne), {"annee_2024": "", "annee_2027": "100", "annee_2030": "900"})
    assert prevus(ligne) == {2027: Decimal("100.00"), 2030: Decimal("900.00")}
    # What did not change leaves no trace.
    gardes = VersementPrevu.historique.values_list("exercice", "history_type")
    assert sorted(gardes) == [(2024, "+"), (2024, "-"), (2027, "+"), (2030, "+")]


def test_au_dela_de_ce_que_compte_la_ligne_c_est_refuse_avec_les_chiffres(client, personnages, ligne):
    client.force_login(personnages[CHEF])
    page = Page(client.post(adresse(ligne), {"annee_2026": "600", "annee_2027": "400,01"}))
    assert "feraient 1 000,01 €" in page.mots
    assert "compte pour 1 000,00 €" in page.mots
    assert "c'est 0,01 € de trop" in page.mots
    assert not VersementPrevu.objects.exists()
    assert client.post(adresse(ligne), {"annee_2026": "600", "annee_2027": "400"}).status_code == 302


@pytest.mark.parametrize(("etat", "borne"), [("programme", "1000.00"), ("attribue", "700.00")])
def test_la_borne_est_ce_qui_est_engage_sinon_programme(personnages, transmis, pic, etat, borne):
    ligne = ligne_en(EtatFinancement.PROGRAMME, projet=transmis, enveloppe=pic)
    if etat == "attribue":
        avancer(ligne, "attribuer", montant=Decimal(borne))
    borne = Decimal(borne)
    with pytest.raises(MontantRefuse, match="de trop"):
        echeancier.enregistrer(ligne, {2026: borne + Decimal("0.01")}, personnages[OPERATEUR])
    echeancier.enregistrer(ligne, {2026: borne}, personnages[OPERATEUR])
    assert prevus(ligne) == {2026: borne}


@pytest.mark.parametrize("etat", ["solde", "refuse", "caduc"])
def test_rien_ne_se_prevoit_quand_tout_est_fini(client, personnages, transmis, pic, etat):
    ligne = ligne_en(EtatFinancement(etat), projet=transmis, enveloppe=pic)
    client.force_login(personnages[OPERATEUR])
    assert adresse(ligne) not in client.get(ligne.get_absolute_url()).text
    assert client.get(adresse(ligne)).status_code == 403
    with pytest.raises(PermissionDenied):
        echeancier.enregistrer(ligne, {2026: Decimal("1.00")}, personnages[OPERATEUR])


def test_une_annee_forgee_ou_un_montant_illisible_n_ecrit_rien(client, personnages, ligne):
    client.force_login(personnages[CHEF])
    assert client.post(adresse(ligne), {"annee_1900": "10"}).status_code == 302
    assert "Rien n'est encore enregistré" in Page(client.post(adresse(ligne), {"annee_2026": "beaucoup"})).mots
    assert "Rien n'est encore enregistré" in Page(client.post(adresse(ligne), {"annee_2026": "-1"})).mots
    assert not VersementPrevu.objects.exists()


def test_la_ligne_montre_le_prevu_en_face_du_verse(client, personnages, transmis, pic):
    ligne = ligne_en(EtatFinancement.ATTRIBUE, projet=transmis, enveloppe=pic)
    avancer(ligne, "verser", montant=Decimal("200.00"), exercice=2026)
    avancer(ligne, "verser", montant=Decimal("50.00"), exercice=2026)
    versement_prevu(ligne, 2026, "300.00")
    versement_prevu(ligne, 2027, "700.00")
    client.force_login(personnages[CHEF])
    page = Page(client.get(ligne.get_absolute_url()))
    assert "2026 300,00 € 250,00 € 2027 700,00 € Total 1 000,00 € 250,00 €" in page.mots
    assert "il est à revoir" not in page.mots
    avancer(ligne, "desengager", montant=Decimal("100.00"))
    mots = Page(client.get(ligne.get_absolute_url())).mots
    assert "L'échéancier prévoit 100,00 € de plus que ce que compte ce financement, 900,00 €" in mots


def test_une_ligne_sans_projet_a_son_echeancier(client, personnages, territoire, pic):
    ligne = hors_fiche(territoire, enveloppe=pic)
    client.force_login(personnages[OPERATEUR])
    assert client.post(adresse(ligne), {"annee_2026": "10"}).status_code == 302
    assert prevus(ligne) == {2026: Decimal("10.00")}


def test_les_autres_financeurs_sont_suivis_par_qui_demande(personnages, transmis):
    commune = FinancementFactory(projet=transmis, enveloppe=None, financeur="commune")

    def suivies(nom):
        return Financement.objects.documentables_par(personnages[nom]).filter(pk=commune.pk).exists()

    assert suivies(CHEF)
    assert not suivies(OPERATEUR)


def test_l_ecrire_tient_en_peu_de_requetes(client, personnages, ligne, django_assert_max_num_queries):
    for exercice in range(2010, 2020):
        versement_prevu(ligne, exercice, "10.00")
    client.force_login(personnages[CHEF])
    with django_assert_max_num_queries(12):
        assert client.get(adresse(ligne)).status_code == 200
