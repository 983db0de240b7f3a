"""Two at once on perimeter requests: one passes, the other is told."""

import datetime
from functools import partial

import pytest

from comptes.parcours import TransitionImpossible, passer
from programme import perimetres
from programme.enums import EtatDemande
from programme.models import DemandeDePerimetre, PassageDePerimetre
from programme.perimetres import liste_du_jour
from territoires.models import Composition
from tests.factories_perimetres import demande_en
from tests.outils.ensemble import ensemble
from tests.programme.test_perimetres import hors_liste

pytestmark = pytest.mark.django_db(transaction=True)
LE = datetime.date(2026, 6, 1)


@pytest.fixture
def sans_calcul(monkeypatch):
    monkeypatch.setattr(perimetres, "appliquer", lambda liste: None)


def frais(demande):
    return DemandeDePerimetre.objects.get(pk=demande.pk)


def test_inscrire_et_refuser_a_la_fois_ne_font_qu_une_suite(territoire, personnages, sans_calcul):
    demande = demande_en(EtatDemande.AVIS_RENDU, territoire=territoire, collectivite=hors_liste())
    par = personnages["administrateur"]
    issues = ensemble(
        partial(perimetres.inscrire, frais(demande), par, LE),
        partial(passer, frais(demande), "refuser", par, motif="Un motif."),
    )
    assert sum(isinstance(issue, PassageDePerimetre) for issue in issues) == 1
    assert sum(isinstance(issue, TransitionImpossible) for issue in issues) == 1
    membre = Composition.objects.filter(collectivite=demande.collectivite, inscription__liste=liste_du_jour()).exists()
    assert membre == (frais(demande).etat == EtatDemande.INSCRITE)


def test_la_meme_intercommunalite_n_entre_pas_dans_deux_territoires_a_la_fois(
    territoire, voisin, personnages, sans_calcul
):
    libre, par = hors_liste(), personnages["administrateur"]
    demandes = [demande_en(EtatDemande.AVIS_RENDU, territoire=ou, collectivite=libre) for ou in (territoire, voisin)]
    issues = ensemble(*[partial(perimetres.inscrire, frais(demande), par, LE) for demande in demandes])
    assert sum(isinstance(issue, PassageDePerimetre) for issue in issues) == 1
    assert sum(isinstance(issue, TransitionImpossible) for issue in issues) == 1
    assert Composition.objects.filter(collectivite=libre, inscription__liste=liste_du_jour()).count() == 1
