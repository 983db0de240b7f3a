"""« À faire » about projects: expected delays, what is late on top, what waits longest then (ADR 0017)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comptes.acces import aujourdhui
from pilotage import a_faire
from pilotage.a_faire.taches import PHRASES_MAX, Tache
from programme.delais import DELAIS
from programme.enums import EtatProjet
from programme.models import Decision, Projet
from tableurs.francais import jour
from tests.factories_comites import ComiteFactory, PointFactory
from tests.factories_projets import projet_en
from tests.outils.personnages import PILOTE
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db

ATTENDUS = {
    EtatProjet.TRANSMIS: ("pilote", "attend d'être examiné", 15),
    EtatProjet.A_COMPLETER: ("chef de projet", "est à compléter", 30),
    EtatProjet.INSTRUCTION: ("pilote", "attend une décision", 60),
}
par_etat = pytest.mark.parametrize("etat", ATTENDUS)


def projet_depuis(etat, jours, territoire, **champs):
    """Return a project that has been in a state for so many days."""
    projet = projet_en(etat, territoire=territoire, **champs)
    Projet.objects.filter(pk=projet.pk).update(etat_depuis=timezone.now() - timedelta(days=jours))
    projet.refresh_from_db()
    return projet


def de_projets(personne):
    """Return {title of the group: tasks about projects}."""
    lus = {groupe.titre: [t for t in groupe.taches if "projet" in t.adresse] for groupe in a_faire.groupes(personne)}
    return {titre: taches for titre, taches in lus.items() if taches}


def test_les_delais_sont_ceux_de_la_decision_ecrite():
    assert {etat: jours for etat, (_, _, jours) in ATTENDUS.items()} == DELAIS


@par_etat
@pytest.mark.parametrize(("reste", "groupe"), [(-1, "En retard"), (0, "Cette semaine"), (8, None)])
def test_un_projet_est_en_retard_quand_son_delai_est_passe(etat, reste, groupe, territoire, personnages):
    qui, mots, delai = ATTENDUS[etat]
    projet = projet_depuis(etat, delai - reste, territoire)
    [(titre, [tache])] = de_projets(personnages[qui]).items()
    assert titre == (groupe or titre)
    assert (titre in ("Ensuite", "En attente")) == (groupe is None)
    avant = aujourdhui() + timedelta(days=reste)
    assert tache.echeance == avant
    assert tache.phrase == f"Le projet {projet.numero} « {projet.titre} » {mots}, au plus tard le {jour(avant)}"
    assert tache.depuis == aujourdhui() - timedelta(days=delai - reste)


def test_avant_la_transmission_rien_n_est_en_retard(territoire, personnages):
    projet_depuis(EtatProjet.PREPARATION, 900, territoire)
    assert "En retard" not in de_projets(personnages["chef de projet"])


def test_une_reserve_echue_est_en_retard(territoire, personnages):
    projet = projet_depuis(EtatProjet.INSCRIT_RESERVE, 40, territoire)
    Decision.objects.filter(projet=projet, vers=EtatProjet.INSCRIT_RESERVE).update(
        echeance=aujourdhui() - timedelta(days=1)
    )
    for qui in ("pilote", "chef de projet"):
        [tache] = de_projets(personnages[qui])["En retard"]
        assert "sous une réserve" in tache.phrase
        assert tache.attente == "depuis 40\N{NO-BREAK SPACE}jours"


def test_le_plus_en_retard_vient_d_abord_puis_le_plus_ancien(territoire, personnages):
    projet_depuis(EtatProjet.INSTRUCTION, 20, territoire, titre="Récent")
    projet_depuis(EtatProjet.INSTRUCTION, 30, territoire, titre="Ancien")
    projet_depuis(EtatProjet.INSTRUCTION, 70, territoire, titre="Peu en retard")
    projet_depuis(EtatProjet.TRANSMIS, 60, territoire, titre="Très en retard")
    lues = de_projets(personnages["pilote"])
    assert [*lues] == ["En retard", "Ensuite"]
    titres = [tache.phrase.split("« ")[1].split(" »")[0] for taches in lues.values() for tache in taches]
    assert titres == ["Très en retard", "Peu en retard", "Ancien", "Récent"]


def test_ensuite_ce_qui_attend_depuis_longtemps_passe_avant_une_date_lointaine(monkeypatch, personnages):
    loin, vieux = aujourdhui() + timedelta(days=40), aujourdhui() - timedelta(days=300)
    taches = [Tache("Daté", "/", aujourdhui(), loin), Tache("Vieux", "/", vieux), Tache("Sans date", "/")]
    source = type("Source", (), {"taches": staticmethod(lambda personne: taches)})
    monkeypatch.setattr("pilotage.a_faire.sources", lambda: [source])
    [groupe] = a_faire.groupes(personnages["pilote"])
    assert [tache.phrase for tache in groupe.taches] == ["Vieux", "Daté", "Sans date"]


@pytest.mark.parametrize("nombre", [11, PHRASES_MAX + 2])
def test_une_phrase_pour_tous_dit_la_plus_longue_attente(nombre, territoire, personnages, client):
    for rang in range(nombre):
        projet_depuis(EtatProjet.TRANSMIS, rang, territoire)
    [(titre, [tache])] = de_projets(personnages["pilote"]).items()
    avant = jour(aujourdhui() - timedelta(days=nombre - 1 - 15))
    debut = f"{nombre}\N{NO-BREAK SPACE}projets attendent d'être examinés"
    assert tache.phrase == f"{debut}, le premier au plus tard le {avant}"
    assert tache.attente == f"le plus ancien depuis {nombre - 1}\N{NO-BREAK SPACE}jours"
    assert tache.echeance == aujourdhui() - timedelta(days=nombre - 1 - 15)
    assert (titre == "En retard") == (nombre > 16)
    client.force_login(personnages["pilote"])
    assert tache.attente.replace("\N{NO-BREAK SPACE}", " ") in Page(client.get(reverse("a_faire"))).mots


def test_l_avis_le_plus_ancien_se_dit_meme_hors_des_premiers(territoire, personnages):
    """Those that a committee expects come first: the one that waits longest may be none of them."""
    comite = ComiteFactory(region_id=PILOTE, date=aujourdhui() + timedelta(days=3))
    for _ in range(PHRASES_MAX):
        PointFactory(comite=comite, projet=projet_depuis(EtatProjet.INSTRUCTION, 5, territoire))
    projet_depuis(EtatProjet.INSTRUCTION, 50, territoire)
    [(_, [tache])] = de_projets(personnages["État territorial"]).items()
    assert tache.phrase.startswith(f"{PHRASES_MAX + 1}\N{NO-BREAK SPACE}projets attendent votre avis, le premier au")
    assert tache.attente == "le plus ancien depuis 50\N{NO-BREAK SPACE}jours"
    assert tache.echeance == comite.date


def test_un_avis_est_attendu_avant_la_decision(territoire, personnages):
    projet_depuis(EtatProjet.INSTRUCTION, 61, territoire)
    [tache] = de_projets(personnages["État territorial"])["En retard"]
    assert "attend votre avis, au plus tard le" in tache.phrase


def test_les_requetes_ne_croissent_pas_avec_les_projets(territoire, personnages):
    def compter():
        with CaptureQueriesContext(connection) as requetes:
            a_faire.groupes(personnages["pilote"])
        return len(requetes)

    for _ in range(2):
        projet_depuis(EtatProjet.TRANSMIS, 3, territoire)
    compter()
    deux = compter()
    for _ in range(28):
        projet_depuis(EtatProjet.TRANSMIS, 3, territoire)
    assert compter() == deux


@par_etat
def test_la_page_du_projet_dit_le_delai_et_que_c_est_un_repere(etat, territoire, personnages, client):
    _, _, delai = ATTENDUS[etat]
    client.force_login(personnages["lecture"])
    a_temps, en_retard = projet_depuis(etat, 1, territoire), projet_depuis(etat, delai + 1, territoire)
    mots = Page(client.get(a_temps.get_absolute_url())).mots
    avant = jour(aujourdhui() + timedelta(days=delai - 1)).replace("\N{NO-BREAK SPACE}", " ")
    assert f"est attendue au plus tard le {avant}. {delai} jours : un repère du portail" in mots
    assert "était attendue au plus tard le" in Page(client.get(en_retard.get_absolute_url())).mots
    sans = projet_en(EtatProjet.PREPARATION, territoire=territoire)
    assert "au plus tard" not in Page(client.get(sans.get_absolute_url())).mots
