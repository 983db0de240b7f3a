"""Filters of the lists of the room."""

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django_filters import fields

from tableurs.francais import normaliser
from territoires.enums import Fiabilite
from territoires.models import Departement, Inscription, Region

LONGUEUR_MAX_TEXTE = 200

TRIS = {
    "nom": "nom_normalise",
    "region": "region__nom_normalise",
    "communes": "perimetre__nb_communes",
    "population": "perimetre__population",
    "superficie": "perimetre__superficie",
}


class ChoixParmiLesLus(fields.ModelChoiceField):
    """A choice among rows that the page lists beside it: `queryset` is read once, for both."""

    def to_python(self, value):
        if value in self.empty_values:
            return None
        for objet in self.queryset:
            if str(objet.serializable_value(self.to_field_name or "pk")) == value:
                return objet
        raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value})


class FiltreParmiLesLus(django_filters.ModelChoiceFilter):
    field_class = ChoixParmiLesLus


class FiltreInscriptions(django_filters.FilterSet):
    """Territories of one list, chosen by the view."""

    q = django_filters.CharFilter(method="chercher", label="Nom ou code", max_length=LONGUEUR_MAX_TEXTE)
    region = FiltreParmiLesLus(
        queryset=Region.objects.all(), method="dans_la_region", label="Région", empty_label="Toutes"
    )
    departement = FiltreParmiLesLus(
        queryset=Departement.objects.select_related("region"),
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
