"""The small country that lists are imported in."""

import datetime

import pytest

from territoires import perimetres
from territoires.models import Phase
from tests.factories import (
    CommuneFactory,
    DepartementFactory,
    EpciFactory,
    ListeFactory,
    PhaseFactory,
    RattachementFactory,
    RegionFactory,
)
from tests.territoires.pays import EPT, JOUR, PLATEAU, SUCCESSION, VALLEE, inscrire


@pytest.fixture
def carte(base_vide, monkeypatch):
    """Two régions; « Vallée » holds 01001-01003, « Plateau » 42001-42002, nobody 01004; 42010 is 42008 + 42009 merged.

    Outlines have their own tests.
    """
    monkeypatch.setattr(perimetres, "lire_contours", lambda *_: {})
    PhaseFactory(numero=1, nom="Phase 1")
    for departement, region in (("01", "84"), ("42", "27")):
        DepartementFactory(code=departement, region=RegionFactory(code=region))
    codes = ("01001", "01002", "01003", "01004", "42001", "42002", "42003")
    communes = {code: CommuneFactory(code=code, departement_id=code[:2]) for code in codes}
    merge = CommuneFactory(code="42010", departement_id="42", du=SUCCESSION)
    for code in ("42008", "42009"):
        fin = SUCCESSION - datetime.timedelta(days=1)
        communes[code] = CommuneFactory(code=code, departement_id="42", au=fin, remplacee_par=merge)
    membres = {VALLEE: ("01001", "01002", "01003"), PLATEAU: ("42001", "42002"), EPT: ("42008", "42009")}
    for code, siens in membres.items():
        epci = EpciFactory(code=code, nom=f"CC {code}")
        for commune in siens:
            RattachementFactory(commune=communes[commune], groupement=epci)
    return communes


@pytest.fixture
def liste(carte):
    """A list that exists: ti-8401 has the Vallée and 42003 alone, ti-2701 has the Plateau."""
    liste = ListeFactory(slug="2020-10-01", date=JOUR, phase=Phase.objects.get())
    inscrire(liste, "ti-8401", "La Vallée", VALLEE, "42003")
    inscrire(liste, "ti-2701", "Le Plateau", PLATEAU)
    perimetres.appliquer(liste)
    return liste
