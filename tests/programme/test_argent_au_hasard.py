"""Any acts in any order by anybody: the bounds hold after each, and the journal explains every sum."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from comptes.parcours import TransitionImpossible
from programme.argent import faits
from programme.argent.demandes import enregistrer
from programme.argent.ensemble import programmer_en_nombre
from programme.argent.enums import EtatFinancement, GenreDotation
from programme.argent.verification import constater
from programme.models import Dotation, Ecart, Enveloppe, Financement, Projet
from programme.montants import total
from tests.factories_argent import ExerciceFactory, champs_d_argent, plafond
from tests.factories_projets import ProjetFactory
from tests.outils.personnages import ENVELOPPE, PILOTE

QUI = ("chef de projet", "pilote", "opérateur", "administrateur", "équipe voisine", "auditeur")
REFUS = (TransitionImpossible, ValidationError, PermissionDenied)
CENTIMES = st.integers(1, 300).map(lambda centimes: Decimal(centimes) / 100)
CLES = sorted(une.cle for une in Financement.parcours.transitions)
LIGNES = 4


class Argent(RuleBasedStateMachine):
    """Two projects, a region's share and a territory's, four lines; amounts of a few cents, so that bounds are met."""

    personnages, territoire = None, None

    @initialize()
    def preparer(self):
        self.point = transaction.atomic()
        self.point.__enter__()
        self.pic = Enveloppe.objects.get(code=ENVELOPPE)
        exercice = ExerciceFactory(enveloppe=self.pic)
        mere = plafond("3.00", exercice=exercice)
        part = plafond("1.00", dotation=Dotation(exercice=exercice, region_id=PILOTE, territoire=self.territoire))
        self.dotations = [mere.pk, part.pk]
        projets = [
            ProjetFactory(territoire=self.territoire, cout_total=Decimal(cout), cout_total_taxe="ht")
            for cout in ("2.50", "4.00")
        ]
        self.lignes = []
        for rang in range(LIGNES):
            ligne = Financement(
                projet=projets[rang % 2], financeur="enveloppe", enveloppe=self.pic, demande=Decimal("0.90")
            )
            self.lignes.append(enregistrer(ligne, self.personnages["chef de projet"]).pk)

    def teardown(self):
        if hasattr(self, "point"):
            transaction.set_rollback(True)
            self.point.__exit__(None, None, None)

    def tenter(self, faire):
        try:
            with transaction.atomic():
                faire()
        except REFUS:
            pass

    @rule(
        rang=st.integers(0, LIGNES - 1),
        cle=st.sampled_from(CLES),
        qui=st.sampled_from(QUI),
        montant=CENTIMES,
        ou=st.integers(0, 1),
    )
    def passer(self, rang, cle, qui, montant, ou):
        ligne = Financement.objects.get(pk=self.lignes[rang])
        transition = ligne.parcours.transition(cle)
        autres = {"montant": montant} if "montant" in transition.champs else {}
        if cle in ("programmer", "attribuer"):
            autres["dotation"] = Dotation.objects.get(pk=self.dotations[ou])
        champs = champs_d_argent(transition, **autres)
        self.tenter(lambda: faits.enregistrer_un_fait(ligne, cle, self.personnages[qui], **champs))

    @rule(rang=st.integers(0, LIGNES - 1), qui=st.sampled_from(QUI), montant=CENTIMES)
    def changer_la_demande(self, rang, qui, montant):
        ligne = Financement.objects.get(pk=self.lignes[rang])
        ligne.demande = montant
        self.tenter(lambda: enregistrer(ligne, self.personnages[qui]))

    @rule(ou=st.integers(0, 1), montant=CENTIMES, qui=st.sampled_from(QUI), genre=st.sampled_from(GenreDotation))
    def fixer(self, ou, montant, qui, genre):
        dotation = Dotation.objects.get(pk=self.dotations[ou])
        self.tenter(lambda: plafond(montant, dotation=dotation, genre=genre, par=self.personnages[qui]))

    @rule(montant=CENTIMES, ou=st.integers(0, 1), qui=st.sampled_from(QUI))
    def programmer_tout(self, montant, ou, qui):
        choix = [(ligne, montant) for ligne in Financement.objects.filter(pk__in=self.lignes)]
        dotation = Dotation.objects.get(pk=self.dotations[ou])
        decision = {"autorite": "operateur", "date": datetime.date(2026, 1, 15)}
        self.tenter(lambda: programmer_en_nombre(choix, dotation, self.personnages[qui], **decision))

    @rule(qui=st.sampled_from(QUI), compter=st.booleans())
    def regler_un_ecart(self, qui, compter):
        ecart = Ecart.objects.filter(regle_le=None).order_by("pk").first()
        if ecart and compter:
            self.tenter(lambda: faits.regulariser(ecart, self.personnages[qui]))
        elif ecart:
            self.tenter(lambda: faits.ecarter(ecart, "Saisi deux fois.", self.personnages[qui]))

    @invariant()
    def les_bornes_tiennent(self):
        if not hasattr(self, "lignes"):
            return
        assert [str(faux) for faux in constater()] == []
        for dotation in Dotation.objects.filter(pk__in=self.dotations):
            assert not dotation.est_un_plafond or dotation.charge <= dotation.montant
        lignes = list(Financement.objects.filter(pk__in=self.lignes))
        for ligne in lignes:
            assert 0 <= ligne.verse <= ligne.engage
            assert total(une.verse for une in ligne.mouvements.all()) == ligne.verse
            assert ligne.programme == 0 or ligne.etat == EtatFinancement.PROGRAMME
        for projet in Projet.objects.filter(financements__in=lignes).distinct():
            assert total(ligne.retenu for ligne in lignes if ligne.projet_id == projet.pk) == projet.sources
            assert projet.sources <= projet.cout_total

    @invariant()
    def personne_n_agit_hors_de_la_regle(self):
        if not hasattr(self, "lignes"):
            return
        for ligne in Financement.objects.filter(pk__in=self.lignes).prefetch_related("mouvements"):
            for une in ligne.mouvements.all():
                assert une.saisie_par not in (self.personnages["équipe voisine"], self.personnages["auditeur"])
                if une.engage or une.verse:
                    assert une.saisie_par in (self.personnages["opérateur"], self.personnages["administrateur"])


@pytest.mark.django_db
def test_l_argent_au_hasard(territoire, personnages):
    Argent.personnages, Argent.territoire = personnages, territoire
    reglages = settings(max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Argent, settings=reglages)
