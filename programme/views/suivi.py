"""Following an inscribed project."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire
from programme.enums import EtatProjet
from programme.forms.suivi import FormulaireSuivi
from programme.models import Projet
from programme.pages_de_redaction import fil_ariane


@lire_ou_ecrire
@never_cache
def suivre(request, cle):
    """One page: what was reached, read, lifted."""
    if request.method == "POST":
        with transaction.atomic():
            projet = _a_suivre(request, cle, Projet.objects.select_for_update(of=("self",)))
            suivi = FormulaireSuivi(projet, request.POST)
            if suivi.is_valid():
                combien = suivi.enregistrer()
                messages.success(request, "Le suivi est enregistré." if combien else "Rien n'a changé.")
                return redirect("projet_suivre", cle=cle)
    else:
        projet = _a_suivre(request, cle)
        suivi = FormulaireSuivi(projet)
    contexte = {
        "fil_ariane": fil_ariane(projet, "Suivre"),
        "projet": projet,
        "suivi": suivi,
        "est_refuse": request.method == "POST",
    }
    return render(request, "programme/projet_suivre.html", contexte)


def _a_suivre(request, cle, projets=None):
    vus = Projet.objects.visibles_par(request.user)
    lus = (Projet.objects if projets is None else projets).filter(pk__in=vus.values("pk"))
    projet = get_object_or_404(lus.select_related("territoire"), cle=cle)
    suivables = Projet.objects.completables_par(request.user).filter(pk=projet.pk, etat__in=EtatProjet.suivis())
    if not suivables.exists():
        raise PermissionDenied
    return projet
