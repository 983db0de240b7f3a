"""The admin of the catalogue."""

from decimal import Decimal

import pytest
from django.urls import reverse

from programme.enums import PrecisionMontant, UniteChiffre
from programme.models import Besoin, Enveloppe, Mesure
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_client(client):
    client.force_login(f.AdministrateurFactory())
    return client


def lire(client, modele, **parametres):
    chemin = reverse(f"admin:programme_{modele}_changelist")
    html = client.get(chemin, parametres).content.decode()
    return html.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_les_montants_annonces_se_lisent_avec_leur_precision(admin_client):
    f.EnveloppeFactory(montant_annonce=Decimal("500000000"), precision=PrecisionMontant.AU_MOINS)
    f.EnveloppeFactory(montant_annonce=None)
    html = lire(admin_client, "enveloppe")
    assert "plus de 500 M€" in html
    assert "inconnu" in html


@pytest.mark.parametrize(
    ("unite", "valeur", "attendu"),
    [
        (UniteChiffre.EUROS, "1360000000", "1 360 M€"),
        (UniteChiffre.POURCENTAGE, "30", "30 %"),
        (UniteChiffre.NOMBRE, "1124", "1 124<"),
    ],
)
def test_un_chiffre_annonce_se_lit_avec_son_unite(unite, valeur, attendu, admin_client):
    f.ChiffreAnnonceFactory(unite=unite, valeur=Decimal(valeur))
    assert attendu in lire(admin_client, "chiffreannonce")


def test_les_mesures_disent_leur_fiabilite_et_se_filtrent(admin_client):
    mention = f.MesureFactory(fiabilite="mention", titre="Mesure rare")
    officielle = f.MesureFactory(titre="Mesure sûre")
    html = lire(admin_client, "mesure", fiabilite="mention")
    assert "Seulement mentionnée" in html
    assert mention.titre in html
    assert officielle.titre not in html


def test_le_code_d_une_mesure_est_son_adresse_et_ne_change_plus(admin_client):
    mesure = f.MesureFactory()
    chemin = reverse("admin:programme_mesure_change", args=[mesure.pk])
    champs = {"besoin": mesure.besoin_id, "ordre": 1, "titre": "Autre", "fiabilite": "mention", "code": "AUTRE"}
    assert admin_client.post(chemin, champs).status_code == 302
    mesure.refresh_from_db()
    assert mesure.titre == "Autre"
    assert mesure.code != "AUTRE"


def test_un_rang_deja_pris_se_dit_au_champ(admin_client):
    besoin = f.BesoinFactory()
    f.MesureFactory(besoin=besoin, ordre=3)
    autre = f.MesureFactory(besoin=besoin, ordre=4)
    chemin = reverse("admin:programme_mesure_change", args=[autre.pk])
    champs = {"besoin": besoin.pk, "ordre": 3, "titre": "Autre", "fiabilite": "mention"}
    reponse = admin_client.post(chemin, champs)
    assert reponse.status_code == 200
    assert "errornote" in reponse.content.decode()


def test_un_montant_negatif_est_refuse(admin_client):
    enveloppe = f.EnveloppeFactory()
    chemin = reverse("admin:programme_enveloppe_change", args=[enveloppe.pk])
    champs = {"phase": enveloppe.phase_id, "ordre": 1, "nom": "x", "montant_annonce": "-1", "precision": "exact"}
    reponse = admin_client.post(chemin, champs)
    assert "Un montant annoncé n&#x27;est pas négatif." in reponse.content.decode().replace("’", "&#x27;")
    enveloppe.refresh_from_db()
    assert enveloppe.montant_annonce > 0


def test_un_besoin_qui_a_des_mesures_ne_se_supprime_pas(admin_client, reference):
    besoin = Besoin.objects.first()
    chemin = reverse("admin:programme_besoin_delete", args=[besoin.pk])
    assert "y renvoient" in admin_client.get(chemin).content.decode()
    admin_client.post(chemin, {"post": "yes"})
    assert Besoin.objects.filter(pk=besoin.pk).exists()


@pytest.mark.parametrize("modele", [Mesure, Enveloppe])
def test_la_source_se_change_et_reste_dans_l_historique(modele, admin_client, reference):
    objet = modele.objects.first()
    assert objet.source
    page = reverse(f"admin:programme_{modele._meta.model_name}_history", args=[objet.pk])
    assert objet.source[:30] in admin_client.get(page).content.decode()
