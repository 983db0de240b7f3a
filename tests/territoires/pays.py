"""A small country for the imports of lists: see the fixture `carte`."""

import datetime

from territoires.models import Composition
from tests.factories import (
    InscriptionFactory,
    TerritoireFactory,
)
from tests.tableurs.lots_essai import deposer, siren

LISTE = {"liste": "2020-10-01", "date": "2020-10-01", "phase": 1}
JOUR = datetime.date(2020, 10, 1)
VALLEE, PLATEAU, EPT = siren(1), siren(2), siren(3)
SUCCESSION = datetime.date(2024, 1, 1)
COMMUNES = ["insee_com", "id_ti", "lib_ti"]


def inscrire(liste, code, nom, *membres):
    territoire = TerritoireFactory(phase=liste.phase, code=code, nom=nom, slug=code)
    inscription = InscriptionFactory(liste=liste, territoire=territoire, region_id="84")
    for membre in membres:
        Composition.objects.create(inscription=inscription, collectivite_id=membre)
    return inscription


def importer(lignes, **options):
    return deposer(lignes, "territoires", LISTE | options)


def membres(code):
    return set(Composition.objects.filter(inscription__code=code, au=None).values_list("collectivite", flat=True))
