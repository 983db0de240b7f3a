"""What the database refuses of campaigns, of their rows, of what was imported."""

from datetime import timedelta

import pytest
from django.utils import timezone

from programme.enums import EtatProjet, Meteo
from programme.models import PointDeSuivi
from tests import factories as f
from tests.factories_campagnes import CampagneFactory
from tests.factories_projets import projet_en
from tests.outils.contraintes import verifier_refus

pytestmark = pytest.mark.django_db


@pytest.fixture
def point(territoire):
    projet_en(EtatProjet.REALISATION, territoire=territoire)
    CampagneFactory()
    return PointDeSuivi.objects.get()


@pytest.fixture
def repondu(point):
    point.meteo, point.texte = Meteo.BLOQUE, "Le permis manque."
    point.saisi_par, point.saisi_le = f.UtilisateurFactory(), timezone.now()
    point.save()
    return point


def test_une_campagne_finit_apres_avoir_commence():
    une = CampagneFactory()
    verifier_refus(une, "programme_campagne_periode", {"au": une.du - timedelta(days=1)})


def test_seule_une_campagne_nationale_prend_toutes_les_regions():
    verifier_refus(CampagneFactory(), "programme_campagne_nationale", {"nationale": False})


@pytest.mark.parametrize("champ", ["close_le", "close_par"])
def test_une_campagne_close_l_est_par_quelqu_un_un_jour(champ):
    une = CampagneFactory(close_le=timezone.now(), close_par=f.UtilisateurFactory())
    verifier_refus(une, "programme_campagne_close", {champ: None})


def test_un_projet_n_a_qu_une_ligne_par_campagne(point, territoire):
    projet_en(EtatProjet.REALISATION, territoire=territoire)
    CampagneFactory()
    autre = PointDeSuivi.objects.filter(projet=point.projet).exclude(pk=point.pk).get()
    verifier_refus(autre, "programme_point_un_par_projet", {"campagne": point.campagne})


def test_ce_qui_bloque_est_explique(repondu):
    verifier_refus(repondu, "programme_point_bloque_explique", {"texte": ""})


@pytest.mark.parametrize("changement", [{"meteo": ""}, {"saisi_le": None}, {"saisi_par": None}])
def test_une_reponse_a_une_meteo_un_auteur_un_instant(repondu, changement):
    repondu.meteo = Meteo.BON
    repondu.save()
    verifier_refus(repondu, "programme_point_repondu", changement)


@pytest.mark.parametrize("changement", [{"texte": "Un mot."}, {"rien_de_nouveau": True}])
def test_une_ligne_sans_reponse_est_vide(point, changement):
    verifier_refus(point, "programme_point_repondu", changement)


def test_deux_projets_d_un_territoire_n_ont_pas_la_meme_reference(territoire, voisin):
    un = projet_en(EtatProjet.INSCRIT, territoire=territoire, reference_regionale="R-1")
    projet_en(EtatProjet.INSCRIT, territoire=voisin, reference_regionale="R-1")
    projet_en(EtatProjet.INSCRIT, territoire=territoire)
    autre = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    verifier_refus(autre, "programme_projet_reference_regionale", {"reference_regionale": un.reference_regionale})
