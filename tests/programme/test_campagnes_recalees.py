"""A campaign under way: its end and its reminders move, those whom it awaits are told, what is over stays so."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from comptes.acces import aujourdhui
from comptes.models import Courrier, PreferenceCourrier
from programme.campagnes import CampagneClose, Reponse, clore, couvrir, rappeler_celles_du_jour, recaler, repondre
from programme.enums import EtatProjet, Meteo
from programme.genres_de_courrier import CAMPAGNES
from programme.models import Campagne
from territoires.enums import QualiteTerritoriale
from territoires.models import Region
from tests import factories as f
from tests.factories_campagnes import CampagneFactory
from tests.factories_projets import projet_en
from tests.outils.personnages import PILOTE
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def projet(territoire):
    return projet_en(EtatProjet.REALISATION, territoire=territoire)


@pytest.fixture
def campagne(projet):
    """Of the region of the pilot, for ten days more."""
    une = CampagneFactory(nationale=False, toutes_les_regions=False, rappels=[7, 1], a_venir=True)
    une.regions.set(Region.objects.filter(pk=PILOTE))
    couvrir(une)
    une.refresh_from_db()
    return une


def dans(jours):
    return aujourdhui() + timedelta(days=jours)


def ecrits():
    return Courrier.objects.filter(genre=CAMPAGNES.cle)


def changer(client, personne, campagne, au, rappels=(7, 1)):
    client.force_login(personne)
    envoi = {"au": au.isoformat(), "rappels": list(rappels)}
    return client.post(reverse("campagne_modifier", args=[campagne.cle]), envoi, follow=True)


def test_qui_peut_l_ouvrir_la_prolonge_et_ceux_qu_elle_attend_le_savent(client, personnages, territoire, campagne):
    refuse = f.ActeurFactory(territoire=territoire, qualite=QualiteTerritoriale.MAIRE).personne
    PreferenceCourrier.objects.create(personne=refuse, genre=CAMPAGNES.cle, choix="aucun")
    avant = campagne.au
    page = Page(changer(client, personnages["pilote"], campagne, dans(30), [14]))
    relue = Campagne.objects.get(pk=campagne.pk)
    assert (relue.au, relue.rappels, relue.couverte_le) == (dans(30), [14], campagne.couverte_le)
    assert relue.historique.latest().history_user == personnages["pilote"]
    assert {un.destinataire for un in ecrits()} == {personnages["chef de projet"], personnages["agent instructeur"]}
    un = ecrits().first()
    assert "prolongée" in un.objet
    assert f"{avant:%Y}" in un.texte
    assert "au lieu du" in un.texte
    assert "au lieu du" in un.html
    assert "2 personnes sont averties" in page.mots


def test_avancee_elle_le_dit_aussi_inchangee_elle_n_ecrit_a_personne(client, personnages, campagne):
    changer(client, personnages["pilote"], campagne, campagne.au, [3])
    assert Campagne.objects.get(pk=campagne.pk).rappels == [3]
    assert not ecrits().exists()
    changer(client, personnages["pilote"], campagne, dans(2), [3])
    assert "avancée" in ecrits().first().objet
    assert "finit plus tôt" in ecrits().first().texte


def test_qui_a_repondu_pour_tout_n_est_pas_derange(client, personnages, campagne):
    point = campagne.points.get()
    repondre(campagne, [Reponse(point.pk, 0, Meteo.BON, "")], personnages["chef de projet"])
    page = Page(changer(client, personnages["pilote"], campagne, dans(30)))
    assert not ecrits().exists()
    assert "averties" not in page.mots


def test_une_fin_passee_ou_avant_le_debut_est_refusee(client, personnages, campagne):
    avant = campagne.au
    assert "Ce jour est passé" in changer(client, personnages["pilote"], campagne, dans(-1)).text
    future = CampagneFactory(du=dans(5), au=dans(20), a_venir=True)
    assert "La fin doit suivre le début" in changer(client, personnages["analyste"], future, dans(4)).text
    assert "Rien n'a changé" in client.post(reverse("campagne_modifier", args=[future.cle]), {"au": "x"}).text
    assert {une.au for une in Campagne.objects.all()} == {avant, dans(20)}


def test_celle_qui_n_a_pas_commence_change_sans_bruit(client, personnages, projet):
    future = CampagneFactory(du=dans(5), au=dans(20), a_venir=True)
    page = Page(client_de(client, personnages["analyste"]).get(reverse("campagne_modifier", args=[future.cle])))
    assert "personne n'est averti" in page.mots
    changer(client, personnages["analyste"], future, dans(25))
    assert Campagne.objects.get(pk=future.pk).au == dans(25)
    assert not ecrits().exists()


def client_de(client, personne):
    client.force_login(personne)
    return client


@pytest.mark.parametrize("comment", ["close", "finie"])
def test_ce_qui_est_fini_ne_rouvre_pas(comment, client, personnages, campagne):
    if comment == "close":
        clore(campagne, personnages["pilote"])
    else:
        Campagne.objects.filter(pk=campagne.pk).update(au=dans(-1))
    fin = Campagne.objects.get(pk=campagne.pk).au
    assert "ne prend plus de réponse" in Page(changer(client, personnages["pilote"], campagne, dans(30))).mots
    with pytest.raises(CampagneClose):
        recaler(campagne, personnages["pilote"], dans(30), [])
    assert Campagne.objects.get(pk=campagne.pk).au == fin
    assert reverse("campagne_modifier", args=[campagne.cle]) not in client.get(campagne.get_absolute_url()).text


@pytest.mark.parametrize(("nom", "statut"), [("chef de projet", 403), ("pilote voisin", 404), ("auditeur", 403)])
def test_les_autres_ne_la_changent_pas(nom, statut, client, personnages, campagne):
    fin = campagne.au
    assert changer(client, personnages[nom], campagne, dans(30)).status_code == statut
    assert Campagne.objects.get(pk=campagne.pk).au == fin


def test_les_rappels_suivent_la_nouvelle_fin_et_ne_doublent_pas_l_annonce(personnages, campagne, client):
    changer(client, personnages["pilote"], campagne, dans(7), [7, 1])
    annonces = ecrits().count()
    rappeler_celles_du_jour()
    assert ecrits().count() == annonces
    with time_machine.travel(timezone.now() + timedelta(days=6)):
        rappeler_celles_du_jour()
    assert ecrits().count() == annonces + 3


def test_la_page_est_remplie_de_ce_qui_est(client, personnages, campagne):
    page = Page(client_de(client, personnages["pilote"]).get(reverse("campagne_modifier", args=[campagne.cle])))
    assert page.h1 == "Changer la fin ou les rappels"
    assert page.champs["au"] == campagne.au.isoformat()
    assert reverse("campagne_modifier", args=[campagne.cle]) in client.get(campagne.get_absolute_url()).text
