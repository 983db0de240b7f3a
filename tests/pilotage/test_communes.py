"""« Ma commune est-elle concernée ? »: yes, no with the nearest, or a choice; and the suggestions while typing."""

import datetime

import pytest

from territoires.models import Collectivite, Liste
from tests import factories as f
from tests.pilotage.lecture import ouvrir

pytestmark = pytest.mark.django_db

J = datetime.date


def chercher(client, texte, statut=200):
    return ouvrir(client, "/communes/", statut=statut, q=texte)


@pytest.mark.parametrize(
    ("texte", "code"),
    [
        ("Dunkerque", "59183"),
        (" st-nazaire-sur-charente ", "17375"),
        ("2a004", "2A004"),
        ("Vouël", "02738"),
        ("02700", None),
    ],
)
def test_une_seule_commune_mene_droit_a_sa_page(client, texte, code):
    reponse = client.get("/communes/", {"q": texte})
    if code is None:
        assert reponse.status_code == 200
    else:
        assert (reponse.status_code, reponse["Location"]) == (302, f"/communes/{code}/")


def test_des_homonymes_sont_un_choix(client):
    page = chercher(client, "Saint-Denis")
    assert "8 communes pour « Saint-Denis » : laquelle ?" in page.mots
    assert "Saint-Denis La Réunion (974)" in page.mots
    assert "Saint-Denis Seine-Saint-Denis (93)" in page.mots
    assert page.champs["q"] == "Saint-Denis"


def test_un_code_postal_montre_toutes_ses_communes(client):
    page = chercher(client, "51300")
    liens = [adresse for adresse in page.liens.values() if adresse.startswith("/communes/51")]
    assert len(liens) >= 46
    assert "Plus de" not in page.mots
    assert "pour 51300" in page.mots


def test_un_debut_trop_commun_demande_de_preciser(client):
    page = chercher(client, "saint")
    assert "Plus de 15 communes pour « saint » : précisez" in page.mots
    assert "Ajoutez des lettres" in page.mots


def test_un_nom_presque_juste_propose_le_bon(client):
    page = chercher(client, "Dunkerke")
    assert "Aucune commune ne s'appelle « Dunkerke »" in page.mots
    assert page.liens["Dunkerque"] == "?q=Dunkerque"


@pytest.mark.parametrize("texte", ["zzzzzz", "%", "_", "😀", "a" * 10_000, "\x00abc", "'; --", "99999", "<b>"])
def test_rien_de_trouve_dit_quoi_faire(client, texte):
    page = chercher(client, texte)
    assert "Aucune commune ne s'appelle" in page.mots
    assert "Vérifiez l'orthographe" in page.mots or "Vouliez-vous dire" in page.mots
    assert "<b>" not in page.html
    assert len(page.html) < 50_000


@pytest.mark.parametrize("texte", ["", "   ", "\x00", "\t"])
def test_sans_rien_a_chercher_la_page_attend(client, texte):
    page = chercher(client, texte)
    assert page.h1 == "Ma commune est-elle concernée ?"
    assert "Aucune commune" not in page.mots


# --- A commune ------------------------------------------------------------------------------------------------


def test_oui_avec_son_territoire_et_sa_liste(client):
    page = ouvrir(client, "/communes/59183/")
    assert page.h1 == "Dunkerque Nord (59)"
    assert "Oui, Dunkerque est dans un Territoire d'industrie" in page.mots
    assert page.liens["Dunkerque"] == "/territoires/dunkerque/"
    assert "Périmètre final de la phase 1" in page.mots
    assert "Les plus proches" not in page.sections
    assert "CU de Dunkerque" in page.mots
    assert "Hauts-de-France" in page.mots


def test_non_avec_les_plus_proches(client):
    page = ouvrir(client, "/communes/75056/")
    assert "Non, Paris n'est dans aucun Territoire d'industrie" in page.mots
    assert "Les plus proches" in page.sections
    assert page.mots.count(" km environ") + page.mots.count("moins d'un kilomètre") == 3
    assert page.mots.count("Dans aucun territoire") == 2


def test_non_outre_mer_sans_territoire_dans_la_region(client):
    page = ouvrir(client, "/communes/97611/")
    assert "Aucun territoire de cette liste n'est dans cette région d'outre-mer." in page.mots


def test_une_commune_d_outre_mer_a_son_territoire(client):
    page = ouvrir(client, "/communes/97120/")
    assert "Oui, Pointe-à-Pitre" in page.mots
    assert "Guadeloupe" in page.mots


def test_chaque_liste_a_sa_reponse_avec_sa_fiabilite(client):
    """In one list and not in the other."""
    page = ouvrir(client, "/communes/01053/")
    assert "D'une liste à l'autre" in page.sections
    assert "Liste de l'annonce (22 novembre 2018) Dans aucun territoire" in page.mots
    assert "Périmètre final de la phase 1 (décembre 2022) Bourg-en-Bresse Officiel" in page.mots


def test_une_commune_couverte_en_partie_le_dit(client):
    commune = Collectivite.objects.get(nom="Tannay-le-Mont-Dieu", au=None)
    page = ouvrir(client, f"/communes/{commune.code}/")
    assert page.mots.count("En partie seulement") == 2


def test_une_commune_qui_a_change_de_code_n_est_pas_couverte_en_partie(client):
    """Les Trois Lacs had another code for two years: still one commune."""
    assert "En partie seulement" not in ouvrir(client, "/communes/27676/").mots


def test_une_commune_fusionnee_mene_a_celle_d_aujourd_hui(client):
    ancienne = Collectivite.objects.communes().exclude(remplacee_par=None).first()
    adresse = f"/communes/{ancienne.code}/"
    for _ in range(3):
        reponse = client.get(adresse)
        if reponse.status_code == 200:
            break
        adresse = reponse["Location"]
    assert Collectivite.objects.get(code=adresse.split("/")[2]).au is None


def test_une_commune_n_a_rien_de_vide(client):
    commune = f.CommuneFactory(population=None, codes_postaux="", longitude=None, latitude=None)
    page = ouvrir(client, f"/communes/{commune.code}/")
    for absent in ("Population", "Code postal", "Intercommunalité", "Les plus proches", "None", "nan"):
        assert absent not in page.mots


def test_un_point_inconnu_n_est_pas_pris_pour_de_l_outre_mer(client):
    commune = f.CommuneFactory(longitude=None, latitude=None)
    assert "outre-mer" not in ouvrir(client, f"/communes/{commune.code}/").mots


def test_une_intercommunalite_quittee_n_est_plus_dite(client):
    rattachement = f.RattachementFactory(au=J(2020, 1, 1))
    actuelle = f.RattachementFactory(commune=rattachement.commune, du=J(2020, 1, 2))
    page = ouvrir(client, f"/communes/{rattachement.commune_id}/")
    assert actuelle.groupement.nom in page.mots
    assert rattachement.groupement.nom not in page.mots


@pytest.mark.parametrize("code", ["99999", "0", "2a999", "200040715", "é", "\x00", "%00", "a" * 3000, "59183 "])
def test_une_commune_inconnue_n_existe_pas(client, code):
    """An EPCI is no commune."""
    page = ouvrir(client, f"/communes/{code}/", statut=404)
    assert 'name="q"' in page.html


def test_un_code_corse_s_ecrit_dans_les_deux_casses(client):
    assert ouvrir(client, "/communes/2a004/").h1 == "Ajaccio Corse-du-Sud (2A)"


def test_la_liste_en_vigueur_demain_repond_demain(client, time_machine):
    """Same page, same rows, another day: the kept page must not outlive its day."""
    demain = J(2023, 11, 9)
    suivante = f.ListeFactory(
        date=demain, phase=f.PhaseFactory(debut=demain, fin=J(2027, 12, 31)), titre="Phase d'essai"
    )
    f.CouvertureFactory(inscription__liste=suivante, commune_id="75056")
    time_machine.move_to("2023-11-08T12:00:00+01:00")
    assert "Non, Paris" in ouvrir(client, "/communes/75056/").mots
    time_machine.move_to("2023-11-09T00:30:00+01:00")
    assert "Oui, Paris" in ouvrir(client, "/communes/75056/").mots


def test_sans_liste_la_page_ne_repond_pas_au_hasard(client, base_vide):
    commune = f.CommuneFactory()
    page = ouvrir(client, f"/communes/{commune.code}/")
    assert "Aucune liste de territoires n'est encore chargée" in page.mots
    assert "Non," not in page.mots
    assert not Liste.objects.exists()


# --- Suggestions ----------------------------------------------------------------------------------------------


def suggerer(client, texte):
    reponse = client.get("/communes/suggestions/", {"q": texte})
    assert reponse.status_code == 200
    assert reponse["Content-Type"] == "application/json"
    return reponse.json()


def test_les_suggestions_disent_ou_et_pourquoi(client):
    assert suggerer(client, "dunk")[0] == {"adresse": "/communes/59183/", "nom": "Dunkerque", "detail": "Nord (59)"}
    (tergnier,) = suggerer(client, "vouël")
    assert tergnier == {"adresse": "/communes/02738/", "nom": "Tergnier", "detail": "Aisne (02) · pour Vouël"}


@pytest.mark.parametrize("texte", ["", "\x00", "%", "_", "zzzzzz", "a" * 10_000, "😀"])
def test_rien_a_suggerer(client, texte):
    assert suggerer(client, texte) == []


def test_les_suggestions_menent_a_des_pages(client):
    for suggestion in suggerer(client, "saint-de"):
        ouvrir(client, suggestion["adresse"])
