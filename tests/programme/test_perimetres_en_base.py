"""What the database refuses of perimeter requests."""

import datetime

import pytest

from programme.enums import EtatDemande, SensAvis
from tests.factories_perimetres import DeliberationFactory, DemandeFactory, demande_en
from tests.outils.contraintes import verifier_refus

pytestmark = pytest.mark.django_db
LE = datetime.date(2026, 6, 1)


@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("programme_demandedeperimetre_inscrite", {"effet_le": LE}),
        ("programme_demandedeperimetre_inscrite", {"effet_le": LE, "etat": "inscrite"}),
        ("programme_demandedeperimetre_inscrite", {"etat": "inscrite"}),
        ("programme_demandedeperimetre_sens", {"sens": "autre"}),
    ],
)
def test_la_base_refuse_une_demande_incoherente(nom, changements, db):
    verifier_refus(DemandeFactory(), nom, changements)


def test_la_base_refuse_deux_demandes_ouvertes(db):
    une = DemandeFactory()
    autre = DemandeFactory(territoire=une.territoire)
    verifier_refus(autre, "programme_demandedeperimetre_une_ouverte", {"collectivite": une.collectivite})


def test_la_base_refuse_deux_fois_une_deliberation_et_une_sans_numero(db):
    une = DeliberationFactory()
    autre = DeliberationFactory(demande=une.demande)
    verifier_refus(autre, "programme_deliberationdeperimetre_unique", {"numero": une.numero})
    verifier_refus(une, "programme_deliberationdeperimetre_numero", {"numero": ""})


@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("programme_passagedeperimetre_avis", {"avis": ""}),
        ("programme_passagedeperimetre_avis", {"vers": "refusee"}),
        ("programme_passagedeperimetre_avis", {"autorite": "", "date": None, "acte": ""}),
        ("programme_passagedeperimetre_motif", {"avis": SensAvis.RESERVE, "motif": ""}),
        ("programme_passagedeperimetre_motif", {"avis": SensAvis.DEFAVORABLE, "motif": ""}),
    ],
)
def test_la_base_refuse_un_avis_incoherent(nom, changements, db):
    passage = demande_en(EtatDemande.AVIS_RENDU).passages.get(transition="rendre-avis")
    verifier_refus(passage, nom, changements)


@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("programme_passagedeperimetre_autorite", {"date": LE}),
        ("programme_passagedeperimetre_acte", {"acte": "Délibération 12"}),
    ],
)
def test_la_base_refuse_une_date_ou_un_acte_sans_autorite(nom, changements, db):
    passage = demande_en(EtatDemande.TRANSMISE).passages.get(transition="transmettre")
    verifier_refus(passage, nom, changements)
