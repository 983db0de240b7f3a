"""Filters of the list of projects."""

from functools import cached_property

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from dsfr.forms import DsfrBaseForm

from programme.choix_de_projets import reference
from programme.enums import EtatProjet, GenrePorteur, Maturite, Meteo
from programme.models import Etiquette, Projet
from tableurs.francais import normaliser
from territoires.filters import LONGUEUR_MAX_TEXTE

TRIS = {
    "titre": "recherche",
    "territoire": "territoire__slug",
    "depuis": "etat_depuis",
}
PAR_DEFAUT = "-depuis"
GROUPES = {cle: libelle for cle, (libelle, _) in EtatProjet.groupes().items()}
# What closed lists are called, on the chips of the filters in use.
MOTS = {
    **GROUPES,
    **dict(EtatProjet.choices),
    **dict(Maturite.choices),
    **dict(GenrePorteur.choices),
    **dict(Meteo.choices),
}
ETATS = [("Plusieurs états", list(GROUPES.items())), ("Un état", EtatProjet.choices)]


# Regions number alike: no search finds more.
REFERENCES_MAX = 50
# Filters whose choices are rows.
LUS = {"besoin", "mesure", "region", "departement", "territoire", "etiquette"}


class FiltreProjets(django_filters.FilterSet):
    """Over the projects that a reader sees, chosen by the view."""

    q = django_filters.CharFilter(
        method="chercher", label="Titre, porteur, territoire, numéro", max_length=LONGUEUR_MAX_TEXTE
    )
    etat = django_filters.ChoiceFilter(choices=ETATS, method="dans_l_etat", label="État", empty_label="Tous")
    besoin = django_filters.ChoiceFilter(method="pour_le_besoin", label="Besoin", empty_label="Tous")
    region = django_filters.ChoiceFilter(method="dans_la_region", label="Région", empty_label="Toutes")
    retard = django_filters.BooleanFilter(method="en_retard", label="Réalisation en retard", widget=forms.CheckboxInput)
    freins = django_filters.BooleanFilter(method="qui_bute", label="Avec un frein non levé", widget=forms.CheckboxInput)
    archives = django_filters.BooleanFilter(method="des_archives", label="Archivés", widget=forms.CheckboxInput)
    mesure = django_filters.ChoiceFilter(method="pour_la_mesure", label="Mesure", empty_label="Toutes")
    departement = django_filters.ChoiceFilter(method="dans_le_departement", label="Département", empty_label="Tous")
    territoire = django_filters.ChoiceFilter(method="dans_le_territoire", label="Territoire", empty_label="Tous")
    porteur = django_filters.ChoiceFilter(
        choices=GenrePorteur, field_name="porteur_genre", label="Nature du porteur", empty_label="Toutes"
    )
    maturite = django_filters.ChoiceFilter(choices=Maturite, label="Maturité", empty_label="Toutes")
    meteo = django_filters.ChoiceFilter(choices=Meteo, method="selon_la_meteo", label="Météo", empty_label="Toutes")
    etiquette = django_filters.ChoiceFilter(method="qui_porte", label="Étiquette", empty_label="Toutes")
    miens = django_filters.BooleanFilter(method="de_mon_perimetre", label="Mon périmètre", widget=forms.CheckboxInput)
    tri = django_filters.ChoiceFilter(
        choices=[(f"{sens}{cle}", cle) for cle in TRIS for sens in ("", "-")], method="trier", label="Tri"
    )

    # In the order of the form and of the chips.
    PRINCIPAUX = ("q", "etat", "besoin", "region")
    AUTRES = ("territoire", "departement", "mesure", "porteur", "maturite", "meteo", "etiquette")
    A_COCHER = ("retard", "freins", "archives", "miens")
    CRITERES = (*PRINCIPAUX, *AUTRES, *A_COCHER)

    class Meta:
        model = Projet
        fields = ["tri"]
        form = DsfrBaseForm

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        lecteur = self.request.user
        self._etiquettes = []
        if lecteur.is_authenticated:
            self._etiquettes = list(Etiquette.objects.visibles_par(lecteur).values_list("cle", "nom", "pk"))
        else:
            for nom in ("miens", "etiquette", "meteo", "freins"):
                del self.filters[nom]
        # They are regions': others have none to look for.
        if not self._etiquettes:
            self.filters.pop("etiquette", None)
        for nom in LUS & self.filters.keys():
            # A function, not a method: widgets are copied, with all that they hold.
            self.filters[nom].extra["choices"] = lambda nom=nom: self._choix(nom)

    @cached_property
    def lus(self):
        """What is proposed, read once for what is asked as for what is shown: {filter: [(key, words, primary key)]}."""
        return {**self._reference.choix, "etiquette": self._etiquettes}

    @cached_property
    def _reference(self):
        return reference()

    def _choix(self, nom):
        return [(cle, mots) for cle, mots, _ in self.lus[nom]]

    @property
    def criteres(self):
        """The names of what may be asked by this reader, in the order of the chips."""
        return [nom for nom in self.CRITERES if nom in self.filters]

    def mots(self, nom, valeur):
        """Return what a value of a filter is called."""
        lus = dict(self._choix(nom)) if nom in LUS else MOTS
        return lus.get(valeur, valeur)

    def _pk(self, nom, valeur):
        return next(pk for cle, _, pk in self.lus[nom] if cle == valeur)

    def chercher(self, queryset, nom, valeur):
        trouves = Q()
        for mot in normaliser(valeur).split():
            territoires = [pk for _, nom, pk in self.lus["territoire"] if mot in normaliser(nom)]
            trouves &= Q(recherche__contains=mot) | Q(territoire__in=territoires)
        return queryset.filter(trouves | Q(pk__in=self._de_cette_reference(valeur.strip())))

    def _de_cette_reference(self, reference):
        """Return the keys of those that have this reference of a region, to the letter: for who knows the fiche."""
        if not self.request.user.is_authenticated or not any(signe.isdigit() for signe in reference):
            return []
        connus = Projet.objects.connus_par(self.request.user).filter(reference_regionale=reference)
        return list(connus.values_list("pk", flat=True)[:REFERENCES_MAX])

    def dans_l_etat(self, queryset, nom, valeur):
        _, etats = EtatProjet.groupes().get(valeur, ("", [valeur]))
        return queryset.filter(etat__in=etats)

    def pour_le_besoin(self, queryset, nom, cle):
        servies = Projet.mesures.through.objects.filter(projet=OuterRef("pk"), mesure__besoin=self._pk(nom, cle))
        return queryset.filter(Exists(servies))

    def pour_la_mesure(self, queryset, nom, cle):
        servies = Projet.mesures.through.objects.filter(projet=OuterRef("pk"), mesure=self._pk(nom, cle))
        return queryset.filter(Exists(servies))

    def qui_porte(self, queryset, nom, cle):
        portees = Projet.etiquettes.through.objects.filter(projet=OuterRef("pk"), etiquette=self._pk(nom, cle))
        return queryset.filter(Exists(portees))

    def selon_la_meteo(self, queryset, nom, meteo):
        """Of followed projects that the reader knows: it isn't public."""
        suivis = Projet.objects.connus_par(self.request.user).filter(etat__in=EtatProjet.suivis(), meteo=meteo)
        return queryset & suivis

    def qui_bute(self, queryset, nom, oui):
        """Of projects that the reader knows: what blocks them isn't public."""
        freins = Projet.freins.rel.related_model.objects.filter(projet=OuterRef("pk"), leve_le=None)
        return queryset & Projet.objects.connus_par(self.request.user).filter(Exists(freins)) if oui else queryset

    def en_retard(self, queryset, nom, oui):
        return queryset.en_retard() if oui else queryset

    def des_archives(self, queryset, nom, oui):
        """Those that were put away, or, by default, the others."""
        return queryset.filter(archive_le__isnull=not oui)

    def dans_le_departement(self, queryset, nom, code):
        return queryset.filter(territoire__in=self._reference.territoires.get((nom, code), ()))

    def dans_la_region(self, queryset, nom, code):
        """Of the territories of a region, lead or not: nobody should miss their own."""
        return queryset.filter(territoire__in=self._reference.territoires.get((nom, code), ()))

    def dans_le_territoire(self, queryset, nom, slug):
        territoire = self._pk(nom, slug)
        associes = Projet.territoires_associes.through.objects.filter(projet=OuterRef("pk"), territoire=territoire)
        return queryset.filter(Q(territoire=territoire) | Exists(associes))

    def de_mon_perimetre(self, queryset, nom, oui):
        """Those whose whole fiche the reader knows, without the rest of what is public."""
        return queryset & Projet.objects.connus_par(self.request.user) if oui else queryset

    def trier(self, queryset, nom, valeur):
        sens, cle = ("-", valeur[1:]) if valeur.startswith("-") else ("", valeur)
        return queryset.order_by(f"{sens}{TRIS[cle]}", "-pk")
