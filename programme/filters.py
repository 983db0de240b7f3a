"""Filters of the list of projects."""

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from dsfr.forms import DsfrBaseForm

from programme.enums import EtatProjet, GenrePorteur, Maturite, Meteo
from programme.models import Besoin, Etiquette, Mesure, Projet
from tableurs.francais import normaliser
from territoires.filters import LONGUEUR_MAX_TEXTE, FiltreParmiLesLus
from territoires.models import (
    Departement,
    Region,
    Territoire,
    territoires_de_la_region,
    territoires_du_departement,
)

TRIS = {
    "titre": "recherche",
    "territoire": "territoire__slug",
    "depuis": "etat_depuis",
}
PAR_DEFAUT = "-depuis"
GROUPES = {cle: libelle for cle, (libelle, _) in EtatProjet.groupes().items()}
ETATS = [("Plusieurs états", list(GROUPES.items())), ("Un état", EtatProjet.choices)]


class FiltreProjets(django_filters.FilterSet):
    """Over the projects that a reader sees, chosen by the view."""

    q = django_filters.CharFilter(method="chercher", label="Titre, porteur ou numéro", max_length=LONGUEUR_MAX_TEXTE)
    etat = django_filters.ChoiceFilter(choices=ETATS, method="dans_l_etat", label="État", empty_label="Tous")
    besoin = FiltreParmiLesLus(
        queryset=Besoin.objects.all(),
        to_field_name="code",
        method="pour_le_besoin",
        label="Besoin",
        empty_label="Tous",
    )
    region = FiltreParmiLesLus(
        queryset=Region.objects.all(), method="dans_la_region", label="Région", empty_label="Toutes"
    )
    retard = django_filters.BooleanFilter(method="en_retard", label="En retard", widget=forms.CheckboxInput)
    archives = django_filters.BooleanFilter(method="des_archives", label="Archivés", widget=forms.CheckboxInput)
    mesure = FiltreParmiLesLus(
        queryset=Mesure.objects.all(),
        to_field_name="code",
        method="pour_la_mesure",
        label="Mesure",
        empty_label="Toutes",
    )
    departement = FiltreParmiLesLus(
        queryset=Departement.objects.select_related("region"),
        method="dans_le_departement",
        label="Département",
        empty_label="Tous",
    )
    territoire = django_filters.ModelChoiceFilter(
        queryset=Territoire.objects.all(), to_field_name="slug", method="dans_le_territoire", label="Territoire"
    )
    porteur = django_filters.ChoiceFilter(
        choices=GenrePorteur, field_name="porteur_genre", label="Nature du porteur", empty_label="Toutes"
    )
    maturite = django_filters.ChoiceFilter(choices=Maturite, label="Maturité", empty_label="Toutes")
    meteo = django_filters.ChoiceFilter(choices=Meteo, method="selon_la_meteo", label="Météo", empty_label="Toutes")
    etiquette = django_filters.ModelChoiceFilter(
        queryset=lambda request: Etiquette.objects.visibles_par(request.user),
        to_field_name="cle",
        field_name="etiquettes",
        method="qui_porte",
        label="Étiquette",
        empty_label="Toutes",
    )
    miens = django_filters.BooleanFilter(method="de_mon_perimetre", label="Mon périmètre", widget=forms.CheckboxInput)
    tri = django_filters.ChoiceFilter(
        choices=[(f"{sens}{cle}", cle) for cle in TRIS for sens in ("", "-")], method="trier", label="Tri"
    )

    # In the order of the form and of the chips.
    PRINCIPAUX = ("q", "etat", "besoin", "region")
    AUTRES = ("mesure", "departement", "porteur", "maturite", "meteo", "etiquette")
    A_COCHER = ("retard", "archives", "miens")
    CRITERES = (*PRINCIPAUX, *AUTRES, "territoire", *A_COCHER)

    class Meta:
        model = Projet
        fields = ["tri"]
        form = DsfrBaseForm

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        lecteur = self.request.user
        if not lecteur.is_authenticated:
            del self.filters["miens"], self.filters["etiquette"], self.filters["meteo"]
        # They are regions': others have none to look for.
        elif not Etiquette.objects.visibles_par(lecteur).exists():
            del self.filters["etiquette"]

    def chercher(self, queryset, nom, valeur):
        for mot in normaliser(valeur).split():
            queryset = queryset.filter(recherche__contains=mot)
        return queryset

    def dans_l_etat(self, queryset, nom, valeur):
        _, etats = EtatProjet.groupes().get(valeur, ("", [valeur]))
        return queryset.filter(etat__in=etats)

    def pour_le_besoin(self, queryset, nom, besoin):
        servies = Projet.mesures.through.objects.filter(projet=OuterRef("pk"), mesure__besoin=besoin)
        return queryset.filter(Exists(servies))

    def pour_la_mesure(self, queryset, nom, mesure):
        servies = Projet.mesures.through.objects.filter(projet=OuterRef("pk"), mesure=mesure)
        return queryset.filter(Exists(servies))

    def qui_porte(self, queryset, nom, etiquette):
        portees = Projet.etiquettes.through.objects.filter(projet=OuterRef("pk"), etiquette=etiquette)
        return queryset.filter(Exists(portees))

    def selon_la_meteo(self, queryset, nom, meteo):
        """Of followed projects that the reader knows: it isn't public."""
        suivis = Projet.objects.connus_par(self.request.user).filter(etat__in=EtatProjet.suivis(), meteo=meteo)
        return queryset & suivis

    def en_retard(self, queryset, nom, oui):
        return queryset.en_retard() if oui else queryset

    def des_archives(self, queryset, nom, oui):
        """Those that were put away, or, by default, the others."""
        return queryset.filter(archive_le__isnull=not oui)

    def dans_le_departement(self, queryset, nom, departement):
        return queryset.filter(territoire__in=territoires_du_departement(departement.pk))

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
