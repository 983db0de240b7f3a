"""Campaigns of follow-up for tests, with the projects that they took."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from comptes.acces import aujourdhui
from programme import models
from programme.campagnes import couvrir
from tests.factories import UtilisateurFactory


class CampagneFactory(DjangoModelFactory):
    """National, in all regions, since ten days, for ten more; it has taken its projects unless `a_venir`."""

    class Meta:
        model = models.Campagne
        skip_postgeneration_save = True

    titre = factory.Sequence(lambda n: f"Point {n}")
    du = factory.LazyFunction(lambda: aujourdhui() - timedelta(days=10))
    au = factory.LazyFunction(lambda: aujourdhui() + timedelta(days=10))
    nationale = True
    toutes_les_regions = True
    ouverte_par = factory.SubFactory(UtilisateurFactory)

    @factory.post_generation
    def a_venir(campagne, create, extracted, **kwargs):
        if create and not extracted:
            couvrir(campagne)
            campagne.refresh_from_db()
