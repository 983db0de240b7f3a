"""Who may open the imports, and how."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache

from comptes.acces import est_modifiable, voit_tout
from comptes.methodes import lire_ou_ecrire
from tableurs.models import LotImport
from tableurs.ressources import ouvertes

CHIFFRES_MAX = 6


def qui_importe(vue):
    """Decorate a view for whoever sees imports; anyone else who signed in: 403. Nothing is kept in any cache."""

    @wraps(vue)
    def vue_reservee(request, *args, **kwargs):
        if not (ouvertes(request.user) or voit_tout(request.user)):
            raise PermissionDenied
        return vue(request, *args, **kwargs)

    return never_cache(vue_reservee)


def transition(vue):
    """Decorate a view that only receives: who comes back to its address (after signing in) gets the import's page."""

    @lire_ou_ecrire
    @wraps(vue)
    def vue_de_transition(request, cle):
        return vue(request, cle) if request.method == "POST" else redirect("import", cle=cle)

    return vue_de_transition


def envoi(request):
    """Return (data, files) of a form that was sent, else (None, None). A form may be sent empty."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def lot_ou_404(request, cle, ecrire=False):
    """Return an import that the reader sees (404), and may change when `ecrire` (403)."""
    lots = LotImport.objects.visibles_par(request.user).select_related("depose_par", "applique_par", "annule_par")
    lot = get_object_or_404(lots, cle=cle)
    if ecrire and not est_modifiable(lot, request.user):
        raise PermissionDenied
    return lot


def page_demandee(request, paginateur):
    """Return the page that the address asks for (the first by default), or raise 404."""
    numero = request.GET.get("page", "1")
    if not (numero.isdecimal() and len(numero) <= CHIFFRES_MAX and 1 <= int(numero) <= paginateur.num_pages):
        raise Http404("Page inconnue")
    return paginateur.page(int(numero))
