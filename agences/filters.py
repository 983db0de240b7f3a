"""Filters of the list of agencies."""

import django_filters

from agences.enums import NiveauAgence
from agences.models import Agence
from tableurs.francais import normaliser
from territoires.filters import LONGUEUR_MAX_TEXTE, FiltreParmiLesLus
from territoires.models import Region

ADHERENTES, AUTRES = "oui", "non"


class FiltreAgences(django_filters.FilterSet):
    q = django_filters.CharFilter(method="chercher", label="Nom ou SIREN", max_length=LONGUEUR_MAX_TEXTE)
    region = FiltreParmiLesLus(
        queryset=Region.objects.all(), method="dans_la_region", label="Région", empty_label="Toutes"
    )
    niveau = django_filters.ChoiceFilter(choices=NiveauAgence.choices, label="Niveau", empty_label="Tous")
    cner = django_filters.ChoiceFilter(
        choices=[(ADHERENTES, "Adhérentes"), (AUTRES, "Non adhérentes")],
        method="selon_l_adhesion",
        label="CNER",
        empty_label="Toutes",
    )

    class Meta:
        model = Agence
        fields = ["q", "region", "niveau", "cner"]

    def chercher(self, queryset, nom, valeur):
        if (chiffres := "".join(valeur.split())).isdecimal():
            return queryset.filter(siren__startswith=chiffres)
        for mot in normaliser(valeur).split():
            queryset = queryset.filter(nom_normalise__contains=mot)
        return queryset

    def dans_la_region(self, queryset, nom, region):
        """Those that serve it, be it in part: nobody should miss their own."""
        return queryset.de_la_region(region.pk)

    def selon_l_adhesion(self, queryset, nom, valeur):
        adherentes = Agence.objects.adherentes().values("pk")
        return queryset.filter(pk__in=adherentes) if valeur == ADHERENTES else queryset.exclude(pk__in=adherentes)
