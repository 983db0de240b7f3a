"""The local validation of a fiche, and taking it back: each on a page of its own."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire
from comptes.parcours import TransitionImpossible
from programme.forms.projets import FormulaireValidation
from programme.models import Projet
from programme.pages_de_redaction import fil_ariane
from tableurs.views.acces import envoi


@lire_ou_ecrire
@never_cache
def valider(request, cle):
    projet = _a_valider(request, cle)
    donnees, _ = envoi(request)
    formulaire = FormulaireValidation(
        donnees,
        initial={
            "validation_locale_par": projet.validation_locale_par,
            "validation_locale_le": projet.validation_locale_le,
        },
    )
    if formulaire.is_bound and formulaire.is_valid() and _valider(request, projet, formulaire):
        return redirect(projet)
    contexte = {"fil_ariane": fil_ariane(projet, "Validation locale"), "projet": projet, "form": formulaire}
    return render(request, "programme/projet_valider.html", contexte)


def _valider(request, projet, formulaire):
    """Return whether there is nothing left to correct."""
    try:
        donnees = formulaire.cleaned_data
        projet.valider_localement(request.user, donnees["validation_locale_par"], donnees["validation_locale_le"])
    except ValidationError as erreur:
        formulaire.ajouter_les_erreurs(erreur)
        return False
    except TransitionImpossible as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, "La validation locale est enregistrée.")
    return True


@lire_ou_ecrire
@never_cache
def annuler(request, cle):
    """Confirm, then take back what was entered."""
    projet = _a_valider(request, cle)
    if not projet.est_valide_localement:
        messages.info(request, "Ce projet n'a pas de validation locale à annuler.")
        return redirect(projet)
    if request.method == "POST":
        try:
            projet.annuler_la_validation(request.user)
        except TransitionImpossible as refus:
            messages.error(request, str(refus))
        else:
            messages.success(request, "La validation locale est annulée : le projet ne se transmet plus sans elle.")
        return redirect(projet)
    contexte = {"fil_ariane": fil_ariane(projet, "Annuler la validation locale"), "projet": projet}
    return render(request, "programme/projet_annuler_validation.html", contexte)


def _a_valider(request, cle):
    projet = get_object_or_404(Projet.objects.visibles_par(request.user).select_related("territoire"), cle=cle)
    if not Projet.objects.validables_par(request.user).filter(pk=projet.pk).exists():
        raise PermissionDenied
    return projet
