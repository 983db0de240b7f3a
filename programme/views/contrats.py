"""The contracts of the territories, for those who keep them; anyone reads them on the territory's page."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire, lire_seulement
from programme.forms.contrats import ChoixDuTerritoire, FormulaireContrat
from programme.models import Contrat, DocumentSigne
from programme.models.contrats import lit_des_contrats
from tableurs.views.acces import envoi, page_demandee

LIGNES_PAR_PAGE = 50


@lire_seulement
@never_cache
def liste(request):
    if not lit_des_contrats(request.user):
        raise PermissionDenied
    contrats = Contrat.objects.connus_par(request.user).select_related("territoire", "contrat_initial")
    documents = Prefetch("documents", DocumentSigne.objects.visibles_par(request.user).en_cours(), to_attr="en_cours")
    contrats = contrats.prefetch_related(documents)
    modifiables = Contrat.objects.modifiables_par(request.user).values_list("pk", flat=True)
    page = page_demandee(request, Paginator(contrats.order_by("territoire__nom", "signe_le", "pk"), LIGNES_PAR_PAGE))
    contexte = {
        "fil_ariane": [("Contrats", "")],
        "page": page,
        "modifiables": set(modifiables.filter(pk__in=[contrat.pk for contrat in page])),
        "peut_ajouter": Contrat.objects.ajoutables_par(request.user),
    }
    return render(request, "programme/contrat_liste.html", contexte)


@lire_ou_ecrire
@never_cache
def nouveau(request):
    """The territory comes in the address; without it, it is asked."""
    if not Contrat.objects.ajoutables_par(request.user):
        raise PermissionDenied
    choix = ChoixDuTerritoire(request.GET if "territoire" in request.GET else None, personne=request.user)
    if not choix.is_valid():
        contexte = {"fil_ariane": _fil_ariane("Enregistrer un contrat"), "form": choix}
        return render(request, "programme/contrat_territoire.html", contexte)
    return _ecrire(request, Contrat(territoire=choix.cleaned_data["territoire"]), "Enregistrer un contrat")


@lire_ou_ecrire
@never_cache
def modifier(request, cle):
    """Anyone may know of a contract: without the right, 403."""
    contrat = get_object_or_404(Contrat.objects.visibles_par(request.user).select_related("territoire"), cle=cle)
    if not Contrat.objects.modifiables_par(request.user).filter(pk=contrat.pk).exists():
        raise PermissionDenied
    return _ecrire(request, contrat, "Modifier un contrat")


def _ecrire(request, contrat, titre):
    donnees, _ = envoi(request)
    formulaire = FormulaireContrat(donnees, instance=contrat, personne=request.user)
    if formulaire.is_bound and formulaire.is_valid():
        contrat = formulaire.save()
        messages.success(request, f"{contrat.territoire} : {str(contrat).lower()}, enregistré.")
        return redirect("contrats")
    contexte = {"fil_ariane": _fil_ariane(titre), "contrat": contrat, "form": formulaire, "titre": titre}
    return render(request, "programme/contrat_modifier.html", contexte)


def _fil_ariane(titre):
    return [("Contrats", reverse("contrats")), (titre, "")]
