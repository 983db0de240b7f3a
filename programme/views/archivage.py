"""Archiving a project that has ended, and taking it back: each confirmed on a page of its own."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire
from comptes.parcours import TransitionImpossible
from programme import archivage
from programme.models import Projet
from programme.pages_de_redaction import fil_ariane


@lire_ou_ecrire
@never_cache
def archiver(request, cle):
    succes = "Le projet est archivé : il n'est plus dans les listes, sauf si on y demande les projets archivés."
    return _confirmer(request, cle, archivage.archiver, "archivables_par", succes)


@lire_ou_ecrire
@never_cache
def desarchiver(request, cle):
    succes = "Le projet est sorti des archives : il est de nouveau dans les listes."
    return _confirmer(request, cle, archivage.desarchiver, "desarchivables_par", succes)


def _confirmer(request, cle, acte, regle, succes):
    projet = get_object_or_404(
        Projet.objects.visibles_par(request.user).select_related("territoire", "archive_par"), cle=cle
    )
    if not Projet.objects.conduits_par(request.user).filter(pk=projet.pk).exists():
        raise PermissionDenied
    if request.method == "POST":
        try:
            acte(projet, request.user)
        except TransitionImpossible as refus:
            messages.error(request, str(refus))
        else:
            messages.success(request, succes)
        return redirect(projet)
    verbe = "Sortir des archives" if projet.archive_le else "Archiver le projet"
    contexte = {
        "fil_ariane": fil_ariane(projet, verbe),
        "projet": projet,
        "verbe": verbe,
        "possible": getattr(Projet.objects, regle)(request.user).filter(pk=projet.pk).exists(),
    }
    return render(request, "programme/projet_archiver.html", contexte)
