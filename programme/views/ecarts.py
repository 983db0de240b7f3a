"""Acts already taken that can't be counted yet: seen, then counted or set aside."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire, lire_seulement, methodes
from comptes.parcours import TransitionImpossible
from programme.argent import faits
from programme.models import Ecart, Financement
from programme.models.dotations import suit_l_argent
from tableurs.views.acces import envoi, page_demandee

LIGNES_PAR_PAGE = 50
recevoir_seulement = methodes("POST")


class FormulaireMotif(forms.Form):
    motif = forms.CharField(
        label="Pourquoi il est écarté",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Par exemple : saisi deux fois, acte retiré. Gardé et montré.",
    )


@lire_seulement
@never_cache
def liste(request):
    if not suit_l_argent(request.user):
        raise PermissionDenied
    ecarts = Ecart.objects.visibles_par(request.user).filter(regle_le=None)
    ecarts = ecarts.select_related("financement__projet__territoire", "financement__territoire", "saisi_par")
    ecarts = ecarts.select_related("financement__enveloppe", "dotation__exercice__enveloppe", "dotation__region")
    page = page_demandee(request, Paginator(ecarts, LIGNES_PAR_PAGE))
    siens = Financement.objects.attribuables_par(request.user)
    contexte = {
        "fil_ariane": [("Enveloppes", reverse("suivi_financier")), ("Écarts à régulariser", "")],
        "page": page,
        "reglables": set(siens.filter(pk__in=[ecart.financement_id for ecart in page]).values_list("pk", flat=True)),
    }
    return render(request, "programme/ecart_liste.html", contexte)


@recevoir_seulement
def regulariser(request, cle):
    ecart = _ecart_ou_404(request, cle)
    try:
        faits.regulariser(ecart, request.user)
    except (TransitionImpossible, ValidationError) as refus:
        messages.error(request, f"Il ne peut pas encore être compté. {' '.join(_dire(refus))}")
    else:
        messages.success(request, "L'acte est compté : il n'est plus un écart.")
    return redirect("ecarts")


@lire_ou_ecrire
@never_cache
def ecarter(request, cle):
    ecart = _ecart_ou_404(request, cle)
    donnees, _ = envoi(request)
    formulaire = FormulaireMotif(donnees)
    if formulaire.is_bound and formulaire.is_valid():
        try:
            faits.ecarter(ecart, formulaire.cleaned_data["motif"], request.user)
        except TransitionImpossible as refus:
            messages.error(request, str(refus))
        else:
            messages.success(request, "L'écart est réglé : l'acte est écarté.")
        return redirect("ecarts")
    contexte = {
        "fil_ariane": [
            ("Enveloppes", reverse("suivi_financier")),
            ("Écarts à régulariser", reverse("ecarts")),
            ("Écarter un acte", ""),
        ],
        "ecart": ecart,
        "form": formulaire,
    }
    return render(request, "programme/ecart_ecarter.html", contexte)


def _ecart_ou_404(request, cle):
    """Return one that the reader sees (404) and settles (403)."""
    visibles = Ecart.objects.visibles_par(request.user).select_related("financement__enveloppe")
    ecart = get_object_or_404(visibles, cle=cle)
    if not Financement.objects.attribuables_par(request.user).filter(pk=ecart.financement_id).exists():
        raise PermissionDenied
    return ecart


def _dire(refus):
    return refus.messages if isinstance(refus, ValidationError) else [str(refus)]
