"""The committees: who sees what of them, their agenda, their record."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes.acces import aujourdhui
from pilotage import a_faire
from programme.comites import FicheComite
from programme.enums import EtatProjet, GenreComite
from programme.models import Comite, PointDeComite
from territoires.models import Region
from tests import factories as f
from tests.factories_comites import AvisFactory, ComiteFactory, PointFactory
from tests.factories_projets import projet_en
from tests.outils.personnages import PILOTE, VOISINE
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db
DEMAIN = datetime.timedelta(days=1)
LISENT = {"pilote", "agent instructeur", "État territorial", "analyste", "auditeur", "administrateur"}


@pytest.fixture
def comite(reference):
    return ComiteFactory(region_id=PILOTE, lieu="Lille")


@pytest.fixture
def projet(territoire):
    return projet_en(EtatProjet.INSTRUCTION, territoire=territoire)


def adresse(comite, quoi):
    return reverse(f"comite_{quoi}", args=[comite.cle])


def lecteurs(comite, personnages):
    return {
        nom
        for nom, personne in personnages.items()
        if Comite.objects.visibles_par(personne or AnonymousUser()).filter(pk=comite.pk).exists()
    }


def test_un_comite_est_lu_par_sa_region_et_par_celles_de_ses_projets(comite, projet, personnages):
    assert lecteurs(comite, personnages) == LISENT
    PointFactory(comite=comite, projet=projet)
    assert lecteurs(comite, personnages) == LISENT | {"pilote d'une région associée"}


def test_l_etat_d_un_departement_lit_les_comites_de_sa_region_et_ses_projets_seulement(comite, projet):
    nord = f.EtatFactory(region=None, departement_id="59").personne
    PointFactory(comite=comite, projet=projet)
    assert list(Comite.objects.visibles_par(nord)) == [comite]
    fiche = FicheComite(comite, nord)
    assert (fiche.points, fiche.autres) == ([], 1)
    ailleurs = f.EtatFactory(region=None, departement_id="88").personne
    assert not Comite.objects.visibles_par(ailleurs).exists()


def test_une_region_associee_ne_lit_que_les_projets_qu_elle_connait(client, comite, projet, personnages):
    PointFactory(comite=comite, projet=projet)
    secret = projet_en(EtatProjet.INSTRUCTION, titre="Un projet d'ailleurs")
    PointFactory(comite=comite, projet=secret)
    client.force_login(personnages["pilote d'une région associée"])
    mots = Page(client.get(comite.get_absolute_url())).mots
    assert projet.titre in mots
    assert "Un projet d'ailleurs" not in mots
    assert "Et 1 autre projet, hors de votre périmètre" in mots
    assert "Ce que vous pouvez faire" not in mots


def test_seuls_les_pilotes_qui_decident_tiennent_le_comite(comite, personnages):
    tiennent = {
        nom
        for nom, personne in personnages.items()
        if Comite.objects.modifiables_par(personne or AnonymousUser()).filter(pk=comite.pk).exists()
    }
    assert tiennent == {"pilote", "agent instructeur", "administrateur"}
    lecture = f.PiloteFactory(region_id=PILOTE, qualite="lecture").personne
    assert not Comite.objects.modifiables_par(lecture).exists()
    assert not Comite.objects.ajoutables_par(lecture)


def test_le_pilote_prepare_un_comite_de_sa_region(client, personnages):
    client.force_login(personnages["pilote"])
    envoi = {"region": VOISINE, "genre": "reunion", "date": "2030-03-12", "lieu": "Lille"}
    assert "n'est pas enregistré" in Page(client.post(reverse("comite_nouveau"), envoi)).mots
    reponse = client.post(reverse("comite_nouveau"), {**envoi, "region": PILOTE})
    comite = Comite.objects.get()
    assert reponse.url == adresse(comite, "ordre_du_jour")
    assert (comite.region_id, comite.saisi_par) == (PILOTE, personnages["pilote"])
    assert str(comite).replace("\N{NO-BREAK SPACE}", " ") == "Comité du 12 mars 2030 (Hauts-de-France)"
    assert comite.etat_dit == "En préparation"


def test_une_consultation_avec_un_lieu_se_dit_a_son_champ(client, comite, personnages):
    client.force_login(personnages["pilote"])
    envoi = {"genre": "consultation", "date": "2026-01-20", "lieu": "Lille"}
    assert "n'a pas de lieu" in Page(client.post(adresse(comite, "modifier"), envoi)).mots
    client.post(adresse(comite, "modifier"), {**envoi, "lieu": ""})
    comite.refresh_from_db()
    assert (comite.genre, comite.date) == (GenreComite.CONSULTATION, datetime.date(2026, 1, 20))


# --- The agenda


def test_on_choisit_parmi_les_projets_que_pilote_la_region(client, comite, territoire, voisin, personnages):
    un, deux, ajourne = (projet_en(etat, territoire=territoire) for etat in ["instruction"] * 2 + ["ajourne"])
    exclus = [projet_en("transmis", territoire=territoire), projet_en("instruction", territoire=voisin)]
    client.force_login(personnages["pilote"])
    mots = Page(client.get(adresse(comite, "ordre_du_jour"))).mots
    assert all(projet.titre in mots for projet in (un, deux, ajourne))
    assert not any(f"« {projet.titre} »" in mots for projet in exclus)
    envoi = {f"{deux.cle}-retenu": "on", f"{deux.cle}-rang": "1", f"{ajourne.cle}-retenu": "on"}
    envoi |= {f"{exclus[0].cle}-retenu": "on"}
    assert client.post(adresse(comite, "ordre_du_jour"), envoi).url == comite.get_absolute_url()
    assert list(comite.points.values_list("projet", "rang")) == [(deux.pk, 1), (ajourne.pk, 2)]


def test_l_ordre_du_jour_se_change_et_garde_ce_qui_reste(comite, territoire, personnages):
    un, deux, trois = (projet_en(EtatProjet.INSTRUCTION, territoire=territoire) for _ in range(3))
    pilote = personnages["pilote"]
    assert comite.ordonner([un, deux], pilote) == (2, 0)
    avant = PointDeComite.objects.get(projet=deux)
    assert comite.ordonner([deux, trois, un], pilote) == (1, 0)
    assert [point.projet for point in comite.points.all()] == [deux, trois, un]
    assert PointDeComite.objects.get(projet=deux) == avant
    assert comite.ordonner([trois], pilote) == (0, 2)
    assert list(comite.points.values_list("projet", "rang")) == [(trois.pk, 1)]
    with pytest.raises(PermissionDenied):
        comite.ordonner([], personnages["pilote voisin"])


def test_un_projet_decide_par_le_comite_reste_a_son_ordre_du_jour(client, comite, projet, personnages):
    PointFactory(comite=comite, projet=projet)
    decide = projet_en(EtatProjet.INSCRIT, territoire=projet.territoire)
    PointFactory(comite=comite, projet=decide)
    decide.decisions.filter(vers="inscrit").update(comite=comite)
    with pytest.raises(ValidationError, match="déjà décidé"):
        comite.ordonner([projet], personnages["pilote"])
    client.force_login(personnages["pilote"])
    client.post(adresse(comite, "ordre_du_jour"), {})
    assert [point.projet for point in comite.points.all()] == [decide]


def test_une_recherche_trouve_les_autres_projets(client, comite, territoire, personnages):
    projet_en(EtatProjet.INSTRUCTION, territoire=territoire, titre="Une école d'usinage")
    projet_en(EtatProjet.INSTRUCTION, territoire=territoire, titre="Un atelier")
    client.force_login(personnages["pilote"])
    mots = Page(client.get(adresse(comite, "ordre_du_jour"), {"q": "ECOLE"})).mots
    assert "Une école d'usinage" in mots
    assert "Un atelier" not in mots


# --- Its record


def test_un_releve_s_arrete_apres_le_comite_et_se_rouvre(client, comite, personnages):
    client.force_login(personnages["pilote"])
    client.post(adresse(comite, "clore"))
    comite.refresh_from_db()
    assert (comite.est_clos, comite.clos_par) == (True, personnages["pilote"])
    for quoi in ("modifier", "ordre_du_jour", "decisions"):
        assert client.get(adresse(comite, quoi)).status_code == 403
    client.post(adresse(comite, "rouvrir"))
    assert client.get(adresse(comite, "modifier")).status_code == 200
    a_venir = ComiteFactory(region_id=PILOTE, date=aujourdhui() + DEMAIN)
    assert "pas encore eu lieu" in Page(client.post(adresse(a_venir, "clore"), follow=True)).html
    assert not Comite.objects.get(pk=a_venir.pk).est_clos


def test_un_releve_a_arreter_attend_ceux_qui_decident(comite, personnages):
    a_venir = ComiteFactory(region_id=PILOTE, date=aujourdhui() + DEMAIN)

    def phrases(nom):
        return [tache.phrase for groupe in a_faire.groupes(personnages[nom]) for tache in groupe.taches]

    attendue = f"{comite}\N{NO-BREAK SPACE}: le relevé de décisions est à arrêter"
    assert attendue in phrases("pilote")
    assert not any(str(a_venir) in phrase for phrase in phrases("pilote"))
    for nom in ("État territorial", "pilote voisin", "administrateur", "chef de projet"):
        assert attendue not in phrases(nom), nom
    comite.clore(personnages["pilote"])
    assert attendue not in phrases("pilote")


def test_l_equipe_lit_sur_sa_fiche_le_comite_qu_elle_ne_peut_ouvrir(client, comite, projet, personnages):
    PointFactory(comite=comite, projet=projet)
    dit = "À l'ordre du jour : Comité du 15 janvier 2026 (Hauts-de-France)"
    client.force_login(personnages["chef de projet"])
    page = Page(client.get(projet.get_absolute_url()))
    assert dit in page.mots
    assert comite.cle not in page.html
    assert client.get(comite.get_absolute_url()).status_code == 404
    client.force_login(personnages["pilote"])
    assert comite.get_absolute_url() in Page(client.get(projet.get_absolute_url())).liens.values()


def test_les_comites_sont_au_menu_de_ceux_qui_les_lisent(client, comite, personnages):
    for nom, attendu in (("pilote", True), ("État territorial", True), ("chef de projet", False), ("porteur", False)):
        client.force_login(personnages[nom])
        assert (reverse("comites") in client.get(reverse("a_faire")).text) is attendu, nom


# --- How much it costs


@pytest.mark.parametrize("quoi", ["fiche", "ordre_du_jour", "decisions", "liste"])
def test_un_comite_ne_coute_pas_plus_pour_trente_projets_que_pour_deux(client, territoire, personnages, quoi):
    client.force_login(personnages["pilote"])
    comite = ComiteFactory(region_id=PILOTE)
    page = {"fiche": comite.get_absolute_url(), "liste": reverse("comites")}.get(quoi) or adresse(comite, quoi)

    def ajouter(nombre):
        for _ in range(nombre):
            point = PointFactory(comite=comite, projet=projet_en(EtatProjet.INSTRUCTION, territoire=territoire))
            projet_en(EtatProjet.INSTRUCTION, territoire=territoire)
            AvisFactory(projet=point.projet, region=Region.objects.get(pk=PILOTE))
            if quoi == "liste":
                ComiteFactory(region_id=PILOTE)

    def compter():
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(page).status_code == 200
        return len(requetes)

    ajouter(2)
    compter()
    deux = compter()
    ajouter(28)
    compter()
    assert compter() == deux <= 22
