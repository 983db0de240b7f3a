"""Deposited files go to a folder of the test's own; the cast of the screens of imports."""

import pytest

from programme.models import Mesure
from tableurs.models import LotImport
from tests.factories import AnalysteFactory
from tests.tableurs.ecrans import ENTETES, verifier


@pytest.fixture(autouse=True)
def dossier_prive(tmp_path, monkeypatch):
    return deposer_dans(tmp_path, monkeypatch)


def deposer_dans(dossier, monkeypatch):
    stockage = LotImport._meta.get_field("fichier").storage
    monkeypatch.setattr(stockage, "location", str(dossier), raising=False)
    monkeypatch.setattr(stockage, "base_location", str(dossier), raising=False)
    return dossier


@pytest.fixture
def alice(db):
    return AnalysteFactory(prenom="Alice", nom="Martin")


@pytest.fixture
def equipe(client, alice):
    """The browser of Alice, of the national team."""
    client.force_login(alice)
    return client


@pytest.fixture
def mesures(reference):
    return list(Mesure.objects.order_by("code")[:3])


@pytest.fixture
def a_verifier(equipe, mesures):
    """One changed, one unchanged, one refused, one twice."""
    change, pareil, _ = mesures
    return verifier(
        equipe,
        [
            ENTETES,
            [change.code, "Un titre nouveau"],
            [pareil.code, pareil.titre],
            ["", "Sans code"],
            [pareil.code, pareil.titre],
        ],
    )
