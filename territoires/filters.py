"""Filters of the lists of the room."""

import django_filters
from django.db.models import Exists, OuterRef, Q

from tableurs.francais import normaliser
from territoires.enums import Fiabilite
from territoires.models import Departement, Inscription, Region

LONGUEUR_MAX_TEXTE = 200

TRIS = {
    "nom": "nom_normalise",
    "region": "region__nom",
    "communes": "perimetre__nb_communes",
    "population": "perimetre__population",
    "superficie": "perimetre__superficie",
}


class FiltreInscriptions(django_filters.FilterSet):
    """Territories of one list, chosen by the view."""

    q = django_filters.CharFilter(method="chercher", label="Nom ou code", max_length=LONGUEUR_MAX_TEXTE)
    region = django_filters.ModelChoiceFilter(
        queryset=Region.objects.all(), method="dans_la_region", label="Région", empty_label="Toutes"
    )
    departement = django_filters.ModelChoiceFilter(
        queryset=Departement.objects.all(),
        method="dans_le_departement",
        label="Département",
        empty_label="Tous",
    )
    fiabilite = django_filters.ChoiceFilter(choices=Fiabilite, label="Fiabilité", empty_label="Toutes")
    tri = django_filters.ChoiceFilter(
        choices=[(f"{sens}{cle}", cle) for cle in TRIS for sens in ("", "-")], method="trier", label="Tri"
    )

    class Meta:
        model = Inscription
        fields = ["q", "region", "departement", "fiabilite", "tri"]

    def chercher(self, queryset, nom, valeur):
        for mot in normaliser(valeur).split():
            queryset = queryset.filter(nom_normalise__contains=mot)
        return queryset

    def dans_la_region(self, queryset, nom, region):
        """Lead region, published regions and regions of the communes alike: nobody should miss their own."""
        publiees = Inscription.regions.through.objects.filter(inscription=OuterRef("pk"), region=region)
        calculees = Inscription.objects.filter(pk=OuterRef("pk"), perimetre__regions=region)
        return queryset.filter(Q(region=region) | Exists(publiees) | Exists(calculees))

    def dans_le_departement(self, queryset, nom, departement):
        return queryset.filter(perimetre__departements=departement)

    def trier(self, queryset, nom, valeur):
        sens, cle = ("-", valeur[1:]) if valeur.startswith("-") else ("", valeur)
        return queryset.order_by(f"{sens}{TRIS[cle]}", "nom_normalise")
