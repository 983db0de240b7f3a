"""What machines read."""

from xml.etree import ElementTree

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse
from django.utils import timezone

from pilotage.sitemaps import PlanDesPages
from programme.models import Besoin, Mesure
from territoires.models import Phase, Territoire

ESPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def adresse_publique(settings):
    settings.ADRESSE_DU_SITE = "https://portail.exemple.fr"
    return settings.ADRESSE_DU_SITE


def lire_plan(client):
    reponse = client.get(reverse("sitemap"))
    assert reponse.status_code == 200
    assert reponse["Content-Type"] == "application/xml"
    racine = ElementTree.fromstring(reponse.content)
    return {
        url.findtext("s:loc", namespaces=ESPACE): url.findtext("s:lastmod", namespaces=ESPACE)
        for url in racine.findall("s:url", ESPACE)
    }


def test_sante_dit_que_tout_va_bien_et_n_est_jamais_gardee(client):
    reponse = client.get(reverse("sante"))
    assert reponse.status_code == 200
    assert reponse.json() == {"etat": "en service", "base": "joignable", "migrations": "à jour"}
    assert "no-store" in reponse["Cache-Control"]
    assert not reponse.cookies


def test_sante_dit_qu_il_manque_une_migration(client):
    MigrationRecorder(connection).record_unapplied("comptes", "0001_utilisateur")
    reponse = client.get(reverse("sante"))
    assert reponse.status_code == 503
    assert reponse.json() == {"etat": "en panne", "base": "joignable", "migrations": "1 à appliquer"}


def test_sante_ne_dit_pas_pourquoi_la_base_ne_repond_pas(client, monkeypatch, caplog):
    def panne(*args):
        raise OperationalError("mot de passe refusé pour portail@base-secrete")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", panne)
    reponse = client.get(reverse("sante"))
    assert reponse.status_code == 503
    assert reponse.json() == {"etat": "en panne", "base": "injoignable", "migrations": "inconnues"}
    assert "base-secrete" in caplog.text


def test_robots_ouvre_le_public_et_nomme_le_plan(client, adresse_publique):
    reponse = client.get(reverse("robots"))
    lignes = reponse.content.decode().splitlines()
    assert reponse["Content-Type"].startswith("text/plain")
    assert {"User-agent: *", "Disallow: /admin/", "Disallow: /connexion/"} <= set(lignes)
    assert f"Sitemap: {adresse_publique}/sitemap.xml" in lignes
    assert "Disallow: /" not in lignes


def test_le_plan_liste_les_pages_a_l_adresse_publique(client, adresse_publique):
    plan = lire_plan(client)
    assert all(adresse.startswith(f"{adresse_publique}/") for adresse in plan)
    assert {f"{adresse_publique}{reverse(nom)}" for nom in PlanDesPages().items()} <= set(plan)


def test_le_plan_liste_territoires_et_mesures_avec_leur_derniere_modification(client, adresse_publique):
    phase = Phase.objects.order_by("numero").first() or Phase.objects.create(
        numero=1, nom="Phase 1", debut="2018-01-01", fin="2022-12-31"
    )
    territoire = Territoire.objects.create(phase=phase, code="ti-9999", slug="essai-du-plan", nom="Essai du plan")
    besoin = Besoin.objects.create(phase=phase, code="essai", ordre=99, nom="Essai")
    mesure = Mesure.objects.create(besoin=besoin, code="ess-1", ordre=1, titre="Essai", fiabilite="mention")
    plan = lire_plan(client)
    for objet in (territoire, mesure):
        attendue = timezone.localdate(objet.historique.latest().history_date).isoformat()
        assert plan[f"{adresse_publique}{objet.get_absolute_url()}"].startswith(attendue)


def test_le_plan_ne_fait_pas_plus_de_requetes_quand_il_s_allonge(client, django_assert_max_num_queries, reference):
    with django_assert_max_num_queries(12):
        lire_plan(client)


@pytest.mark.parametrize("nom", ["sante", "robots", "sitemap"])
def test_ces_adresses_ne_se_lisent_que_par_get(client, nom):
    assert client.post(reverse(nom)).status_code == 405
