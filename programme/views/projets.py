"""Reading projects: the list, one of them, the file of the list. Readers who signed in are shown what is theirs."""

from django.contrib.auth.views import redirect_to_login
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from comptes.pages_publiques import page_publique
from programme.enums import EtatProjet, GenrePorteur, Maturite, Meteo
from programme.fiche import lire_la_fiche
from programme.filters import GROUPES, PAR_DEFAUT, FiltreProjets
from programme.imports.projets import ImportProjets
from programme.models import Besoin, Indicateur, Jalon, Mesure, Projet, Releve
from tableurs.listes import colonnes_triables, sans_chaque_filtre
from tableurs.pages import PageParCle
from tableurs.typographie import typographier
from territoires.models import Collectivite, Departement, Inscription, Liste, Perimetre, Phase, Region, Territoire

LIGNES_PAR_PAGE = 50
# What choices are called, on the chips of the filters in use.
MOTS = {
    **GROUPES,
    **dict(EtatProjet.choices),
    **dict(Maturite.choices),
    **dict(GenrePorteur.choices),
    **dict(Meteo.choices),
}
COLONNES = {"titre": "Projet", "territoire": "Territoire", "depuis": "État"}
# Where a project is, and which region leads there today.
LIEUX = (Territoire, Region, Inscription, Liste)


@page_publique(Projet, Besoin, Mesure, Jalon, *LIEUX, Departement, Perimetre, Phase, selon_le_lecteur=True)
def liste(request):
    filtre, projets = projets_demandes(request)
    lignes = projets.select_related("territoire").annotate(
        montants_visibles=Exists(Projet.objects.montants_visibles_par(request.user).filter(pk=OuterRef("pk")))
    )
    page = PageParCle(request, lignes, LIGNES_PAR_PAGE)
    tri = (filtre.form.cleaned_data.get("tri") if filtre.is_valid() else "") or PAR_DEFAUT
    return render(
        request,
        "programme/projet_liste.html",
        {
            "fil_ariane": [("Projets", "")],
            "filtre": filtre,
            "principaux": [filtre.form[nom] for nom in FiltreProjets.PRINCIPAUX],
            "autres": [filtre.form[nom] for nom in FiltreProjets.AUTRES if nom in filtre.form.fields],
            "autres_servent": any(request.GET.get(nom) for nom in FiltreProjets.AUTRES),
            "a_cocher": [filtre.form[nom] for nom in FiltreProjets.A_COCHER if nom in filtre.form.fields],
            "territoire": request.GET.get("territoire", ""),
            "inconnus": [
                typographier(f"« {request.GET[cle][:50]} » pour {filtre.filters[cle].label}") for cle in filtre.errors
            ],
            "actifs": sans_chaque_filtre(request, _filtres_actifs(filtre)),
            "colonnes": colonnes_triables(COLONNES, tri),
            "page": page,
            "connu": request.user.is_authenticated,
            "peut_ecrire": request.user.is_authenticated and Projet.objects.instruisibles_par(request.user).exists(),
            "peut_importer": request.user.is_authenticated and ImportProjets.ouverte_a(request.user),
            "peut_ajouter": request.user.is_authenticated and Projet.objects.ajoutables_par(request.user),
        },
    )


def projets_demandes(request):
    """Return (filter, projects that the reader sees and the address asks for; none when it makes no sense)."""
    visibles = Projet.objects.visibles_par(request.user).order_by("-etat_depuis", "-pk")
    filtre = FiltreProjets(request.GET, queryset=visibles, request=request)
    return filtre, filtre.qs if filtre.is_valid() else visibles.none()


def _filtres_actifs(filtre):
    """Yield (name, words) of each filter in use."""
    for cle in FiltreProjets.CRITERES:
        valeur = filtre.form.cleaned_data.get(cle) if filtre.is_valid() else None
        if valeur:
            if valeur is True:
                yield cle, filtre.filters[cle].label
                continue
            mots = MOTS.get(valeur, valeur)
            yield cle, typographier(f"{filtre.filters[cle].label} : {mots}")


@page_publique(Projet, Besoin, Mesure, Collectivite, Jalon, Indicateur, Releve, *LIEUX, selon_le_lecteur=True)
def fiche(request, cle):
    lue = lire_la_fiche(cle, request.user)
    if lue is None:
        if request.user.is_authenticated:
            raise Http404("Projet inconnu")
        # Whether it exists or not: somebody with an account may follow a link that they received.
        return redirect_to_login(request.get_full_path())
    return render(
        request,
        "programme/projet_fiche.html",
        {
            "fil_ariane": [("Projets", reverse("projets")), (lue.projet.numero or lue.projet.titre, "")],
            "projet": lue.projet,
            "fiche": lue,
        },
    )
