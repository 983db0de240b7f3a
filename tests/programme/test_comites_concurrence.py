"""Two at once around a committee: one set of decisions, one agenda, one current opinion."""

import pytest

from comptes.parcours import TransitionImpossible, passer
from programme.decisions import DecisionsDuComite
from programme.enums import EtatProjet, SensAvis
from programme.models import Avis, Comite, Decision, Projet
from programme.models.avis import autorites_pour
from tests.factories_comites import ComiteFactory, PointFactory
from tests.factories_projets import champs_de, projet_en
from tests.outils.ensemble import ensemble
from tests.outils.personnages import PILOTE

pytestmark = pytest.mark.django_db(transaction=True)
COMMUN = {"autorite": "comite_regional", "date": "2026-01-15"}


@pytest.fixture
def comite(territoire):
    comite = ComiteFactory(region_id=PILOTE)
    for rang in range(1, 4):
        PointFactory(comite=comite, rang=rang, projet=projet_en(EtatProjet.INSTRUCTION, territoire=territoire))
    return comite


def vues(comite, personne, issue):
    """Return the decisions that a person saw in the preview, the same for each project."""
    donnees = dict(COMMUN)
    for point in comite.points.select_related("projet"):
        cle = point.projet.cle
        donnees |= {f"{cle}-issue": issue, f"{cle}-motif": "Un motif."}
        donnees[f"{cle}-vu"] = f"{point.projet.etat}@{point.projet.etat_depuis.isoformat()}"
    decisions = DecisionsDuComite(Comite.objects.get(pk=comite.pk), personne, donnees)
    assert decisions.is_valid()
    return decisions


def test_deux_personnes_qui_enregistrent_a_la_fois_ne_font_qu_un_jeu_de_decisions(comite, personnages):
    un = vues(comite, personnages["pilote"], "inscrire")
    autre = vues(comite, personnages["agent instructeur"], "ne-pas-inscrire")
    issues = ensemble(un.appliquer, autre.appliquer)
    assert sorted(issue is None for issue in issues) == [False, True], issues
    decisions = Decision.objects.filter(comite=comite)
    assert decisions.count() == 3
    assert decisions.values("vers", "saisie_par").distinct().count() == 1
    assert set(Projet.objects.values_list("etat", flat=True)) & {"inscrit", "non_inscrit"} == {decisions.first().vers}


def test_une_decision_seule_et_celles_du_comite_a_la_fois(comite, personnages):
    ensemble_vu = vues(comite, personnages["pilote"], "inscrire")
    projet = Projet.objects.get(points_de_comite__comite=comite, points_de_comite__rang=2)
    seule = projet.parcours.transition("ajourner")
    issues = ensemble(
        ensemble_vu.appliquer, lambda: passer(projet, seule, personnages["agent instructeur"], **champs_de(seule))
    )
    etats = [point.projet.etat for point in comite.points.select_related("projet")]
    if issues[0] is None:
        assert etats == ["instruction", "ajourne", "instruction"]
    else:
        assert isinstance(issues[1], TransitionImpossible), issues
        assert etats == ["inscrit"] * 3


def test_deux_ordres_du_jour_a_la_fois_en_font_un_qui_se_tient(comite, personnages):
    projets = [point.projet for point in comite.points.select_related("projet")]
    un, autre = (Comite.objects.get(pk=comite.pk) for _ in range(2))
    issues = ensemble(
        lambda: un.ordonner(projets[::-1], personnages["pilote"]),
        lambda: autre.ordonner(projets[:2], personnages["agent instructeur"]),
    )
    assert not any(isinstance(issue, Exception) for issue in issues), issues
    ordre = [(point.projet, point.rang) for point in comite.points.select_related("projet")]
    assert ordre in (
        [(projet, rang) for rang, projet in enumerate(projets[::-1], start=1)],
        [(projet, rang) for rang, projet in enumerate(projets[:2], start=1)],
    )


def test_deux_avis_de_la_meme_autorite_a_la_fois_se_remplacent(comite, personnages):
    prefete = personnages["État territorial"]
    projet = comite.points.first().projet
    habilitation = autorites_pour(projet, prefete).get()
    frais = [Projet.objects.get(pk=projet.pk) for _ in range(3)]
    issues = ensemble(
        *[lambda un=un: Avis.donner(un, prefete, habilitation, SensAvis.FAVORABLE) for un in frais],
    )
    assert all(isinstance(issue, Avis) for issue in issues), issues
    assert projet.avis.count() == 3
    assert projet.avis.courants().count() == 1
