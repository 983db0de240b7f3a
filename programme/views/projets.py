"""Reading projects: the list, one of them. Readers who signed in are shown what is theirs."""

from collections import defaultdict

from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from comptes.pages_publiques import page_publique
from programme.colonnes_de_liste import PARAMETRE as COLONNES
from programme.colonnes_de_liste import Tableau
from programme.ensemble import MAXIMUM, actes_ouverts
from programme.fiche import lire_la_fiche
from programme.filters import PAR_DEFAUT, FiltreProjets
from programme.imports.projets import ImportProjets
from programme.models import Besoin, Enveloppe, Financement, Indicateur, Jalon, Mesure, Projet, Releve
from programme.vues_de_projets import PARAMETRE_VUE, MesVues
from tableurs.listes import sans_chaque_filtre
from tableurs.pages import PageParCle
from tableurs.typographie import typographier
from territoires.models import Collectivite, Departement, Inscription, Liste, Perimetre, Phase, Region, Territoire

LIGNES_PAR_PAGE = 50
# Where a project is, and which region leads there today.
LIEUX = (Territoire, Region, Inscription, Liste)


@page_publique(Projet, Besoin, Mesure, Jalon, *LIEUX, Departement, Perimetre, Phase, selon_le_lecteur=True)
def liste(request):
    vues = MesVues(request.user, request.GET)
    if vues.a_ouvrir:
        return redirect(vues.a_ouvrir)
    filtre, projets = projets_demandes(request)
    tableau = tableau_demande(request, filtre)
    lignes = tableau.preparer(projets).annotate(**Projet.objects.droits_en_nombre(request.user))
    page = PageParCle(request, lignes, LIGNES_PAR_PAGE)
    tri = (filtre.form.cleaned_data.get("tri") if filtre.is_valid() else "") or PAR_DEFAUT
    contexte = {
        "fil_ariane": [("Projets", "")],
        "page": page,
        "entetes": list(tableau.entetes(tri)),
        "lignes": tableau.lignes(page),
        "tableau": tableau,
        "vues": vues,
        **_recherche(request, filtre),
        **_ce_qui_se_fait(request, page),
    }
    return render(request, "programme/projet_liste.html", contexte)


def projets_demandes(request, parametres=None):
    """Return (filter, projects that the reader sees and the address asks for; none when it makes no sense)."""
    visibles = Projet.objects.visibles_par(request.user).order_by("-etat_depuis", "-pk")
    filtre = FiltreProjets(request.GET if parametres is None else parametres, queryset=visibles, request=request)
    return filtre, filtre.qs if filtre.is_valid() else visibles.none()


def tableau_demande(request, filtre):
    noms = {"mesures": filtre.lus["mesure"], "etiquettes": filtre.lus["etiquette"]}
    return Tableau(request.user, request.GET.getlist(COLONNES), noms)


def incompris(filtre):
    """Return what the address asks and that means nothing here, in words."""
    return [typographier(f"« {filtre.data[cle][:50]} » pour {filtre.filters[cle].label}") for cle in filtre.errors]


def _recherche(request, filtre):
    """Return what the form of the filters shows."""
    form = filtre.form
    gardes = [(nom, valeur) for nom in (COLONNES, "tri", PARAMETRE_VUE) for valeur in request.GET.getlist(nom)]
    return {
        "principaux": [form[nom] for nom in FiltreProjets.PRINCIPAUX],
        "autres": [form[nom] for nom in FiltreProjets.AUTRES if nom in form.fields],
        "autres_servent": any(request.GET.get(nom) for nom in FiltreProjets.AUTRES),
        "a_cocher": [form[nom] for nom in FiltreProjets.A_COCHER if nom in form.fields],
        "territoire": request.GET.get("territoire", ""),
        "gardes": gardes,
        # What choosing columns keeps.
        "sauf_les_colonnes": [
            (nom, valeur)
            for nom in (*FiltreProjets.CRITERES, "tri", PARAMETRE_VUE)
            for valeur in request.GET.getlist(nom)[-1:]
            if valeur
        ],
        "inconnus": incompris(filtre),
        "actifs": sans_chaque_filtre(request, filtres_actifs(filtre)),
    }


def filtres_actifs(filtre):
    """Yield (name, words) of each filter in use."""
    for cle in filtre.criteres:
        valeur = filtre.form.cleaned_data.get(cle) if filtre.is_valid() else None
        if valeur is True:
            yield cle, filtre.filters[cle].label
        elif valeur:
            yield cle, typographier(f"{filtre.filters[cle].label} : {filtre.mots(cle, valeur)}")


def _ce_qui_se_fait(request, page):
    """Return what the reader may do from the list. Rows come with what may be done of any project."""
    droits = vars(page.object_list[0]) if page.object_list else defaultdict(bool)
    return {
        "connu": request.user.is_authenticated,
        "peut_ecrire": droits["instruisibles_par"],
        "peut_ajouter": request.user.is_authenticated and Projet.objects.ajoutables_par(request.user),
        "peut_importer": request.user.is_authenticated and ImportProjets.ouverte_a(request.user),
        "actes": actes_ouverts(droits),
        "maximum": MAXIMUM,
    }


@page_publique(
    Projet,
    Besoin,
    Mesure,
    Collectivite,
    Jalon,
    Indicateur,
    Releve,
    Financement,
    Enveloppe,
    *LIEUX,
    selon_le_lecteur=True,
)
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
