"""The table of transitions, row by row: who, from where, what it takes, what it does."""

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comptes.parcours import TransitionImpossible, TransitionInterdite, passer
from programme.enums import EtatProjet
from programme.models import Projet
from programme.parcours_projet import PARCOURS
from tests.factories_projets import CHEMINS, PorteurFactory, champs_de, projet_en

pytestmark = pytest.mark.django_db

EQUIPE = {"chef de projet", "administrateur"}
REGION = {"pilote", "agent instructeur", "administrateur"}
# Who may do what, written apart from the table that it checks.
QUI = {
    "preparer": EQUIPE,
    "transmettre": EQUIPE,
    "transmettre-a-nouveau": EQUIPE,
    "reprendre-la-fiche": EQUIPE,
    "retirer": EQUIPE,
    **dict.fromkeys(
        (
            "demander-complements",
            "instruire",
            "inscrire",
            "inscrire-sous-reserve",
            "lever-la-reserve",
            "ajourner",
            "reprendre",
            "ne-pas-inscrire",
        ),
        REGION,
    ),
    **dict.fromkeys(("demarrer", "suspendre", "relancer", "achever", "abandonner"), EQUIPE | REGION),
}
# From, to: the drawing of the issue.
FLECHES = {
    "preparer": (["idee"], "preparation"),
    "transmettre": (["preparation"], "transmis"),
    "demander-complements": (["transmis"], "a_completer"),
    "transmettre-a-nouveau": (["a_completer"], "transmis"),
    "instruire": (["transmis"], "instruction"),
    "inscrire": (["instruction"], "inscrit"),
    "inscrire-sous-reserve": (["instruction"], "inscrit_reserve"),
    "lever-la-reserve": (["inscrit_reserve"], "inscrit"),
    "ajourner": (["instruction"], "ajourne"),
    "reprendre": (["ajourne"], "instruction"),
    "ne-pas-inscrire": (["instruction"], "non_inscrit"),
    "reprendre-la-fiche": (["non_inscrit"], "preparation"),
    "demarrer": (["inscrit"], "realisation"),
    "suspendre": (["realisation"], "suspendu"),
    "relancer": (["suspendu"], "realisation"),
    "achever": (["realisation"], "realise"),
    "retirer": (
        ["idee", "preparation", "transmis", "a_completer", "instruction", "ajourne", "non_inscrit"],
        "retire",
    ),
    "abandonner": (["inscrit", "inscrit_reserve", "realisation", "suspendu"], "abandonne"),
}
MOTIVEES = {"demander-complements", "ajourner", "ne-pas-inscrire", "suspendre", "retirer", "abandonner"}
DECISIONS = {"inscrire", "inscrire-sous-reserve", "lever-la-reserve", "ajourner", "ne-pas-inscrire"}

par_transition = pytest.mark.parametrize("transition", PARCOURS.transitions, ids=lambda transition: transition.cle)


def compte(personnages, nom):
    return personnages[nom] or AnonymousUser()


def test_la_table_est_celle_du_dessin():
    assert {t.cle: (sorted(t.de), t.vers) for t in PARCOURS.transitions} == {
        cle: (sorted(de), vers) for cle, (de, vers) in FLECHES.items()
    }
    assert {t.cle for t in PARCOURS.transitions if t.motif} == MOTIVEES
    assert {t.cle for t in PARCOURS.transitions if t.decision} == DECISIONS
    assert {t.cle for t in PARCOURS.transitions if t.interdit_a_qui_a_saisi} == {
        cle for cle, qui in QUI.items() if qui == REGION
    }
    assert len(PARCOURS.transitions) == len(FLECHES)


def test_chaque_etat_s_atteint_et_chaque_transition_se_dit():
    assert set(CHEMINS) == set(EtatProjet) == {EtatProjet.IDEE, *(t.vers for t in PARCOURS.transitions)}
    for transition in PARCOURS.transitions:
        assert transition.verbe[0].isupper()
        assert transition.consequence.endswith(".")
    termines = set(EtatProjet.termines())
    assert termines == {etat for etat in EtatProjet if not PARCOURS.possibles_depuis(etat)}


@par_transition
def test_seuls_ceux_de_la_table_passent_une_transition(transition, territoire, personnages):
    for nom in personnages:
        projet = projet_en(transition.de[0], territoire=territoire)
        if nom in QUI[transition.cle]:
            passer(projet, transition, compte(personnages, nom), **champs_de(transition))
            assert Projet.objects.get(pk=projet.pk).etat == transition.vers
        else:
            with pytest.raises(TransitionInterdite):
                passer(projet, transition, compte(personnages, nom), **champs_de(transition))
            assert Projet.objects.get(pk=projet.pk).etat == transition.de[0]


@par_transition
def test_le_porteur_ne_deplace_pas_son_projet(transition, territoire):
    projet = projet_en(transition.de[0], territoire=territoire)
    with pytest.raises(TransitionInterdite):
        passer(projet, transition, PorteurFactory(projet=projet).personne, **champs_de(transition))


@par_transition
def test_une_transition_ne_part_que_de_ses_etats(transition, territoire, personnages):
    for etat in EtatProjet:
        projet = projet_en(etat, territoire=territoire)
        if etat in transition.de:
            passer(projet, transition, personnages["administrateur"], **champs_de(transition))
            assert projet.decisions.last().de == etat
        else:
            with pytest.raises(TransitionImpossible, match="n'est pas possible"):
                passer(projet, transition, personnages["administrateur"], **champs_de(transition))
            assert Projet.objects.get(pk=projet.pk).etat == etat


def test_le_numero_est_donne_a_la_premiere_transmission_et_reste(territoire, personnages):
    chef, pilote = personnages["chef de projet"], personnages["pilote"]
    projet = projet_en(EtatProjet.PREPARATION, territoire=territoire)
    assert projet.numero is None
    passer(projet, "transmettre", chef)
    numero = projet.numero
    for cle, qui in (
        ("demander-complements", pilote),
        ("transmettre-a-nouveau", chef),
        ("instruire", pilote),
        ("ne-pas-inscrire", pilote),
        ("reprendre-la-fiche", chef),
    ):
        passer(projet, cle, qui, **champs_de(PARCOURS.transition(cle)))
    assert Projet.objects.get(pk=projet.pk).numero == numero
    assert (projet.version_fiche, projet.est_valide_localement) == (2, False)
    projet.valider_localement(chef, "comite", projet.etat_depuis.date())
    passer(projet, "transmettre", chef)
    assert projet.numero == numero
    suivant = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    assert int(suivant.numero[-5:]) == int(numero[-5:]) + 1


# --- Random walks


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pas=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=12))
def test_nul_ne_sort_de_la_table_en_marchant_au_hasard(pas, territoire, personnages):
    """Whoever tries whatever: each passage begins where the one before ended, and the last led to the state."""
    qui = [*personnages]
    projet = projet_en(EtatProjet.IDEE, territoire=territoire, saisi_par=personnages["pilote"])
    for transition_au_hasard, personne_au_hasard in pas:
        # Half of them from where it is: else most steps go nowhere.
        depuis = PARCOURS.possibles_depuis(projet.etat)
        choix = depuis if transition_au_hasard % 2 and depuis else PARCOURS.transitions
        transition = choix[transition_au_hasard % len(choix)]
        nom = qui[personne_au_hasard % len(qui)]
        avant = projet.etat
        try:
            passer(projet, transition, compte(personnages, nom), **champs_de(transition))
        except TransitionImpossible:
            assert Projet.objects.get(pk=projet.pk).etat == avant
        else:
            assert nom in QUI[transition.cle]
            assert avant in FLECHES[transition.cle][0]
            assert not (nom == "pilote" and QUI[transition.cle] == REGION)
    etat = EtatProjet.IDEE
    for passage in projet.decisions.order_by("pk"):
        assert passage.de == etat
        assert passage.de in FLECHES[passage.transition][0]
        assert passage.vers == FLECHES[passage.transition][1]
        etat = passage.vers
    assert Projet.objects.get(pk=projet.pk).etat == etat
