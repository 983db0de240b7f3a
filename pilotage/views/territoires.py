"""Territories: the map, the list, one territory."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from agences.models import Agence, Desserte
from comptes.models import Utilisateur
from comptes.pages_publiques import page_publique
from pilotage.listes import choisir_liste
from pilotage.territoire import FicheTerritoire
from programme.models import Contrat, Projet
from tableurs.listes import sans_chaque_filtre
from tableurs.typographie import typographier
from territoires.carte import carte_nationale, carte_region, perimetres_a_tracer
from territoires.enums import Fiabilite
from territoires.filters import FiltreInscriptions
from territoires.models import (
    ActeurLocal,
    Collectivite,
    Composition,
    Departement,
    EtatTerritorial,
    Filiation,
    FondDeCarte,
    Inscription,
    Liste,
    Perimetre,
    Phase,
    PiloteRegional,
    Rattachement,
    Region,
    Territoire,
)

LIGNES_PAR_PAGE = 50
# Layouts of the members, as published: (word of the address, what it gives).
DISPOSITIONS_EN_MOTS = [
    ("membres", "Une ligne par membre (intercommunalité ou commune)"),
    ("communes", "Une ligne par commune"),
    ("communes-epci", "Une ligne par commune, avec son intercommunalité"),
    ("groupements", "Une ligne par territoire, ses intercommunalités dans une cellule"),
]


@page_publique(Phase, Liste, Inscription, Perimetre, Region, Territoire, Collectivite)
def carte(request):
    """The map of a list, whole or one region; beside it the table that says the same."""
    listes, liste = choisir_liste(request)
    regions = list(FondDeCarte.objects.select_related("region").defer("trace").order_by("region__nom_normalise"))
    code = request.GET.get("region", "")
    perimetres = perimetres_a_tracer(liste, detail=bool(code))
    region = None
    if code:
        if code not in {fond.pk for fond in regions}:
            raise Http404("Région inconnue")
        fond = FondDeCarte.objects.select_related("region").get(pk=code)
        region = fond.region
        perimetres = perimetres.filter(Q(inscription__region=region) | Q(regions=region)).distinct()
        dessin = carte_region(fond, perimetres)
    else:
        dessin = carte_nationale(perimetres)
    return render(
        request,
        "pilotage/carte.html",
        {
            "fil_ariane": [("Territoires", reverse("territoires")), ("Carte", "")],
            "listes": listes,
            "liste": liste,
            "regions": [fond.region for fond in regions],
            "region": region,
            "suffixe": f"&region={region.code}" if region else "",
            "carte": dessin,
            "perimetres": perimetres,
        },
    )


@page_publique(Phase, Liste, Inscription, Perimetre, Region, Territoire, Departement)
def liste(request):
    """Every territory of a list, with filters that the address keeps."""
    listes, choisie = choisir_liste(request)
    filtre, inscriptions = inscriptions_demandees(request, choisie)
    page = Paginator(
        inscriptions.select_related("territoire", "region", "perimetre")
        .defer("perimetre__geometrie", "perimetre__trace", "perimetre__trace_carte", "source")
        .prefetch_related("perimetre__departements"),
        LIGNES_PAR_PAGE,
    )
    regions, departements = (filtre.form.fields[cle].queryset for cle in ("region", "departement"))
    numero = request.GET.get("page", "1")
    if not (numero.isdecimal() and len(numero) < 7 and 1 <= int(numero) <= page.num_pages):
        raise Http404("Page inconnue")
    return render(
        request,
        "pilotage/territoire_liste.html",
        {
            "fil_ariane": [("Territoires", "")],
            "listes": listes,
            "liste": choisie,
            "inconnus": [
                typographier(f"« {request.GET[cle][:50]} » pour {filtre.filters[cle].label}") for cle in filtre.errors
            ],
            "valeurs": {cle: request.GET.get(cle, "") for cle in ("q", "region", "departement", "fiabilite")},
            "page": page.page(int(numero)),
            "regions": regions,
            "departements": departements,
            "fiabilites": Fiabilite.choices,
            "dispositions": DISPOSITIONS_EN_MOTS,
            "colonnes": _colonnes(filtre),
            "actifs": sans_chaque_filtre(request, _filtres_actifs(filtre)),
        },
    )


def inscriptions_demandees(request, liste):
    """Return (filter, territories of `liste` that the address asks for, in its order; none when it makes no sense)."""
    inscriptions = Inscription.objects.filter(liste=liste)
    filtre = FiltreInscriptions(request.GET, queryset=inscriptions)
    return filtre, filtre.qs if filtre.is_valid() else inscriptions.none()


def _filtres_actifs(filtre):
    """Yield (name, words) of each filter in use."""
    for cle in ("q", "region", "departement", "fiabilite"):
        valeur = filtre.form.cleaned_data.get(cle) if filtre.is_valid() else None
        if valeur:
            mots = dict(Fiabilite.choices).get(valeur, valeur) if cle == "fiabilite" else valeur
            yield cle, typographier(f"{filtre.filters[cle].label} : {mots}")


def _colonnes(filtre):
    """Return, for each sortable column: (title, class, sort to ask for, aria-sort)."""
    actuel = (filtre.form.cleaned_data.get("tri") if filtre.is_valid() else "") or "nom"
    titres = {
        "nom": "Territoire",
        "region": "Région pilote",
        "communes": "Communes",
        "population": "Population",
        "superficie": "Superficie (km²)",
    }
    colonnes = []
    for cle, titre in titres.items():
        sens = {cle: "ascending", f"-{cle}": "descending"}.get(actuel, "")
        suivant = f"-{cle}" if actuel == cle else cle
        colonnes.append((titre, cle in ("communes", "population", "superficie"), suivant, sens))
    return colonnes


@page_publique(
    Phase,
    Liste,
    Inscription,
    Perimetre,
    Region,
    Territoire,
    Departement,
    Collectivite,
    Composition,
    Filiation,
    ActeurLocal,
    PiloteRegional,
    EtatTerritorial,
    Utilisateur,
    Projet,
    Contrat,
    Agence,
    Desserte,
    Rattachement,
)
def fiche(request, slug):
    fiche_territoire = FicheTerritoire.lire(slug)
    if fiche_territoire is None:
        raise Http404("Territoire inconnu")
    return render(
        request,
        "pilotage/territoire_fiche.html",
        {
            "fil_ariane": [("Territoires", reverse("territoires")), (fiche_territoire.territoire.nom, "")],
            "fiche": fiche_territoire,
        },
    )
