"""The committees of a region: the list, one of them, its agenda, its record."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire, lire_seulement, methodes
from programme.comites import FicheComite, OrdreDuJour
from programme.forms.comites import FormulaireComite
from programme.models import Comite
from programme.models.comites import lit_des_comites
from programme.models.contrats import lit_des_contrats
from tableurs.francais import pluriel
from tableurs.views.acces import envoi, page_demandee

LIGNES_PAR_PAGE = 50
recevoir_seulement = methodes("POST")


def fil_ariane(comite, page=""):
    fil = [("Comités", reverse("comites"))]
    return [*fil, (str(comite), comite.get_absolute_url()), (page, "")] if page else [*fil, (str(comite), "")]


def comite_ou_404(request, cle, regle="visibles_par"):
    """Return a committee that the reader sees (404), and to which the rule of that name applies (403)."""
    visibles = Comite.objects.visibles_par(request.user).select_related("region", "saisi_par", "clos_par")
    comite = get_object_or_404(visibles, cle=cle)
    if regle != "visibles_par" and not getattr(Comite.objects, regle)(request.user).filter(pk=comite.pk).exists():
        raise PermissionDenied
    return comite


@lire_seulement
@never_cache
def liste(request):
    if not lit_des_comites(request.user):
        raise PermissionDenied
    comites = Comite.objects.visibles_par(request.user).select_related("region").order_by("-date", "-pk")
    contexte = {
        "fil_ariane": [("Comités", "")],
        "page": page_demandee(request, Paginator(comites, LIGNES_PAR_PAGE)),
        "peut_ajouter": Comite.objects.ajoutables_par(request.user),
        "lit_des_contrats": lit_des_contrats(request.user),
    }
    return render(request, "programme/comite_liste.html", contexte)


@lire_ou_ecrire
@never_cache
def nouveau(request):
    if not Comite.objects.ajoutables_par(request.user):
        raise PermissionDenied
    donnees, _ = envoi(request)
    formulaire = FormulaireComite(donnees, personne=request.user)
    if formulaire.is_bound and formulaire.is_valid():
        comite = formulaire.save()
        messages.success(request, "Le comité est préparé. Choisissez les projets de son ordre du jour.")
        return redirect("comite_ordre_du_jour", cle=comite.cle)
    contexte = {"fil_ariane": [("Comités", reverse("comites")), ("Préparer un comité", "")], "form": formulaire}
    return render(request, "programme/comite_modifier.html", contexte)


@lire_seulement
@never_cache
def fiche(request, cle):
    comite = comite_ou_404(request, cle)
    contexte = {"fil_ariane": fil_ariane(comite), "comite": comite, "fiche": FicheComite(comite, request.user)}
    return render(request, "programme/comite_fiche.html", contexte)


@lire_ou_ecrire
@never_cache
def modifier(request, cle):
    comite = comite_ou_404(request, cle, "modifiables_par")
    donnees, _ = envoi(request)
    formulaire = FormulaireComite(donnees, instance=comite, personne=request.user)
    if formulaire.is_bound and formulaire.is_valid():
        formulaire.save()
        messages.success(request, "Le comité est enregistré.")
        return redirect(comite)
    contexte = {"fil_ariane": fil_ariane(comite, "Modifier"), "comite": comite, "form": formulaire}
    return render(request, "programme/comite_modifier.html", contexte)


@lire_ou_ecrire
@never_cache
def ordre_du_jour(request, cle):
    """Choose among the region's projects, in which order."""
    comite = comite_ou_404(request, cle, "modifiables_par")
    donnees, _ = envoi(request)
    ordre = OrdreDuJour(comite, request.GET.get("q", ""), donnees)
    if donnees is not None and ordre.is_valid():
        try:
            entres, sortis = comite.ordonner(ordre.retenus(), request.user)
        except ValidationError as refus:
            messages.error(request, " ".join(refus.messages))
        else:
            messages.success(
                request,
                f"L'ordre du jour est enregistré : {entres} {pluriel(entres, 'projet ajouté', 'projets ajoutés')}, "
                f"{sortis} {pluriel(sortis, 'retiré')}.",
            )
            return redirect(comite)
    contexte = {"fil_ariane": fil_ariane(comite, "Ordre du jour"), "comite": comite, "ordre": ordre}
    return render(request, "programme/comite_ordre_du_jour.html", contexte)


@recevoir_seulement
def clore(request, cle):
    comite = comite_ou_404(request, cle, "modifiables_par")
    try:
        comite.clore(request.user)
    except ValidationError as refus:
        messages.error(request, " ".join(refus.messages))
    else:
        messages.success(request, "Le relevé de décisions est arrêté : rien n'y change plus, sauf à le rouvrir.")
    return redirect(comite)


@recevoir_seulement
def rouvrir(request, cle):
    comite = comite_ou_404(request, cle, "tenus_par")
    comite.rouvrir(request.user)
    messages.success(request, "Le relevé est rouvert : il peut être corrigé.")
    return redirect(comite)
