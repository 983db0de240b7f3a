"""Public pages: answered from an exact cache, never stale, never anyone's own."""

import gzip
import re

import psycopg2
import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.urls import path
from factory.base import FactoryMetaClass

from comptes.pages_publiques import LONGUEUR_MAX_ADRESSE, page_publique, version
from config.urls import urlpatterns as adresses_du_portail
from territoires.models import Phase, Region
from tests import factories, factories_agences, factories_argent, factories_comites, factories_projets
from tests.outils.adresses import adresses

APPELS = []


@page_publique(Phase, Region)
def page(request, suffixe=""):
    APPELS.append(request.get_full_path())
    return HttpResponse(f"<p>{Phase.objects.count()} phases</p>" + "x" * 500)


@page_publique(Phase)
def page_a_temoin(request):
    APPELS.append(request.path)
    reponse = HttpResponse()
    reponse.set_cookie("temoin", "1")
    return reponse


@page_publique(Phase)
def page_a_formulaire(request):
    APPELS.append(request.path)
    return HttpResponse(get_token(request))


@page_publique(Phase)
def page_a_son_nom(request):
    get_token(request)
    return HttpResponse(str(request.user))


@page_publique(Phase)
def page_absente(request):
    APPELS.append(request.path)
    return HttpResponse("absente", status=404)


urlpatterns = [
    path("essai/", page),
    path("essai/temoin/", page_a_temoin),
    path("essai/formulaire/", page_a_formulaire),
    path("essai/absente/", page_absente),
    path("essai/pour/", page_a_son_nom),
    path("essai/<path:suffixe>/", page),
    *adresses_du_portail,
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def aucun_appel():
    APPELS.clear()


@pytest.fixture
def camille():
    return factories.UtilisateurFactory(prenom="Camille", nom="Martin-Essai")


def modeles_des_pages():
    return sorted(
        {modele for adresse in adresses() for modele in getattr(adresse.vue, "modeles", ())},
        key=lambda modele: modele.__name__,
    )


# --- Kept, and not kept
def test_la_page_est_rendue_une_fois_puis_gardee(client):
    premiere, seconde = client.get("/essai/"), client.get("/essai/")
    assert premiere.content == seconde.content
    assert len(APPELS) == 1


def test_une_page_gardee_coute_une_requete(client, django_assert_num_queries):
    client.get("/essai/")
    with django_assert_num_queries(1):
        client.get("/essai/")


def test_chaque_adresse_a_sa_page(client):
    client.get("/essai/")
    client.get("/essai/?page=2")
    assert APPELS == ["/essai/", "/essai/?page=2"]


@pytest.mark.parametrize("chemin", ["/essai/temoin/", "/essai/formulaire/", "/essai/absente/"])
def test_ce_qui_est_propre_a_quelqu_un_ou_en_erreur_n_est_pas_garde(client, chemin):
    client.get(chemin)
    client.cookies.clear()
    reponse = client.get(chemin)
    assert len(APPELS) == 2
    assert "ETag" not in reponse


def test_ce_qui_n_est_pas_garde_est_rendu_pour_qui_le_demande(client, camille):
    client.force_login(camille)
    reponse = client.get("/essai/pour/")
    assert reponse.content.decode() == str(camille)
    assert "private" in reponse["Cache-Control"]


def test_le_jeton_d_un_visiteur_ne_sert_a_aucun_autre(client):
    premier = client.get("/essai/formulaire/").content
    client.cookies.clear()
    assert client.get("/essai/formulaire/").content != premier


def test_une_session_de_visiteur_ne_change_rien(client, settings):
    client.get("/essai/")
    client.cookies[settings.SESSION_COOKIE_NAME] = "quelconque"
    assert client.get("/essai/")["Cache-Control"] == "public, no-cache"
    assert len(APPELS) == 1


def test_une_personne_connectee_recoit_la_page_avec_son_compte_pour_elle_seule(client, camille):
    anonyme = client.get("/mesures/").content.decode()
    client.force_login(camille)
    reponse = client.get("/mesures/", headers={"accept-encoding": "gzip"})
    assert "Camille Martin-Essai" in reponse.content.decode()
    assert "Camille" not in anonyme
    assert "private" in reponse["Cache-Control"]
    assert "ETag" not in reponse


def test_ce_que_voit_une_personne_connectee_n_est_pas_garde(client, camille):
    """She is the first to ask for the page: the kept one is all the same what anyone may see."""
    client.force_login(camille)
    assert "Camille Martin-Essai" in client.get("/mesures/").content.decode()
    client.logout()
    reponse = client.get("/mesures/")
    assert "Camille" not in reponse.content.decode()
    assert "csrfmiddlewaretoken" not in reponse.content.decode()


def test_deux_personnes_ont_chacune_leur_jeton(client, camille):
    pages = []
    for personne in (camille, factories.UtilisateurFactory()):
        client.force_login(personne)
        pages.append(client.get("/mesures/").content.decode())
        assert client.cookies["csrftoken"].value
        client.logout()
        client.cookies.clear()
    jetons = [re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1] for page in pages]
    assert jetons[0] != jetons[1]


def test_une_adresse_demesuree_n_est_pas_gardee(client):
    """Whoever makes up addresses must not fill the cache with them."""
    chemin = "/essai/?q=" + "a" * LONGUEUR_MAX_ADRESSE
    client.get(chemin)
    client.get(chemin)
    assert len(APPELS) == 2


def test_le_cache_peut_etre_arrete(client, settings):
    settings.DUREE_CACHE_PAGES = 0
    client.get("/essai/")
    client.get("/essai/")
    assert len(APPELS) == 2


# --- What HTTP says of it
def test_un_navigateur_qui_a_deja_la_page_recoit_304(client):
    etag = client.get("/essai/")["ETag"]
    reponse = client.get("/essai/", headers={"if-none-match": etag})
    assert reponse.status_code == 304
    assert reponse.content == b""
    assert reponse["ETag"] == etag
    assert reponse["Cache-Control"] == "public, no-cache"
    assert {"Cookie", "Accept-Encoding"} <= set(re.split(r", *", reponse["Vary"]))


def test_l_etag_suit_le_contenu(client):
    etag = client.get("/essai/")["ETag"]
    Region.objects.first().save()
    assert client.get("/essai/")["ETag"] == etag
    factories.PhaseFactory()
    assert client.get("/essai/", headers={"if-none-match": etag}).status_code == 200


@pytest.mark.parametrize("passage", ["rendue", "gardee"])
def test_la_page_est_comprimee_pour_qui_l_accepte(client, passage):
    if passage == "gardee":
        client.get("/essai/")
    comprimee = client.get("/essai/", headers={"accept-encoding": "br, gzip"})
    assert comprimee["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in comprimee["Vary"]
    claire = client.get("/essai/")
    assert "Content-Encoding" not in claire
    assert gzip.decompress(comprimee.content) == claire.content
    assert comprimee["Content-Type"] == claire["Content-Type"]


def test_une_requete_head_est_servie(client):
    reponse = client.head("/essai/")
    assert reponse.status_code == 200
    assert reponse.content == b""


@pytest.mark.parametrize("methode", ["post", "put", "patch", "delete", "options"])
def test_une_autre_methode_est_refusee_en_le_disant(client, methode):
    reponse = getattr(client, methode)("/essai/")
    assert reponse.status_code == 405
    assert reponse["Allow"] == "GET, HEAD"
    assert not APPELS


def test_une_page_publique_n_ouvre_pas_de_session(client):
    assert not client.get("/essai/").cookies


# --- Never stale
FABRIQUES = (factories, factories_projets, factories_comites, factories_argent, factories_agences)


def test_toute_ecriture_se_voit_a_la_requete_suivante(client):
    avant = client.get("/essai/").content
    factories.PhaseFactory()
    assert client.get("/essai/").content != avant


@pytest.mark.parametrize("modele", modeles_des_pages(), ids=lambda modele: modele.__name__)
def test_la_version_change_avec_chaque_modele_declare(modele):
    connues = [une for ou in FABRIQUES for une in vars(ou).values()]
    fabriques = [une for une in connues if isinstance(une, FactoryMetaClass)]
    objet = modele.objects.first() or next(une for une in fabriques if une._meta.model is modele)()
    avant = version((modele,))
    objet.save()
    assert version((modele,)) != avant


def test_la_version_change_avec_un_ajout_et_un_retrait():
    versions = [version((Phase,))]
    phase = factories.PhaseFactory()
    versions.append(version((Phase,)))
    phase.delete()
    versions.append(version((Phase,)))
    assert len(set(versions)) == 3


def test_la_version_ne_change_pas_avec_un_autre_modele():
    avant = version((Phase,))
    factories.RegionFactory()
    assert version((Phase,)) == avant


def test_la_version_change_avec_le_jour_et_la_livraison(settings):
    with time_machine.travel("2026-11-22 12:00+01:00"):
        avant = version((Phase,))
        settings.VERSION = "99.0"
        assert version((Phase,)) != avant
    with time_machine.travel("2026-11-22 23:30+00:00"):  # already the 23rd in Paris
        settings.VERSION = avant.rpartition("-")[2]
        assert version((Phase,)) != avant


# --- While others write, on PostgreSQL: SQLite has one writer, and ids in the order of commits
sur_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite n'a qu'un écrivain à la fois")


class AutreEcriture:
    """A transaction of its own connection, that adds phases and their history."""

    def __init__(self):
        reglages = connection.settings_dict
        self.connexion = psycopg2.connect(
            dbname=reglages["NAME"],
            user=reglages["USER"],
            password=reglages["PASSWORD"],
            host=reglages["HOST"],
            port=reglages["PORT"],
        )

    def commencer(self):
        """Take a transaction number, before any other that comes later."""
        with self.connexion.cursor() as curseur:
            curseur.execute("SELECT pg_current_xact_id()")

    def ajouter_une_phase(self, numero):
        valeurs = [numero, f"Phase {numero}", "2030-01-01", "2031-01-01"]
        with self.connexion.cursor() as curseur:
            curseur.execute(
                "INSERT INTO territoires_phase (numero, nom, debut, fin) VALUES (%s, %s, %s, %s) RETURNING id", valeurs
            )
            curseur.execute(
                "INSERT INTO territoires_historicalphase (numero, nom, debut, fin, id, history_date, history_type)"
                " VALUES (%s, %s, %s, %s, %s, now(), '+')",
                [*valeurs, curseur.fetchone()[0]],
            )

    def supprimer_la_phase(self, numero):
        with self.connexion.cursor() as curseur:
            for table in ("territoires_phase", "territoires_historicalphase"):
                curseur.execute(f"DELETE FROM {table} WHERE numero = %s", [numero])
        self.connexion.commit()


@pytest.fixture
def ecrire():
    """Return a function that opens a transaction; those left open are rolled back."""
    ouvertes = []

    def ouvrir():
        ouvertes.append(AutreEcriture())
        return ouvertes[-1]

    yield ouvrir
    for ecriture in ouvertes:
        ecriture.connexion.close()


@sur_postgresql
def test_ce_qui_se_valide_pendant_le_rendu_ne_laisse_pas_une_page_perimee(client, ecrire, monkeypatch):
    """Whether somebody writes is asked before rendering: after it, the writer is gone and nothing shows."""
    ecriture = ecrire()
    ecriture.ajouter_une_phase(901)

    def rendre_puis_valider(contenu):
        ecriture.connexion.commit()
        return reponse_vraie(contenu)

    reponse_vraie = HttpResponse
    monkeypatch.setattr(f"{__name__}.HttpResponse", rendre_puis_valider)
    try:
        avant = client.get("/essai/").content
        assert client.get("/essai/").content != avant
    finally:
        ecriture.supprimer_la_phase(901)


@sur_postgresql
def test_rien_n_est_garde_pendant_qu_une_autre_transaction_ecrit(client, ecrire):
    ecrire().ajouter_une_phase(900)
    reponse = client.get("/essai/")
    assert reponse.status_code == 200
    assert "ETag" not in reponse
    assert "private" in reponse["Cache-Control"]
    client.get("/essai/")
    assert len(APPELS) == 2


@sur_postgresql
def test_la_page_est_gardee_pendant_qu_on_ecrit_ailleurs(client, ecrire):
    with ecrire().connexion.cursor() as curseur:
        curseur.execute("UPDATE territoires_region SET nom = nom")
        client.get("/essai/")
        client.get("/essai/")
    assert len(APPELS) == 1


@sur_postgresql
@pytest.mark.django_db(transaction=True)
def test_une_ecriture_validee_apres_une_plus_recente_se_voit(client, ecrire):
    """Ids are given before the commit: the last commit does not always bring the greatest id."""
    lente, rapide = ecrire(), ecrire()
    rapide.commencer()
    lente.ajouter_une_phase(901)
    rapide.ajouter_une_phase(902)
    rapide.connexion.commit()
    entre_deux = client.get("/essai/").content
    lente.connexion.commit()
    assert client.get("/essai/").content != entre_deux
