"""The State's opinion on a project."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire
from programme.forms.comites import FormulaireAvis
from programme.models import Avis, Projet
from programme.models.avis import autorites_pour
from programme.pages_de_redaction import fil_ariane
from tableurs.views.acces import envoi


@lire_ou_ecrire
@never_cache
def donner(request, cle):
    """404 outside the scope; 403 inside it without the right, or once it is decided."""
    projet = get_object_or_404(Projet.objects.visibles_par(request.user).select_related("territoire"), cle=cle)
    if not Projet.objects.avisables_par(request.user).filter(pk=projet.pk).exists():
        raise PermissionDenied
    autorites = list(autorites_pour(projet, request.user).select_related("region", "departement"))
    donnees, _ = envoi(request)
    formulaire = FormulaireAvis(donnees, autorites=autorites)
    if formulaire.is_bound and formulaire.is_valid():
        champs = {nom: formulaire.cleaned_data[nom] for nom in ("sens", "motif", "date")}
        avis = Avis.donner(projet, request.user, formulaire.habilitation, **champs)
        messages.success(request, f"L'avis est enregistré : {avis.get_sens_display().lower()}.")
        return redirect(projet)
    contexte = {
        "fil_ariane": fil_ariane(projet, "Avis de l'État"),
        "projet": projet,
        "form": formulaire,
        "avis": list(projet.avis.courants().select_related("region", "departement", "donne_par")),
    }
    return render(request, "programme/projet_avis.html", contexte)
