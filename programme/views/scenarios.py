"""Scenarios: drafts of how a share could be given out, side by side, then programmed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire, lire_seulement, methodes
from comptes.parcours import TransitionImpossible
from programme.argent import scenarios
from programme.forms.scenarios import FormulaireDecision, FormulaireMontants, FormulaireScenario
from programme.models import Scenario
from programme.models.dotations import suit_l_argent
from programme.montants import somme
from tableurs.views.acces import envoi, page_demandee

LIGNES_PAR_PAGE = 25
recevoir_seulement = methodes("POST")
LU_AVEC = ("dotation__exercice__enveloppe", "dotation__region", "dotation__territoire", "saisi_par")


@lire_seulement
@never_cache
def liste(request):
    if not suit_l_argent(request.user):
        raise PermissionDenied
    lus = Scenario.objects.visibles_par(request.user).select_related(*LU_AVEC)
    lus = lus.annotate(montants=somme("lignes__montant"), combien=Count("lignes")).order_by("-cree_le", "-pk")
    contexte = {
        "fil_ariane": _fil_ariane(),
        "page": page_demandee(request, Paginator(lus, LIGNES_PAR_PAGE)),
        "peut_ajouter": Scenario.objects.ajoutables_par(request.user),
    }
    return render(request, "programme/scenario_liste.html", contexte)


@lire_ou_ecrire
@never_cache
def nouveau(request):
    if not Scenario.objects.ajoutables_par(request.user):
        raise PermissionDenied
    donnees, _ = envoi(request)
    formulaire = FormulaireScenario(donnees, personne=request.user, initial={"dotation": request.GET.get("dotation")})
    if formulaire.is_bound and formulaire.is_valid():
        return redirect(formulaire.save())
    contexte = {"fil_ariane": _fil_ariane("Nouveau scénario"), "form": formulaire}
    return render(request, "programme/scenario_nouveau.html", contexte)


@lire_ou_ecrire
@never_cache
def fiche(request, cle):
    """The lines that it could give to, page after page; what it leaves stays in view."""
    scenario = _scenario_ou_404(request, cle)
    modifiable = Scenario.objects.modifiables_par(request.user).filter(pk=scenario.pk).exists()
    if request.method == "POST" and not modifiable:
        raise PermissionDenied
    page = page_demandee(request, Paginator(scenarios.candidats(scenario, request.user), LIGNES_PAR_PAGE))
    lignes = scenarios.lignes_de(page.object_list)
    donnes = dict(scenario.lignes.values_list("financement", "montant"))
    donnees, _ = envoi(request)
    formulaire = FormulaireMontants(donnees, scenario=scenario, lignes=lignes, donnes=donnes)
    if formulaire.is_bound and formulaire.is_valid():
        try:
            scenarios.enregistrer(scenario, formulaire.montants, formulaire.cleaned_data["revision"], request.user)
        except TransitionImpossible as refus:
            messages.error(request, str(refus))
        else:
            messages.success(request, "Le scénario est enregistré. Rien n'est programmé.")
        return redirect(f"{scenario.get_absolute_url()}?page={page.number}")
    autres = Scenario.objects.visibles_par(request.user).filter(dotation=scenario.dotation_id).exclude(pk=scenario.pk)
    contexte = {
        "fil_ariane": _fil_ariane(scenario.nom),
        "scenario": scenario,
        "bilan": scenarios.bilan(scenario),
        "page": page,
        "form": formulaire,
        "modifiable": modifiable,
        "autres": autres,
    }
    return render(request, "programme/scenario_fiche.html", contexte)


@recevoir_seulement
def dupliquer(request, cle):
    scenario = _scenario_ou_404(request, cle)
    if not Scenario.objects.decidables(request.user, scenario.dotation):
        raise PermissionDenied
    copie = scenarios.dupliquer(scenario, request.user)
    messages.success(request, "Voici la copie : changez-la, puis comparez.")
    return redirect(copie)


@lire_seulement
@never_cache
def comparer(request):
    """Two scenarios of one share, side by side."""
    if not suit_l_argent(request.user):
        raise PermissionDenied
    un, autre = (_scenario_ou_404(request, request.GET.get(nom, "")) for nom in ("a", "b"))
    contexte = {
        "fil_ariane": _fil_ariane("Comparer"),
        "bilans": [scenarios.bilan(un), scenarios.bilan(autre)],
        "differences": scenarios.comparer(un, autre),
    }
    return render(request, "programme/scenario_comparer.html", contexte)


@lire_ou_ecrire
@never_cache
def programmer(request, cle):
    """Say what would happen, ask who decided, then programme all of it, or nothing."""
    scenario = _scenario_ou_404(request, cle)
    if not Scenario.objects.modifiables_par(request.user).filter(pk=scenario.pk).exists():
        raise PermissionDenied
    donnees, _ = envoi(request)
    formulaire = FormulaireDecision(donnees, scenario=scenario)
    if formulaire.is_bound and formulaire.is_valid():
        try:
            scenarios.programmer(scenario, request.user, **formulaire.cleaned_data)
        except ValidationError as erreur:
            formulaire._update_errors(erreur)
        except TransitionImpossible as refus:
            formulaire.add_error(None, f"Rien n'est programmé. {refus}")
        else:
            messages.success(request, f"Le scénario « {scenario} » est programmé.")
            return redirect(scenario.dotation)
    contexte = {
        "fil_ariane": _fil_ariane(scenario.nom, scenario.get_absolute_url(), "Programmer"),
        "scenario": scenario,
        "apercu": scenarios.prevoir(scenario, request.user),
        "form": formulaire,
    }
    return render(request, "programme/scenario_programmer.html", contexte)


def _scenario_ou_404(request, cle):
    return get_object_or_404(Scenario.objects.visibles_par(request.user).select_related(*LU_AVEC), cle=cle)


def _fil_ariane(titre="", adresse="", suite=""):
    fil = [("Enveloppes", reverse("suivi_financier")), ("Scénarios", reverse("scenarios") if titre else "")]
    if titre:
        fil.append((titre, adresse))
    return [*fil, (suite, "")] if suite else fil
