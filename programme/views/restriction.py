"""Whether the public is shown an inscribed project: for the region that decides of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire
from programme.forms.projets import FormulaireRestriction
from programme.models import Projet
from programme.pages_de_redaction import fil_ariane
from programme.restriction import restreindre
from tableurs.views.acces import envoi


@lire_ou_ecrire
@never_cache
def restriction(request, cle):
    """Ask why it isn't shown, or show it again (`montrer`). 404 outside the scope; 403 inside it without the right."""
    projet = get_object_or_404(Projet.objects.visibles_par(request.user).select_related("territoire"), cle=cle)
    if not Projet.objects.instruisibles_par(request.user).filter(pk=projet.pk).exists():
        raise PermissionDenied
    donnees, _ = envoi(request)
    if donnees is not None and "montrer" in donnees:
        restreindre(projet, request.user, "")
        messages.success(request, "Le projet est montré au public, sauf ce qui est marqué secret.")
        return redirect(projet)
    formulaire = FormulaireRestriction(donnees, initial={"motif": projet.non_public_motif})
    if formulaire.is_bound and formulaire.is_valid():
        restreindre(projet, request.user, formulaire.cleaned_data["motif"])
        messages.success(request, "Le projet n'est plus montré au public.")
        return redirect(projet)
    contexte = {"fil_ariane": fil_ariane(projet, "Montrer au public"), "projet": projet, "form": formulaire}
    return render(request, "programme/projet_restreindre.html", contexte)
