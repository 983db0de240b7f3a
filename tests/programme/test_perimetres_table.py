"""The table of perimeter requests, told apart: who, from where; random walks; what the list says of the opinion."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from comptes.parcours import TransitionImpossible, passer
from programme.enums import EtatDemande, SensAvis
from programme.models import DemandeDePerimetre
from programme.parcours_perimetre import PARCOURS
from tests import factories as f
from tests.factories_perimetres import AVIS, CHEMINS, DeliberationFactory, DemandeFactory, demande_en
from tests.outils.personnages import PILOTE
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db

REGION = {"pilote", "agent instructeur", "administrateur"}
DEMANDENT = {"chef de projet"} | REGION
# Who may do what, and from where to where: written apart from the table that it checks.
QUI = {
    "transmettre": DEMANDENT,
    "rendre-avis": REGION,
    "inscrire": {"administrateur"},
    "refuser": {"administrateur"},
    "retirer": DEMANDENT,
}
FLECHES = {
    "transmettre": (["brouillon"], "transmise"),
    "rendre-avis": (["transmise"], "avis_rendu"),
    "inscrire": (["avis_rendu"], "inscrite"),
    "refuser": (["avis_rendu"], "refusee"),
    "retirer": (["brouillon", "transmise", "avis_rendu"], "retiree"),
}
CLES = [*FLECHES]
DOUBLE = "pilote et chef de projet"
GENS = (
    "chef de projet",
    "pilote",
    DOUBLE,
    "agent instructeur",
    "administrateur",
    "pilote voisin",
    "État territorial",
    "lecture",
)


@pytest.fixture
def gens(personnages, territoire):
    double = f.ActeurFactory(territoire=territoire).personne
    f.PiloteFactory(personne=double, region_id=PILOTE)
    return personnages | {DOUBLE: double}


def champs(cle):
    return {"motif": "Un motif."} | (AVIS if PARCOURS.transition(cle).decision else {})


def peut(nom, cle, ont_porte):
    """Whether somebody may, had they carried the request or not: the opinion is another's."""
    permis = nom in QUI[cle] or (nom == DOUBLE and bool({"pilote", "chef de projet"} & QUI[cle]))
    return permis and not (cle == "rendre-avis" and nom in ont_porte)


def test_la_table_est_celle_du_dessin():
    assert {t.cle: (sorted(t.de), t.vers) for t in PARCOURS.transitions} == {
        cle: (sorted(de), vers) for cle, (de, vers) in FLECHES.items()
    }
    assert {t.cle for t in PARCOURS.transitions if t.interdit_a_qui_a_saisi} == {"rendre-avis"}
    assert {*CHEMINS, EtatDemande.INSCRITE} == set(EtatDemande)


pas_au_hasard = st.lists(st.tuples(st.sampled_from(GENS), st.sampled_from(CLES), st.booleans()), max_size=10)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(createur=st.sampled_from(["chef de projet", "pilote", DOUBLE]), pas=pas_au_hasard)
@example(createur="chef de projet", pas=[(DOUBLE, "transmettre", False), (DOUBLE, "rendre-avis", False)])
@example(createur="pilote", pas=[("chef de projet", "transmettre", False), ("pilote", "rendre-avis", False)])
def test_nul_ne_sort_de_la_table_en_marchant_au_hasard(createur, pas, territoire, gens):
    """Whoever tries whatever: what is theirs and possible is done, the rest is refused and nothing moves."""
    demande = DemandeFactory(territoire=territoire, saisi_par=gens[createur])
    DeliberationFactory(demande=demande)
    etat, ont_porte = "brouillon", {createur}
    for nom, cle, du_bon_etat in pas:
        # Half of them from where it is: else most steps go nowhere.
        depuis = PARCOURS.possibles_depuis(etat)
        if du_bon_etat and depuis:
            cle = depuis[CLES.index(cle) % len(depuis)].cle
        # Entering it takes a day: `programme.perimetres.inscrire` gives it, the engine alone refuses.
        possible = peut(nom, cle, ont_porte) and etat in FLECHES[cle][0] and cle != "inscrire"
        try:
            passer(demande, cle, gens[nom], **champs(cle))
        except TransitionImpossible:
            assert not possible
        else:
            assert possible
            etat = FLECHES[cle][1]
            ont_porte |= {nom} if cle in ("transmettre", "retirer") else set()
        assert DemandeDePerimetre.objects.get(pk=demande.pk).etat == etat
    lu = "brouillon"
    for passage in demande.passages.order_by("pk"):
        assert passage.de == lu
        assert (passage.de in FLECHES[passage.transition][0], passage.vers) == (True, FLECHES[passage.transition][1])
        lu = passage.vers
    assert lu == etat


@pytest.mark.parametrize("etat", [etat for etat in EtatDemande if etat != EtatDemande.INSCRITE])
def test_chaque_passage_interdit_est_refuse_en_mots_a_chacun(etat, territoire, gens):
    demande = demande_en(etat, territoire=territoire)
    for cle in CLES:
        for nom, personne in gens.items():
            if etat in FLECHES[cle][0] and peut(nom, cle, set()):
                continue
            with pytest.raises(TransitionImpossible) as refus:
                passer(demande, cle, personne or AnonymousUser(), **champs(cle))
            assert str(refus.value).startswith(f"« {PARCOURS.transition(cle).verbe} »")
    assert DemandeDePerimetre.objects.get(pk=demande.pk).etat == etat


@pytest.mark.parametrize("sens", SensAvis)
def test_la_liste_dit_quel_avis_a_ete_rendu(sens, client, territoire, gens):
    demande = demande_en(EtatDemande.TRANSMISE, territoire=territoire)
    client.force_login(gens["auditeur"])
    assert "Pas encore rendu" in Page(client.get(reverse("perimetres"))).mots
    avis = AVIS | {"avis": sens, "date": datetime.date(2026, 1, 15)}
    passer(demande, "rendre-avis", gens["pilote"], motif="Un motif.", **avis)
    ligne = client.get(reverse("perimetres")).text.partition("<tbody>")[2]
    assert f">{sens.label}</span>" in ligne
    assert "Pas encore rendu" not in ligne
    passer(demande, "refuser", gens["administrateur"], motif="Un motif.")
    assert f">{sens.label}</span>" in client.get(reverse("perimetres")).text
