"""The grid of a campaign: answered all at once, errors at their cells, nobody's answer overwritten unseen."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programme.campagnes import Reponse, repondre
from programme.enums import EtatProjet, Meteo
from programme.forms.campagnes import empreinte
from programme.models import PointDeSuivi
from tests.factories_campagnes import CampagneFactory
from tests.factories_projets import projet_en

pytestmark = pytest.mark.django_db


@pytest.fixture
def projet(territoire):
    return projet_en(EtatProjet.REALISATION, territoire=territoire)


@pytest.fixture
def campagne(projet):
    return CampagneFactory()


@pytest.fixture
def chef(personnages):
    return personnages["chef de projet"]


def point_de(campagne, projet):
    return campagne.points.get(projet=projet)


def dire(campagne, projet, par, meteo=Meteo.BON, texte="", version=None):
    point = point_de(campagne, projet)
    version = point.version if version is None else version
    return repondre(campagne, [Reponse(point.pk, version, meteo, texte)], par)


def donnees(*lignes, rien="", **autres):
    """Return what a browser sends of these [(point, weather, text)]."""
    envoi = {"ligne": [point.projet.cle for point, _, _ in lignes], "rien": rien, **autres}
    for point, meteo, texte in lignes:
        cle = point.projet.cle
        envoi |= {f"{cle}-meteo": meteo, f"{cle}-texte": texte, f"{cle}-version": point.version}
        envoi[f"{cle}-lu"] = empreinte(point.meteo, point.texte)
    return envoi


# --- The grid


@pytest.fixture
def page(client, chef, campagne):
    client.force_login(chef)
    return reverse("campagne_saisir", args=[campagne.cle])


def test_on_repond_pour_plusieurs_projets_d_un_coup(page, client, campagne, projet, territoire):
    autre = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    PointDeSuivi.objects.create(campagne=campagne, projet=autre)
    points = [point_de(campagne, projet), point_de(campagne, autre)]
    reponse = client.post(page, donnees((points[0], "bon", ""), (points[1], "bloque", "Le permis.")), follow=True)
    assert "2\N{NO-BREAK SPACE}réponses sont enregistrées" in reponse.content.decode()
    assert list(campagne.points.order_by("projet_id").values_list("meteo", flat=True)) == ["bon", "bloque"]


def test_ce_qui_est_juste_est_garde_le_reste_est_dit_a_sa_cellule(page, client, campagne, projet, territoire):
    autre = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    PointDeSuivi.objects.create(campagne=campagne, projet=autre)
    points = [point_de(campagne, projet), point_de(campagne, autre)]
    corps = client.post(page, donnees((points[0], "bon", ""), (points[1], "bloque", ""))).content.decode()
    assert "dites par quoi" in corps
    assert f'id="id_{autre.cle}-texte_error"' in corps
    assert list(campagne.points.order_by("projet_id").values_list("meteo", flat=True)) == ["bon", ""]


def test_un_texte_sans_meteo_demande_la_meteo(page, client, campagne, projet):
    corps = client.post(page, donnees((point_de(campagne, projet), "", "Un texte"))).content.decode()
    assert "Choisissez la météo" in corps
    assert "Un texte" in corps


def test_rien_de_nouveau_garde_la_meteo_d_avant(page, client, projet, chef, campagne):
    avant = CampagneFactory()
    dire(avant, projet, chef, Meteo.BLOQUE, "Le permis.")
    client.post(page, donnees((point_de(campagne, projet), "", ""), rien=projet.cle))
    point = point_de(campagne, projet)
    assert (point.meteo, point.texte, point.rien_de_nouveau) == (Meteo.BLOQUE, "Le permis.", True)


def test_rien_de_nouveau_sans_meteo_d_avant_la_demande(page, client, campagne, projet):
    corps = client.post(page, donnees((point_de(campagne, projet), "", ""), rien=projet.cle)).content.decode()
    assert "pas encore de météo" in corps


def test_a_deux_la_seconde_voit_la_premiere_reponse_et_choisit(page, client, campagne, projet, personnages):
    lu = point_de(campagne, projet)
    dire(campagne, projet, personnages["pilote"], Meteo.BLOQUE, "Le permis manque.")
    corps = client.post(page, donnees((lu, "bon", "Tout va bien."))).content.decode()
    assert "a répondu entre-temps" in corps
    assert "Le permis manque." in corps
    assert "Tout va bien." in corps
    assert point_de(campagne, projet).meteo == Meteo.BLOQUE
    assert f'name="{projet.cle}-version" value="1"' in corps
    # Sent again, having seen it.
    vu = donnees((lu, "bon", "Tout va bien.")) | {f"{projet.cle}-version": 1}
    client.post(page, vu)
    assert point_de(campagne, projet).texte == "Tout va bien."


def test_une_ligne_laissee_comme_elle_etait_n_ecrase_pas_l_autre(page, client, campagne, projet, personnages):
    lu = point_de(campagne, projet)
    dire(campagne, projet, personnages["pilote"], Meteo.BLOQUE, "Le permis manque.")
    client.post(page, donnees((lu, "", "")))
    assert point_de(campagne, projet).meteo == Meteo.BLOQUE


def test_le_projet_d_un_autre_ne_s_ecrit_pas_par_la_grille(page, client, campagne, voisin):
    autre = projet_en(EtatProjet.INSCRIT, territoire=voisin)
    point = PointDeSuivi.objects.create(campagne=campagne, projet=autre)
    client.post(page, donnees((point, "bon", "")))
    assert not point_de(campagne, autre).meteo


@pytest.mark.parametrize("nom", ["campagne_saisir", "campagne"])
def test_le_nombre_de_requetes_ne_depend_pas_des_lignes(nom, client, chef, campagne, projet, territoire):
    client.force_login(chef)
    adresse = reverse(nom, args=[campagne.cle])
    client.get(adresse)
    nombres = []
    for combien in (2, 30):
        while campagne.points.count() < combien:
            suivant = projet_en(EtatProjet.INSCRIT, territoire=territoire)
            PointDeSuivi.objects.create(campagne=campagne, projet=suivant)
        with CaptureQueriesContext(connection) as requetes:
            client.get(adresse)
        nombres.append(len(requetes))
    assert nombres[0] == nombres[1] <= 15


def test_enregistrer_trente_lignes_prend_autant_de_requetes_que_deux(page, client, campagne, projet, territoire):
    nombres = []
    for combien in (2, 30):
        while campagne.points.count() < combien:
            suivant = projet_en(EtatProjet.INSCRIT, territoire=territoire)
            PointDeSuivi.objects.create(campagne=campagne, projet=suivant)
        lignes = [(point, "bon", f"Texte {combien}") for point in campagne.points.select_related("projet")]
        with CaptureQueriesContext(connection) as requetes:
            client.post(page, donnees(*lignes))
        nombres.append(len(requetes))
    assert campagne.points.repondus().count() == 30
    assert nombres[0] == nombres[1]


def test_la_fiche_du_projet_montre_sa_derniere_meteo(client, campagne, projet, chef):
    dire(campagne, projet, chef, Meteo.BLOQUE, "Le permis manque.")
    public = client.get(projet.get_absolute_url()).content.decode()
    assert "Le permis manque." not in public
    client.force_login(chef)
    assert "Le permis manque." in client.get(projet.get_absolute_url()).content.decode()
