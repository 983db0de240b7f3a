"""Random sequences by random people: the journal always explains the state, nobody acts outside the rule.

What is expected is told here apart from the tables: a second telling of the rule, followed step by step.
"""

from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from comptes.acces import aujourdhui
from comptes.parcours import TransitionImpossible, TransitionIncomplete, TransitionInterdite, passer
from programme.actualisations import ecrire, franchir
from programme.archivage import archiver, desarchiver
from programme.enums import EtatProjet
from programme.models import Actualisation, Projet
from programme.parcours_actualisation import PARCOURS as D_ACTUALISATION
from programme.parcours_projet import PARCOURS
from territoires.models import PiloteRegional
from tests import factories as f
from tests.factories_projets import PorteurFactory, champs_de, projet_en
from tests.programme.test_actualisations import EQUIPE, REGION
from tests.programme.test_actualisations import FLECHES as FLECHES_D_ACTUALISATION
from tests.programme.test_actualisations import QUI as QUI_D_ACTUALISATION
from tests.programme.test_archivage import ARCHIVABLES, ARCHIVENT
from tests.programme.test_projets_transitions import FLECHES, QUI

pytestmark = pytest.mark.django_db

# Of the lead region and of the team at once, as a mayor, as chef de projet.
DOUBLE, CHEF_ET_PILOTE = "pilote et maire", "pilote et chef de projet"
DOUBLES = (DOUBLE, CHEF_ET_PILOTE)
GENS = (
    "chef de projet",
    "pilote",
    "agent instructeur",
    *DOUBLES,
    "administrateur",
    "industriel référent",
    "porteur",
    "lecture",
    "équipe voisine",
    "État territorial",
)
SUIVIS = {"inscrit", "inscrit_reserve", "realisation", "suspendu"}
DEPARTS = ("idee", "transmis", "instruction", "non_inscrit", "inscrit", "realisation", "realise")
CHAMPS = {"contexte": False, "objectifs": True}
VALIDENT = {"chef de projet", CHEF_ET_PILOTE, "administrateur", "industriel référent"}


@dataclass
class Attendue:
    """An actualisation as it should be."""

    pk: int
    etat: str = "preparation"
    valeurs: dict = field(default_factory=dict)
    avant: dict = field(default_factory=dict)
    auteurs: set = field(default_factory=set)

    @property
    def est_ouverte(self):
        return self.etat in ("preparation", "soumise")

    @property
    def est_substantielle(self):
        return any(CHAMPS[champ] for champ in self.valeurs)


FAIT, INTERDIT, IMPOSSIBLE, INCOMPLET = "fait", "interdit", "impossible", "incomplet"


def essayer(acte):
    """Do it; return what came of it."""
    try:
        acte()
    except (TransitionInterdite, PermissionDenied):
        return INTERDIT
    except TransitionIncomplete:
        return INCOMPLET
    except TransitionImpossible:
        return IMPOSSIBLE
    return FAIT


def verifier(acte, permis, possible, complet=True):
    """Do it, check what comes of it: whose it is first, then where it is, then what it takes. Returns whether it is."""
    attendue = INTERDIT if not permis else IMPOSSIBLE if not possible else FAIT if complet else INCOMPLET
    assert essayer(acte) == attendue
    return attendue == FAIT


def habilite(nom, ceux):
    return nom in ceux or (nom in DOUBLES and bool({"pilote", "chef de projet"} & ceux))


class VieDUnProjet(RuleBasedStateMachine):
    personnages, territoire = {}, None

    def __init__(self):
        super().__init__()
        self.atomique = transaction.atomic()
        self.atomique.__enter__()
        self.actualisations = []

    def teardown(self):
        transaction.set_rollback(True)
        self.atomique.__exit__(None, None, None)

    @initialize(etat=st.sampled_from(DEPARTS))
    def commencer(self, etat):
        # Entered by the pilot, who hence never examines it.
        self.projet = projet_en(EtatProjet(etat), territoire=self.territoire, saisi_par=self.personnages["pilote"])
        PorteurFactory(projet=self.projet, personne=self.personnages["porteur"])
        self.etat, self.archive, self.valide, self.version = etat, False, True, 1
        # Who moved it for the territory, and who validated it.
        self.ont_saisi, self.a_valide = {"pilote"}, "pilote"
        self.fiche = {champ: getattr(self.projet, champ) for champ in CHAMPS}
        self.passe = self.projet.decisions.count()

    # --- The project

    @rule(nom=st.sampled_from(GENS), transition=st.sampled_from(PARCOURS.transitions))
    def tenter(self, nom, transition):
        self._passer(nom, transition)

    @rule(nom=st.sampled_from(GENS), rang=st.integers(0, 20))
    def avancer(self, nom, rang):
        """From where it is: else most steps go nowhere."""
        depuis = PARCOURS.possibles_depuis(self.etat)
        if depuis:
            self._passer(nom, depuis[rang % len(depuis)])

    def _passer(self, nom, transition):
        examine = QUI[transition.cle] == REGION
        permis = habilite(nom, QUI[transition.cle]) and not (examine and nom in {*self.ont_saisi, self.a_valide})
        possible = self.etat in FLECHES[transition.cle][0]
        complet = not self.archive and (self.valide or not transition.cle.startswith("transmettre"))
        acte = partial(passer, self.projet, transition, self.personnages[nom], **champs_de(transition))
        if verifier(acte, permis, possible, complet):
            self.etat = FLECHES[transition.cle][1]
            if QUI[transition.cle] == EQUIPE:
                self.ont_saisi.add(nom)
            if transition.cle == "reprendre-la-fiche":
                self.valide, self.a_valide, self.version = False, None, self.version + 1

    @rule(nom=st.sampled_from(GENS))
    def valider(self, nom):
        acte = partial(self.projet.valider_localement, self.personnages[nom], "comite", aujourdhui())
        possible = self.etat in ("idee", "preparation", "a_completer")
        # Whose it is is asked of what is being written only.
        if verifier(acte, nom in VALIDENT or not possible, possible):
            self.valide, self.a_valide = True, nom

    @rule(nom=st.sampled_from(GENS))
    def archiver(self, nom):
        permis, possible = habilite(nom, ARCHIVENT), self.etat in ARCHIVABLES and not self.archive
        if verifier(partial(archiver, self.projet, self.personnages[nom]), permis, possible):
            self.archive = True

    @rule(nom=st.sampled_from(GENS))
    def desarchiver(self, nom):
        permis, possible = habilite(nom, ARCHIVENT), self.archive
        if verifier(partial(desarchiver, self.projet, self.personnages[nom]), permis, possible):
            self.archive = False

    # --- What changes in its fiche once it is inscribed

    @property
    def ouverte(self):
        return next((une for une in self.actualisations if une.est_ouverte), None)

    @rule(nom=st.sampled_from(GENS), champ=st.sampled_from([*CHAMPS]), texte=st.sampled_from(["Un.", "Deux."]))
    def actualiser(self, nom, champ, texte):
        # What the form gives of a fiche in which one field was changed.
        change = SimpleNamespace(cle=champ, sien=texte, avant=self.fiche[champ])
        saisie = SimpleNamespace(champs=[*CHAMPS], changements=[change] if texte != self.fiche[champ] else [])
        permis, ouverte = habilite(nom, EQUIPE) and self.etat in SUIVIS, self.ouverte
        ecrites = []
        if not verifier(
            lambda: ecrites.append(ecrire(self.projet, self.personnages[nom], saisie, False)),
            permis,
            not ouverte or ouverte.etat == "preparation",
        ):
            return
        if ouverte is None:
            assert bool(ecrites[0]) == bool(saisie.changements)
            if not saisie.changements:
                return
            ouverte = Attendue(ecrites[0].pk)
            self.actualisations.append(ouverte)
        ecrits = {un.cle: un.sien for un in saisie.changements}, {un.cle: un.avant for un in saisie.changements}
        if ecrits != (ouverte.valeurs, ouverte.avant):
            ouverte.valeurs, ouverte.avant = ecrits
            ouverte.auteurs.add(nom)

    @precondition(lambda self: self.actualisations)
    @rule(nom=st.sampled_from(GENS), transition=st.sampled_from(D_ACTUALISATION.transitions), rang=st.integers(0, 5))
    def franchir(self, nom, transition, rang):
        une = self.actualisations[-1 - rang % len(self.actualisations)]
        cle, lue = transition.cle, Actualisation.objects.get(pk=une.pk)
        de_la_region = QUI_D_ACTUALISATION[cle] == REGION
        permis = habilite(nom, QUI_D_ACTUALISATION[cle])
        if not de_la_region:
            permis = permis and (cle == "retirer" or self.etat in SUIVIS)
        permis = permis and not (de_la_region and nom in une.auteurs)
        possible = une.etat in FLECHES_D_ACTUALISATION[cle][0]
        acte = partial(franchir, lue, transition, self.personnages[nom], **champs_de(transition))
        if verifier(acte, permis, possible, self._est_complete(une, cle)):
            self._a_franchi(une, cle, nom)

    def _est_complete(self, une, cle):
        if cle in ("retirer", "reprendre", "refuser"):
            return True
        if self.etat not in SUIVIS or not une.valeurs:
            return False
        if cle in ("appliquer", "soumettre") and une.est_substantielle != (cle == "soumettre"):
            return False
        if cle == "soumettre":
            return True
        if cle == "juger-substantielle" and self.ouverte:
            return False
        attendues = une.valeurs if cle == "juger-substantielle" else une.avant
        return all(self.fiche[champ] == valeur for champ, valeur in attendues.items())

    def _a_franchi(self, une, cle, nom):
        une.etat = FLECHES_D_ACTUALISATION[cle][1]
        if cle in ("appliquer", "soumettre", "reprendre"):
            une.auteurs.add(nom)
        if une.etat in ("appliquee", "acceptee"):
            self.fiche |= une.valeurs
        if cle == "juger-substantielle":
            self.fiche |= une.avant
        if cle == "accepter":
            self.version += 1

    # --- At any time

    @invariant()
    def nul_n_examine_ce_qu_il_a_porte(self):
        """Read in the journal: who had moved it for the territory before never decides of it. Nor will they."""
        if not hasattr(self, "etat"):
            return
        for nom in DOUBLES:
            porte = nom in {*self.ont_saisi, self.a_valide}
            assert self.projet.a_ete_saisi_par(self.personnages[nom]) == porte
        # The past with which it begins is a fact, entered by one person.
        ont_porte = {self.personnages["pilote"].pk}
        for decision in self.projet.decisions.order_by("pk")[self.passe :]:
            examinee = QUI[decision.transition] == REGION
            assert not (examinee and decision.saisie_par_id in ont_porte)
            if QUI[decision.transition] == EQUIPE:
                ont_porte.add(decision.saisie_par_id)

    @invariant()
    def le_journal_explique_l_etat(self):
        if not hasattr(self, "etat"):
            return
        relu = Projet.objects.get(pk=self.projet.pk)
        assert relu.etat == self.etat == suivre(relu.decisions, "idee", FLECHES)
        assert bool(relu.archive_le) == self.archive
        assert relu.version_fiche == self.version
        assert {champ: getattr(relu, champ) for champ in CHAMPS} == self.fiche
        for une in self.actualisations:
            lue = Actualisation.objects.get(pk=une.pk)
            assert lue.etat == une.etat == suivre(lue.etapes, "preparation", FLECHES_D_ACTUALISATION)
        assert sum(une.est_ouverte for une in self.actualisations) <= 1


def suivre(journal, etat, fleches):
    """Return the state to which a journal leads; each line begins where the one before ended."""
    for passage in journal.order_by("pk"):
        assert passage.de == etat
        assert passage.de in fleches[passage.transition][0]
        assert passage.vers == fleches[passage.transition][1]
        etat = passage.vers
    return etat


def test_nul_n_agit_hors_de_la_regle_et_le_journal_explique_toujours_l_etat(personnages, territoire):
    double = personnages["pilote d'une région associée"]
    f.PiloteFactory(personne=double, region=PiloteRegional.objects.get(personne=personnages["pilote"]).region)
    f.ActeurFactory(personne=double, territoire=territoire, qualite="maire")
    chef_et_pilote = f.ActeurFactory(territoire=territoire).personne
    f.PiloteFactory(personne=chef_et_pilote, region=PiloteRegional.objects.get(personne=personnages["pilote"]).region)
    siens = {
        DOUBLE: double,
        CHEF_ET_PILOTE: chef_et_pilote,
        "industriel référent": f.ActeurFactory(territoire=territoire, qualite="industriel_referent").personne,
        "porteur": f.UtilisateurFactory(),
    }

    class Vie(VieDUnProjet):
        pass

    Vie.personnages, Vie.territoire = personnages | siens, territoire
    reglages = settings(
        max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=[*HealthCheck], print_blob=True
    )
    run_state_machine_as_test(Vie, settings=reglages)


@pytest.mark.parametrize("etat", EtatProjet)
def test_chaque_passage_interdit_est_refuse_en_mots_a_chacun(etat, territoire, personnages):
    """Each illegal transition × each habilitation: refused, in a sentence, and nothing moves."""
    projet = projet_en(etat, territoire=territoire)
    for transition in PARCOURS.transitions:
        for nom, personne in personnages.items():
            if etat in FLECHES[transition.cle][0] and nom in QUI[transition.cle]:
                continue
            with pytest.raises(TransitionImpossible) as refus:
                passer(projet, transition, personne or AnonymousUser(), **champs_de(transition))
            mots = str(refus.value)
            assert mots.startswith(f"« {transition.verbe} »")
            assert ("vous n'avez pas ce droit" if nom not in QUI[transition.cle] else "n'est pas possible") in mots
    assert Projet.objects.get(pk=projet.pk).etat == etat
