"""A campaign of follow-up: what it takes, who answers, nothing overwritten, who is reminded, when it closes."""

import datetime
from datetime import timedelta
from random import Random

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from comptes import routines
from comptes.acces import aujourdhui
from comptes.models import Courrier, PreferenceCourrier
from comptes.parcours import passer
from pilotage import a_faire
from programme.campagnes import CampagneClose, Reponse, clore, couvrir_celles_du_jour, rappeler_celles_du_jour, repondre
from programme.enums import EtatProjet, Meteo
from programme.genres_de_courrier import CAMPAGNES
from programme.models import Campagne, PointDeSuivi, Projet
from territoires.enums import QualiteTerritoriale
from tests import factories as f
from tests.factories_campagnes import CampagneFactory
from tests.factories_projets import PorteurFactory, projet_en

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


# --- What it takes


def test_elle_retient_les_projets_suivis_de_ses_regions(territoire, voisin, projet):
    ailleurs = projet_en(EtatProjet.INSCRIT, territoire=voisin)
    projet_en(EtatProjet.INSTRUCTION, territoire=territoire)
    projet_en(EtatProjet.REALISE, territoire=territoire)
    toutes = CampagneFactory()
    assert set(toutes.points.values_list("projet", flat=True)) == {projet.pk, ailleurs.pk}
    une = CampagneFactory(toutes_les_regions=False, a_venir=True)
    une.regions.set(["32"])
    couvrir_celles_du_jour()
    assert list(une.points.values_list("projet", flat=True)) == [projet.pk]


def test_celle_qui_commence_plus_tard_retient_ses_projets_ce_jour_la(projet):
    une = CampagneFactory(du=aujourdhui() + timedelta(days=3), au=aujourdhui() + timedelta(days=9), a_venir=True)
    assert une.etat == "à venir"
    couvrir_celles_du_jour()
    assert not une.points.exists()
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        couvrir_celles_du_jour()
        couvrir_celles_du_jour()
        une.refresh_from_db()
        assert une.est_ouverte
    assert une.points.count() == 1


def test_le_dernier_jour_compte_jusqu_a_minuit_a_paris(campagne):
    dernier = datetime.datetime.combine(campagne.au, datetime.time(23, 59), timezone.get_default_timezone())
    with time_machine.travel(dernier, tick=False):
        assert campagne.est_ouverte
        assert Campagne.objects.ouvertes().exists()
    with time_machine.travel(dernier + timedelta(minutes=1), tick=False):
        assert not campagne.est_ouverte
        assert not Campagne.objects.ouvertes().exists()


# --- Answers


def test_une_reponse_se_garde_et_le_projet_a_sa_meteo(campagne, projet, chef):
    assert dire(campagne, projet, chef, Meteo.BLOQUE, "Le permis manque.") == (1, [])
    projet.refresh_from_db()
    point = point_de(campagne, projet)
    assert (projet.meteo, projet.meteo_le) == (Meteo.BLOQUE, point.saisi_le)
    assert (point.saisi_par, point.version) == (chef, 1)
    assert point.historique.get().history_user == chef


@pytest.mark.parametrize("nom", ["lecture", "équipe voisine", "pilote voisin", "État territorial", "auditeur"])
def test_qui_ne_suit_pas_le_projet_ne_repond_pas(nom, campagne, projet, personnages):
    assert dire(campagne, projet, personnages[nom]) == (0, [])
    assert not point_de(campagne, projet).meteo


@pytest.mark.parametrize("nom", ["chef de projet", "pilote", "agent instructeur", "administrateur"])
def test_qui_suit_le_projet_repond(nom, campagne, projet, personnages):
    assert dire(campagne, projet, personnages[nom]) == (1, [])


def test_le_porteur_repond_pour_son_projet(campagne, projet):
    assert dire(campagne, projet, PorteurFactory(projet=projet).personne) == (1, [])


def test_une_campagne_close_ne_prend_plus_de_reponse(campagne, projet, chef):
    clore(campagne, f.AdministrateurFactory())
    with pytest.raises(CampagneClose):
        dire(campagne, projet, chef)
    with pytest.raises(CampagneClose):
        clore(campagne, f.AdministrateurFactory())


def test_qui_repond_sur_une_ligne_changee_depuis_n_ecrase_rien(campagne, projet, chef, personnages):
    dire(campagne, projet, personnages["pilote"], Meteo.BLOQUE, "Bloqué.")
    point = point_de(campagne, projet)
    assert dire(campagne, projet, chef, Meteo.BON, version=0) == (0, [point.pk])
    assert point_de(campagne, projet).meteo == Meteo.BLOQUE


def test_la_meteo_du_projet_et_sa_derniere_reponse_ne_se_separent_jamais(projet, chef, territoire):
    autre = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    campagnes = [CampagneFactory(), CampagneFactory()]
    hasard = Random(4)
    for rang in range(30):
        with time_machine.travel(timezone.now() + timedelta(minutes=rang), tick=False):
            un = hasard.choice([projet, autre])
            dire(hasard.choice(campagnes), un, chef, hasard.choice(Meteo.values), "Un texte.")
            # A form that was open meanwhile is saved: it keeps its hands off.
            Projet(**{c.attname: getattr(un, c.attname) for c in Projet._meta.concrete_fields})
            un.titre = f"Titre {rang}"
            un.save()
        for suivi in (projet, autre):
            dernier = suivi.points_de_suivi.repondus().order_by("-saisi_le", "-pk").first()
            suivi = Projet.objects.get(pk=suivi.pk)
            assert (suivi.meteo, suivi.meteo_le) == ((dernier.meteo, dernier.saisi_le) if dernier else ("", None))


def test_un_projet_sorti_du_suivi_n_attend_plus(campagne, projet, chef):
    passer(projet, "achever", chef)
    assert not campagne.points.en_attente().exists()
    assert dire(campagne, projet, chef) == (0, [])


# --- Constraints


@pytest.mark.parametrize(
    "champs",
    [
        {"meteo": Meteo.BLOQUE},
        {"meteo": "orage", "texte": "x"},
        {"meteo": Meteo.BON, "saisi_par": None},
        {"meteo": Meteo.BON, "saisi_le": None},
        {"meteo": ""},
        {"meteo": "", "saisi_par": None, "saisi_le": None, "texte": "x"},
        {"meteo": "", "saisi_par": None, "saisi_le": None, "rien_de_nouveau": True},
        {"meteo": "", "saisi_le": None},
        {"meteo": "", "saisi_par": None},
    ],
)
def test_une_reponse_incomplete_n_entre_pas_dans_la_base(champs, campagne, projet, chef):
    point = point_de(campagne, projet)
    for nom, valeur in ({"saisi_par": chef, "saisi_le": timezone.now()} | champs).items():
        setattr(point, nom, valeur)
    with pytest.raises(IntegrityError), transaction.atomic():
        point.save()


def test_un_projet_n_a_qu_un_point_par_campagne(campagne, projet):
    with pytest.raises(IntegrityError), transaction.atomic():
        PointDeSuivi.objects.create(campagne=campagne, projet=projet)


@pytest.mark.parametrize(
    "champs",
    [
        {"au": datetime.date(2020, 1, 1)},
        {"nationale": False},
        {"close_le": timezone.now()},
        {"close_par": True},
    ],
)
def test_une_campagne_incoherente_n_entre_pas_dans_la_base(champs, campagne, chef):
    for nom, valeur in champs.items():
        setattr(campagne, nom, chef if valeur is True else valeur)
    with pytest.raises(ValidationError):
        campagne.validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        campagne.save()


# --- Reminders, « À faire »


def test_le_rappel_part_une_fois_a_qui_il_reste_des_reponses(projet, chef, personnages, territoire):
    fait = f.ActeurFactory(territoire=territoire, qualite=QualiteTerritoriale.MAIRE).personne
    PreferenceCourrier.objects.create(personne=fait, genre=CAMPAGNES.cle, choix="aucun")
    CampagneFactory(au=aujourdhui() + timedelta(days=7), rappels=[7, 1])
    avant = Courrier.objects.count()
    rappeler_celles_du_jour()
    rappeler_celles_du_jour()
    ecrits = Courrier.objects.filter(genre=CAMPAGNES.cle)
    attendus = {chef, personnages["pilote"], personnages["agent instructeur"]}
    assert {courrier.destinataire for courrier in ecrits} == attendus
    assert Courrier.objects.count() == avant + 3
    assert "1" in ecrits.first().objet
    with time_machine.travel(timezone.now() + timedelta(days=6)):
        routines.passer()
    assert ecrits.all().count() == 6


def test_pas_de_rappel_quand_tout_est_repondu_ni_avant_l_heure(projet, chef):
    campagne = CampagneFactory(au=aujourdhui() + timedelta(days=8), rappels=[7])
    rappeler_celles_du_jour()
    dire(campagne, projet, chef)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        rappeler_celles_du_jour()
    assert not Courrier.objects.filter(genre=CAMPAGNES.cle).exists()


@pytest.mark.parametrize("nom", ["chef de projet", "pilote"])
def test_a_faire_dit_combien_de_reponses_sont_attendues(nom, campagne, projet, personnages):
    taches = [tache for groupe in a_faire.groupes(personnages[nom]) for tache in groupe.taches]
    (phrase,) = [tache.phrase for tache in taches if "campagne" in tache.phrase]
    assert phrase.startswith(f"La campagne « {campagne} » attend 1")
    assert a_faire.nombre(personnages[nom]) == len(taches)
    dire(campagne, projet, personnages[nom])
    taches = [tache for groupe in a_faire.groupes(personnages[nom]) for tache in groupe.taches]
    assert not [tache for tache in taches if "campagne" in tache.phrase]


# --- Opening


def ouvrir(client, personne, **champs):
    client.force_login(personne)
    fin = (aujourdhui() + timedelta(days=20)).isoformat()
    envoi = {"titre": "Point d'été", "du": aujourdhui().isoformat(), "au": fin, "rappels": [7], "regions": ["32"]}
    return client.post(reverse("campagne_nouvelle"), envoi | champs, follow=True)


def test_un_pilote_ouvre_une_campagne_dans_sa_region(client, personnages, projet):
    ouvrir(client, personnages["pilote"])
    une = Campagne.objects.get(titre="Point d'été")
    assert (une.nationale, une.rappels, une.est_ouverte) == (False, [7], True)
    assert list(une.points.values_list("projet", flat=True)) == [projet.pk]


@pytest.mark.parametrize("regions", [["44"], ["toutes"], []])
def test_un_pilote_n_ouvre_pas_ailleurs(regions, client, personnages):
    ouvrir(client, personnages["pilote"], regions=regions)
    assert not Campagne.objects.exists()


def test_l_equipe_nationale_ouvre_partout(client, personnages, projet):
    ouvrir(client, personnages["analyste"], regions=["toutes"])
    une = Campagne.objects.get()
    assert (une.nationale, une.toutes_les_regions) == (True, True)


@pytest.mark.parametrize(("nom", "peut"), [("pilote", False), ("analyste", True), ("administrateur", True)])
def test_une_campagne_nationale_se_clot_par_l_equipe_nationale(nom, peut, client, personnages, campagne):
    client.force_login(personnages[nom])
    client.post(reverse("campagne_clore", args=[campagne.cle]))
    campagne.refresh_from_db()
    assert (campagne.close_le is not None) == peut


def test_la_fin_passee_est_refusee(client, personnages):
    passe = (aujourdhui() - timedelta(days=1)).isoformat()
    corps = ouvrir(client, personnages["pilote"], du=passe, au=passe).content.decode()
    assert "Ce jour est passé" in corps
