"""What several files of tests of the room ask for."""

import pytest

from programme.argent.verification import constater
from programme.enums import EtatProjet
from programme.models import Enveloppe
from tests.factories_projets import projet_en
from tests.outils.personnages import ENVELOPPE


@pytest.fixture
def comptes_justes(db):
    """After the test, every stored sum is what the journal says."""
    yield
    assert [str(faux) for faux in constater()] == []


@pytest.fixture
def pic(reference):
    """Return the envelope of the cast's operator."""
    return Enveloppe.objects.get(code=ENVELOPPE)


@pytest.fixture
def transmis(territoire):
    return projet_en(EtatProjet.TRANSMIS, territoire=territoire)
