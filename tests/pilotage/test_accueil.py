"""The home page answers its visitor's question, and never mixes what is computed with what was announced."""

import pytest

from programme.models import ChiffreAnnonce, Enveloppe
from tests import factories as f
from tests.pilotage.lecture import ouvrir

pytestmark = pytest.mark.django_db


@pytest.fixture
def accueil(client):
    return ouvrir(client, "/")


def test_l_accueil_pose_la_question_du_visiteur_et_y_repond(accueil):
    assert accueil.h1 == "Ma commune est-elle dans un Territoire d'industrie ?"
    assert 'action="/communes/"' in accueil.html
    assert 'name="q"' in accueil.html


def test_la_carte_a_un_lien_par_territoire_de_l_annonce(accueil):
    assert accueil.html.count('class="carte__territoire"') == 124
    assert '<a href="/territoires/dunkerque/"><title>Dunkerque</title>' in accueil.html
    assert accueil.html.count('class="carte__cadre"') == 5


def test_les_chiffres_calcules_portent_sur_la_liste_affichee(client, accueil):
    assert "Calculé sur la liste affichée : liste de l'annonce (22 novembre 2018)." in accueil.mots
    assert "124 territoires annoncé en 2018 : 124" in accueil.mots
    finale = ouvrir(client, "/", liste="2022-12-31")
    assert "périmètre final de la phase 1 (décembre 2022)" in finale.mots
    # What was announced stays what it was.
    assert "149 territoires annoncé en 2018 : 124" in finale.mots


def test_un_chiffre_annonce_qui_change_ne_change_pas_le_chiffre_calcule(client):
    annonce = ChiffreAnnonce.objects.get(cle="territoires")
    annonce.valeur = 999
    annonce.save()
    assert "124 territoires annoncé en 2018 : 999" in ouvrir(client, "/").mots


def test_un_territoire_de_moins_ne_change_pas_le_chiffre_annonce(client):
    perimetre = f.PerimetreFactory()
    page = ouvrir(client, "/", liste=perimetre.inscription.liste.slug)
    assert "1 territoires annoncé en 2018 : 124" in page.mots.replace("1 territoire ", "1 territoires ")


def test_les_parts_sont_calculees_sur_la_france_entiere(accueil):
    assert "% du territoire national" in accueil.mots
    part = int(accueil.mots.partition(" % du territoire national")[0].rpartition(" ")[2])
    assert 30 <= part <= 40
    assert "annoncé en 2018 : 30 %" in accueil.mots


def test_ce_qu_on_ne_sait_pas_calculer_est_dit(accueil):
    assert "50 % de l'emploi industriel : le portail n'a pas de quoi le calculer" in accueil.mots


def test_sans_annonce_rien_n_est_invente(client):
    ChiffreAnnonce.objects.all().delete()
    page = ouvrir(client, "/")
    assert "annoncé en 2018" not in page.mots
    assert "emploi industriel" not in page.mots
    assert "Aucun chiffre n'est inventé" in page.mots


def test_les_quatre_besoins_menent_a_leurs_mesures(accueil):
    besoins = {nom: accueil.liens[nom] for nom in ("Attirer", "Recruter", "Innover", "Simplifier")}
    assert besoins["Attirer"] == "/mesures/#attirer"
    assert [f"{n} mesures" in accueil.mots for n in (6, 4, 5, 3)] == [True] * 4


def test_l_argent_annonce_a_sa_barre_et_son_tableau(accueil):
    assert accueil.html.count('class="barre__segment ') == 4
    assert ["Plan d'investissement dans les compétences", "250 M€"] in accueil.lignes
    assert ["Programme d'investissements d'avenir", "plus de 500 M€"] in accueil.lignes
    assert ["Non détaillé par les sources", "au plus 110 M€ environ"] in accueil.lignes
    assert ["Annoncé en tout", "1 360 M€"] in accueil.lignes


def test_le_nombre_d_enveloppes_est_celui_des_enveloppes(client):
    """« Trois enveloppes sont nommées » would be false as soon as one is added or taken away."""
    Enveloppe.objects.get(code="BDT").delete()
    assert "Trois enveloppes" not in ouvrir(client, "/").mots


def test_la_liste_reconstituee_le_dit_et_la_finale_non(client, accueil):
    assert "Cette liste est en partie reconstituée" in accueil.mots
    assert "reconstituée" not in ouvrir(client, "/", liste="2022-12-31").mots


def test_l_accueil_sans_rien_dit_quoi_faire(client, base_vide):
    page = ouvrir(client, "/")
    assert "Aucune liste de territoires n'est encore chargée" in page.mots
    assert "Ce que disent les données" not in page.mots
    assert "L'argent annoncé" not in page.mots
    assert "carte__dessin" not in page.html


def test_l_accueil_sans_besoin_n_a_pas_de_section_vide(client, base_vide):
    assert "Quatre besoins" not in ouvrir(client, "/").mots


def test_une_liste_inconnue_n_existe_pas(client):
    page = ouvrir(client, "/", statut=404, liste="2050")
    assert page.h1 == "Page introuvable"
