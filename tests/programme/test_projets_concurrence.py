"""Two at once: one decision, one number each, one validation."""

import datetime
from functools import partial

import pytest

from comptes.parcours import TransitionImpossible, passer
from programme.enums import AutoriteDecision, EtatProjet
from programme.models import Decision, Projet
from tests.comptes.test_invitations_concurrence import ensemble
from tests.factories_projets import projet_en

pytestmark = pytest.mark.django_db(transaction=True)

DECISION = {"autorite": AutoriteDecision.COMITE_REGIONAL, "date": datetime.date(2026, 1, 15)}


def frais(projet):
    """Return the project as another request read it."""
    return Projet.objects.get(pk=projet.pk)


def test_inscrire_et_ne_pas_inscrire_a_la_fois_ne_font_qu_une_decision(personnages, territoire):
    projet = projet_en(EtatProjet.INSTRUCTION, territoire=territoire)
    un, autre = frais(projet), frais(projet)
    issues = ensemble(
        lambda: passer(un, "inscrire", personnages["pilote"], **DECISION),
        lambda: passer(autre, "ne-pas-inscrire", personnages["agent instructeur"], **DECISION, motif="Non."),
    )
    passees = [issue for issue in issues if isinstance(issue, Decision)]
    refus = [issue for issue in issues if isinstance(issue, TransitionImpossible)]
    assert len(passees) == len(refus) == 1, issues
    assert frais(projet).etat == passees[0].vers == projet.decisions.last().vers
    assert "l'état est" in str(refus[0])


def test_des_projets_transmis_a_la_fois_ont_chacun_leur_numero(personnages, territoire):
    projets = [projet_en(EtatProjet.PREPARATION, territoire=territoire) for _ in range(4)]
    chef = personnages["chef de projet"]
    issues = ensemble(*[partial(passer, frais(projet), "transmettre", chef) for projet in projets])
    assert all(isinstance(issue, Decision) for issue in issues), issues
    numeros = sorted(frais(projet).numero for projet in projets)
    assert [int(numero[-5:]) for numero in numeros] == [1, 2, 3, 4]


def test_le_meme_projet_transmis_deux_fois_a_la_fois_ne_prend_qu_un_numero(personnages, territoire):
    projet = projet_en(EtatProjet.PREPARATION, territoire=territoire)
    chef = personnages["chef de projet"]
    issues = ensemble(*[partial(passer, frais(projet), "transmettre", chef) for _ in range(3)])
    assert sum(isinstance(issue, Decision) for issue in issues) == 1
    assert sum(isinstance(issue, TransitionImpossible) for issue in issues) == 2
    suivant = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    assert int(suivant.numero[-5:]) == int(frais(projet).numero[-5:]) + 1
