"""Filters of the list of projects."""

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from dsfr.forms import DsfrBaseForm

from programme.enums import EtatProjet, Maturite
from programme.models import Besoin, Projet
from tableurs.francais import normaliser
from territoires.filters import LONGUEUR_MAX_TEXTE, FiltreParmiLesLus
from territoires.models import Region, Territoire, territoires_de_la_region

TRIS = {
    "titre": "recherche",
    "territoire": "territoire__slug",
    "depuis": "etat_depuis",
    "numero": "numero",
}
PAR_DEFAUT = "-depuis"


class FiltreProjets(django_filters.FilterSet):
    """Over the projects that a reader sees, chosen by the view."""

    q = django_filters.CharFilter(method="chercher", label="Titre, porteur ou numéro", max_length=LONGUEUR_MAX_TEXTE)
    etat = django_filters.ChoiceFilter(choices=EtatProjet, label="État", empty_label="Tous")
    besoin = FiltreParmiLesLus(
        queryset=Besoin.objects.all(), method="pour_le_besoin", label="Besoin", empty_label="Tous"
    )
    region = FiltreParmiLesLus(
        queryset=Region.objects.all(), method="dans_la_region", label="Région", empty_label="Toutes"
    )
    territoire = django_filters.ModelChoiceFilter(
        queryset=Territoire.objects.all(), to_field_name="slug", method="dans_le_territoire", label="Territoire"
    )
    maturite = django_filters.ChoiceFilter(choices=Maturite, label="Maturité", empty_label="Toutes")
    miens = django_filters.BooleanFilter(method="de_mon_perimetre", label="Mon périmètre", widget=forms.CheckboxInput)
    tri = django_filters.ChoiceFilter(
        choices=[(f"{sens}{cle}", cle) for cle in TRIS for sens in ("", "-")], method="trier", label="Tri"
    )

    # In the order of the form and of the chips.
    CRITERES = ("q", "etat", "besoin", "region", "territoire", "maturite", "miens")

    class Meta:
        model = Projet
        fields = ["q", "etat", "besoin", "region", "territoire", "maturite", "miens", "tri"]
        form = DsfrBaseForm

    def chercher(self, queryset, nom, valeur):
        for mot in normaliser(valeur).split():
            queryset = queryset.filter(Q(recherche__contains=mot) | Q(numero__icontains=mot))
        return queryset

    def pour_le_besoin(self, queryset, nom, besoin):
        servies = Projet.mesures.through.objects.filter(projet=OuterRef("pk"), mesure__besoin=besoin)
        return queryset.filter(Exists(servies))

    def dans_la_region(self, queryset, nom, region):
        """Of the territories of a region, lead or not: nobody should miss their own."""
        return queryset.filter(territoire__in=territoires_de_la_region(region.pk))

    def dans_le_territoire(self, queryset, nom, territoire):
        associes = Projet.territoires_associes.through.objects.filter(projet=OuterRef("pk"), territoire=territoire)
        return queryset.filter(Q(territoire=territoire) | Exists(associes))

    def de_mon_perimetre(self, queryset, nom, oui):
        """Those whose whole fiche the reader knows, without the rest of what is public."""
        return queryset & Projet.objects.connus_par(self.request.user) if oui else queryset

    def trier(self, queryset, nom, valeur):
        sens, cle = ("-", valeur[1:]) if valeur.startswith("-") else ("", valeur)
        return queryset.order_by(f"{sens}{TRIS[cle]}", "-pk")
