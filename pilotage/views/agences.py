"""Development agencies: the list, one of them."""

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from agences.enums import NiveauAgence
from agences.filters import FiltreAgences
from agences.models import LIEUX, Agence, Desserte
from comptes.pages_publiques import page_publique
from pilotage.agences import FicheAgence
from tableurs.listes import sans_chaque_filtre
from tableurs.typographie import typographier
from tableurs.views.acces import page_demandee
from territoires.models import (
    Collectivite,
    Departement,
    Inscription,
    Liste,
    Perimetre,
    Phase,
    Rattachement,
    Region,
    Territoire,
)

LIGNES_PAR_PAGE = 50
# What an area is made of, and what says where a territory lies.
D_UNE_ZONE = (Agence, Desserte, Region, Departement, Collectivite, Rattachement, Territoire)
D_UN_TERRITOIRE = (Phase, Liste, Inscription, Perimetre)
FILTRES = ("q", "region", "niveau", "cner")


@page_publique(*D_UNE_ZONE, *D_UN_TERRITOIRE)
def liste(request):
    """Every agency that has not closed, with filters that the address keeps."""
    filtre, agences = agences_demandees(request)
    zones = Prefetch("dessertes", Desserte.objects.en_cours().select_related(*LIEUX))
    region = filtre.form.cleaned_data.get("region") if filtre.is_valid() else None
    return render(
        request,
        "pilotage/agence_liste.html",
        {
            "fil_ariane": [("Agences", "")],
            "page": page_demandee(request, Paginator(agences.prefetch_related(zones), LIGNES_PAR_PAGE)),
            "inconnus": [
                typographier(f"« {request.GET[cle][:50]} » pour {filtre.filters[cle].label}") for cle in filtre.errors
            ],
            "valeurs": {cle: request.GET.get(cle, "") for cle in FILTRES},
            "regions": filtre.form.fields["region"].queryset,
            "region": region,
            "niveaux": NiveauAgence.choices,
            "adhesions": filtre.filters["cner"].extra["choices"],
            "actifs": sans_chaque_filtre(request, _filtres_actifs(filtre)),
        },
    )


def agences_demandees(request):
    """Return (filter, agencies that the address asks for, by name; none when it makes no sense)."""
    agences = Agence.objects.ouvertes().order_by("nom_normalise")
    filtre = FiltreAgences(request.GET, queryset=agences)
    return filtre, filtre.qs if filtre.is_valid() else agences.none()


def _filtres_actifs(filtre):
    """Yield (name, words) of each filter in use."""
    for cle in FILTRES:
        valeur = filtre.form.cleaned_data.get(cle) if filtre.is_valid() else None
        if valeur:
            mots = dict(filtre.filters[cle].extra.get("choices", ())).get(valeur, valeur)
            yield cle, typographier(f"{filtre.filters[cle].label} : {mots}")


@page_publique(*D_UNE_ZONE, *D_UN_TERRITOIRE)
def fiche(request, slug):
    """One that has closed keeps its page, which says so."""
    agence = get_object_or_404(Agence, slug=slug)
    return render(
        request,
        "pilotage/agence_fiche.html",
        {
            "fil_ariane": [("Agences", reverse("agences")), (agence.nom, "")],
            "agence": agence,
            "fiche": FicheAgence(agence),
        },
    )
