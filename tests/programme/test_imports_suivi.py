"""Answers that come back from a spreadsheet: a difference first, one's own rows only, undone whole."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programme.campagnes import Reponse, clore, repondre
from programme.enums import EtatProjet, Meteo
from programme.exports_de_suivi import SUIVI
from programme.imports.suivi import en_tableau
from programme.models import PointDeSuivi, Projet
from tableurs import lots
from tableurs.enums import EtatLot, Seau
from tableurs.lots import ActionImpossible
from tableurs.models import LotImport
from tableurs.ressources import ouvertes
from tests import factories as f
from tests.factories_campagnes import CampagneFactory
from tests.factories_projets import projet_en
from tests.tableurs.conftest import dossier_prive  # noqa: F401
from tests.tableurs.fichiers import fichier_csv
from tests.tableurs.lots_essai import raisons, seaux

pytestmark = pytest.mark.django_db

ENTETES = ["campagne", "numero", "meteo", "texte"]


@pytest.fixture
def projet(territoire):
    return projet_en(EtatProjet.REALISATION, territoire=territoire)


@pytest.fixture
def campagne(projet):
    return CampagneFactory()


@pytest.fixture
def chef(personnages):
    return personnages["chef de projet"]


def deposer(auteur, *lignes, entetes=ENTETES):
    return lots.deposer(io.BytesIO(fichier_csv([entetes, *lignes])), "essai.csv", "suivi", None, auteur)


def test_une_reponse_revient_en_difference_puis_s_applique_et_s_annule(campagne, projet, chef):
    lot = deposer(chef, [campagne.cle, projet.numero, "bloqué", "Le permis."])
    assert seaux(lot) == [Seau.MODIFIEE], raisons(lot)
    point = campagne.points.get()
    assert not point.meteo
    lots.appliquer(lot, chef)
    point.refresh_from_db()
    projet.refresh_from_db()
    assert (point.meteo, point.texte, point.saisi_par, point.version) == (Meteo.BLOQUE, "Le permis.", chef, 1)
    assert (projet.meteo, projet.meteo_le) == (Meteo.BLOQUE, point.saisi_le)
    assert deposer(chef, [campagne.cle, projet.numero, "bloqué", "Le permis."]).inchanges == 1
    lots.annuler(lot, chef)
    point.refresh_from_db()
    projet.refresh_from_db()
    assert (point.meteo, projet.meteo, projet.meteo_le) == ("", "", None)


def test_le_classeur_telecharge_et_rapporte_tel_quel_ne_change_rien(campagne, projet, chef, client):
    point = campagne.points.get()
    repondre(campagne, [Reponse(point.pk, 0, Meteo.BLOQUE, "Le permis.")], chef)
    client.force_login(chef)
    for format_demande in ("csv", "xlsx", "ods"):
        reponse = client.get(reverse("campagne_classeur", args=[campagne.cle, format_demande]))
        contenu = io.BytesIO(b"".join(reponse.streaming_content))
        lot = lots.deposer(contenu, f"suivi.{format_demande}", "suivi", None, chef)
        assert (lot.inchanges, lot.lignes) == (1, 1), raisons(lot)


def test_le_classeur_ne_contient_que_ses_lignes(campagne, projet, chef, voisin):
    autre = projet_en(EtatProjet.INSCRIT, territoire=voisin)
    PointDeSuivi.objects.create(campagne=campagne, projet=autre)
    siens = PointDeSuivi.objects.modifiables_par(chef).filter(campagne=campagne)
    contenu = b"".join(SUIVI.fichier("csv", siens).reponse().streaming_content).decode("utf-8-sig")
    assert projet.numero in contenu
    assert autre.numero not in contenu


def test_le_projet_d_un_autre_est_refuse_sans_dire_s_il_existe(campagne, chef, voisin):
    autre = projet_en(EtatProjet.INSCRIT, territoire=voisin)
    PointDeSuivi.objects.create(campagne=campagne, projet=autre)
    lot = deposer(chef, [campagne.cle, autre.numero, "bon", ""], [campagne.cle, "FA-2099-00001", "bon", ""])
    un, deux = raisons(lot).values()
    assert un.replace(autre.numero, "X") == deux.replace("FA-2099-00001", "X")


@pytest.mark.parametrize(
    ("cellules", "raison"),
    [
        (["bloqué", ""], "dites par quoi"),
        (["", "Un texte"], "Choisissez la météo"),
        (["orage", ""], "n'est pas dans la liste"),
        (["rien de nouveau", ""], "pas encore de météo"),
    ],
)
def test_une_reponse_impossible_est_refusee_en_disant_pourquoi(cellules, raison, campagne, projet, chef):
    lot = deposer(chef, [campagne.cle, projet.numero, *cellules])
    assert raison in raisons(lot)[2]


def test_une_ligne_vide_n_est_pas_une_reponse(campagne, projet, chef):
    assert deposer(chef, [campagne.cle, projet.numero, "", ""]).inchanges == 1


def test_rien_de_nouveau_reprend_la_meteo_d_avant(campagne, projet, chef):
    avant = CampagneFactory()
    repondre(avant, [Reponse(avant.points.get().pk, 0, Meteo.BLOQUE, "Le permis.")], chef)
    lots.appliquer(deposer(chef, [campagne.cle, projet.numero, "Rien de nouveau", ""]), chef)
    point = campagne.points.get()
    assert (point.meteo, point.texte, point.rien_de_nouveau) == (Meteo.BLOQUE, "Le permis.", True)


def test_sans_campagne_dite_celle_qui_est_ouverte(campagne, projet, chef):
    lignes = [projet.numero, "bon", "x"]
    assert deposer(chef, lignes, entetes=ENTETES[1:]).modifies == 1
    autre = CampagneFactory()
    lot = deposer(chef, lignes, entetes=ENTETES[1:])
    assert autre.cle in lot.details.get().problemes[0]["remede"]


def test_deux_lignes_pour_un_projet(campagne, projet, chef):
    ligne = [campagne.cle, projet.numero, "bon", ""]
    assert seaux(deposer(chef, ligne, ligne)) == [Seau.MODIFIEE, Seau.DOUBLON]
    assert seaux(deposer(chef, ligne, [campagne.cle, projet.numero, "bloqué", "x"])) == [Seau.MODIFIEE, Seau.REFUSEE]


def test_qui_a_repondu_entre_l_apercu_et_l_application_n_est_pas_ecrase(campagne, projet, chef, personnages):
    lot = deposer(chef, [campagne.cle, projet.numero, "bon", ""])
    repondre(campagne, [Reponse(campagne.points.get().pk, 0, Meteo.BLOQUE, "Le permis.")], personnages["pilote"])
    with pytest.raises(ActionImpossible, match="a changé depuis l'aperçu"):
        lots.appliquer(lot, chef)
    assert campagne.points.get().meteo == Meteo.BLOQUE
    lot.refresh_from_db()
    # The new preview shows the difference.
    assert lot.details.get().changements[0]["avant"] == "Bloqué"


def test_une_campagne_close_depuis_l_apercu_ne_prend_rien(campagne, projet, chef):
    lot = deposer(chef, [campagne.cle, projet.numero, "bon", ""])
    clore(campagne, f.AdministrateurFactory())
    with pytest.raises(ActionImpossible, match="close"):
        lots.appliquer(lot, chef)
    assert not campagne.points.get().meteo


@pytest.mark.parametrize("nom", ["lecture", "État territorial", "analyste", "auditeur", "sans habilitation"])
def test_qui_ne_suit_rien_n_importe_pas(nom, personnages):
    assert "suivi" not in ouvertes(personnages[nom])


@pytest.mark.parametrize("nom", ["chef de projet", "pilote", "porteur", "administrateur"])
def test_qui_suit_importe(nom, personnages):
    assert "suivi" in ouvertes(personnages[nom])


# --- Pasted


def test_ce_qui_est_colle_mene_a_l_apercu(campagne, projet, chef, client):
    client.force_login(chef)
    adresse = reverse("campagne_coller", args=[campagne.cle])
    lignes = f"Numéro\tMétéo\tTexte\r\n{projet.numero}\tà surveiller\tUne autorisation tarde.\r\n"
    reponse = client.post(adresse, {"lignes": lignes})
    lot = LotImport.objects.get()
    assert reponse.url == lot.get_absolute_url()
    assert (lot.etat, seaux(lot)) == (EtatLot.A_VERIFIER, [Seau.MODIFIEE])
    assert not campagne.points.get().meteo
    assert "Une autorisation tarde." in client.get(reponse.url).content.decode()


@pytest.mark.parametrize("lignes", ["", "n'importe quoi", "a\tb\tc\td\te"])
def test_ce_qui_ne_se_lit_pas_est_dit(lignes, campagne, chef, client):
    client.force_login(chef)
    reponse = client.post(reverse("campagne_coller", args=[campagne.cle]), {"lignes": lignes})
    if reponse.status_code == 302:
        assert LotImport.objects.get().refuses
    else:
        assert "Erreur" in reponse.content.decode()


def test_une_cellule_de_plusieurs_lignes_se_colle(campagne):
    tableau = en_tableau(campagne, 'FA-1\tbon\t"un\ndeux"\nFA-2\tbon\tx').decode().splitlines()
    assert tableau[1:] == [f'{campagne.cle}\tFA-1\tbon\t"un', 'deux"', f"{campagne.cle}\tFA-2\tbon\tx"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(donnees=st.data())
def test_toute_table_se_compte_s_applique_et_s_annule(donnees, campagne, projet, chef, voisin):
    numero = st.sampled_from([projet.numero, "FA-2099-00001", "", "x"])
    cellule = st.sampled_from(["bon", "bloqué", "À surveiller", "rien de nouveau", "", "orage"])
    ligne = st.tuples(st.sampled_from([campagne.cle, ""]), numero, cellule, st.sampled_from(["", "Un texte", "=1+1"]))
    table = donnees.draw(st.lists(ligne.map(list), min_size=1, max_size=6))
    avant = list(PointDeSuivi.objects.values()), list(Projet.objects.order_by("pk").values())
    lot = deposer(chef, *table)
    assert lot.lignes == lot.crees + lot.modifies + lot.inchanges + lot.refuses + lot.doublons == len(table)
    assert (list(PointDeSuivi.objects.values()), list(Projet.objects.order_by("pk").values())) == avant
    lots.appliquer(lot, chef, partiel=True)
    assert deposer(chef, *table).modifies == 0
    lots.annuler(lot, chef)
    assert (list(PointDeSuivi.objects.values()), list(Projet.objects.order_by("pk").values())) == avant


def test_le_nombre_de_requetes_ne_depend_pas_des_lignes(campagne, projet, chef, territoire):
    deposer(chef, [campagne.cle, projet.numero, "", ""])
    nombres = []
    for combien in (2, 30):
        while campagne.points.count() < combien:
            suivant = projet_en(EtatProjet.INSCRIT, territoire=territoire)
            PointDeSuivi.objects.create(campagne=campagne, projet=suivant)
        numeros = campagne.points.values_list("projet__numero", flat=True)
        lignes = [[campagne.cle, numero, "bon", f"T{combien}"] for numero in numeros]
        with CaptureQueriesContext(connection) as requetes:
            lots.appliquer(deposer(chef, *lignes), chef)
        nombres.append(len(requetes))
    assert nombres[0] == nombres[1]
