"""Opinions, committees and contracts for tests."""

import datetime

import factory
from factory.django import DjangoModelFactory

from programme import models
from programme.enums import EtatProjet, GenreContrat, SensAvis
from tests.factories import RegionFactory, TerritoireFactory, UtilisateurFactory
from tests.factories_projets import projet_en


class AvisFactory(DjangoModelFactory):
    class Meta:
        model = models.Avis

    projet = factory.LazyFunction(lambda: projet_en(EtatProjet.INSTRUCTION))
    region = factory.SubFactory(RegionFactory)
    sens = SensAvis.FAVORABLE
    date = datetime.date(2026, 1, 10)
    donne_par = factory.SubFactory(UtilisateurFactory)


class ComiteFactory(DjangoModelFactory):
    class Meta:
        model = models.Comite

    region = factory.SubFactory(RegionFactory)
    date = datetime.date(2026, 1, 15)
    saisi_par = factory.SubFactory(UtilisateurFactory)


class PointFactory(DjangoModelFactory):
    class Meta:
        model = models.PointDeComite

    comite = factory.SubFactory(ComiteFactory)
    projet = factory.LazyFunction(lambda: projet_en(EtatProjet.INSTRUCTION))
    rang = factory.Sequence(lambda n: n + 1)


class ContratFactory(DjangoModelFactory):
    class Meta:
        model = models.Contrat

    territoire = factory.SubFactory(TerritoireFactory)
    genre = GenreContrat.CONTRAT
    signe_le = datetime.date(2024, 3, 1)
    du = datetime.date(2024, 3, 1)
    signataires = "L'État\nLa Région"
    saisi_par = factory.SubFactory(UtilisateurFactory)
