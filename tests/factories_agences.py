"""Agencies, federations and who acts for them, for tests."""

import datetime

import factory
from factory.django import DjangoModelFactory

from agences import models
from agences.enums import NiveauAgence, QualiteAgence, QualiteCner, QualiteFederation
from territoires.models import Territoire
from tests.factories import UtilisateurFactory

# Hauts-de-France, as the pilot of the cast.
REGION = "32"


class AgenceFactory(DjangoModelFactory):
    """Without area, nor membership."""

    class Meta:
        model = models.Agence

    nom = factory.Sequence(lambda n: f"Agence d'essai {n}")
    niveau = NiveauAgence.REGIONALE


class DesserteFactory(DjangoModelFactory):
    """Of a whole region, unless the test says another place."""

    class Meta:
        model = models.Desserte

    agence = factory.SubFactory(AgenceFactory)
    region_id = REGION


class FederationFactory(DjangoModelFactory):
    class Meta:
        model = models.Federation

    nom = factory.Sequence(lambda n: f"Fédération d'essai {n}")


class CorrespondantFactory(DjangoModelFactory):
    class Meta:
        model = models.Correspondant

    personne = factory.SubFactory(UtilisateurFactory)
    agence = factory.SubFactory(AgenceFactory)
    qualite = QualiteAgence.CORRESPONDANT
    du = datetime.date(2020, 1, 1)


class CnerFactory(DjangoModelFactory):
    class Meta:
        model = models.Cner

    personne = factory.SubFactory(UtilisateurFactory)
    qualite = QualiteCner.GESTION
    du = datetime.date(2020, 1, 1)


class MembreFederationFactory(DjangoModelFactory):
    class Meta:
        model = models.MembreFederation

    personne = factory.SubFactory(UtilisateurFactory)
    federation = factory.SubFactory(FederationFactory)
    qualite = QualiteFederation.REFERENT
    du = datetime.date(2020, 1, 1)


def agence_de_dunkerque(*genres):
    """Return an agency that serves Dunkerque by places of these kinds, all four by default."""
    agence = AgenceFactory(nom="Agence de Dunkerque")
    lieux = {
        "region": {"region_id": REGION},
        "departement": {"departement_id": "59"},
        "collectivite": {"collectivite_id": "245900428"},
        "territoire": {"territoire": Territoire.objects.get(slug="dunkerque")},
    }
    for genre in genres or lieux:
        DesserteFactory(agence=agence, **{"region_id": None, **lieux[genre]})
    return agence
