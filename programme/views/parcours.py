"""Moving a project: one page and one POST for each transition of the table."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire
from comptes.parcours import TransitionImpossible
from programme.decisions import decider
from programme.fiche import suite
from programme.forms.parcours import FormulaireTransition
from programme.forms.remarques import Remarques
from programme.models import Projet
from programme.pages_de_redaction import fil_ariane
from programme.remarques import DEMANDE, RETOUR, demander, remarques_de, sans_reponse
from tableurs.francais import INSECABLE
from tableurs.views.acces import envoi


@lire_ou_ecrire
@never_cache
def passer_une_etape(request, cle, etape):
    """Show what follows, ask what it takes, then do it. 404 outside the scope; 403 inside it without the right."""
    projet = get_object_or_404(Projet.objects.visibles_par(request.user).select_related("territoire"), cle=cle)
    transition = next((une for une in Projet.parcours.transitions if une.cle == etape), None)
    if transition is None:
        raise Http404("Étape inconnue")
    if not getattr(Projet.objects, transition.qui)(request.user).filter(pk=projet.pk).exists():
        raise PermissionDenied
    formulaire, remarques = _a_remplir(request, transition, projet)
    if _est_rempli(formulaire, remarques) and (reponse := _passer(request, projet, transition, formulaire, remarques)):
        return reponse
    return render(
        request,
        "programme/projet_etape.html",
        {
            "fil_ariane": fil_ariane(projet, transition.verbe),
            "projet": projet,
            "transition": transition,
            "vers": dict(projet._meta.get_field("etat").choices)[transition.vers],
            "possible": projet.etat in transition.de,
            "saisi_par_soi": transition.interdit_a_qui_a_saisi and projet.a_ete_saisi_par(request.user),
            "manques": [manque for exigence in transition.exige for manque in exigence(projet)],
            "avertit": transition.avertit is not None,
            "form": formulaire,
            "est_refuse": formulaire.is_bound,
            "remarques": remarques,
            "sans_reponse": sans_reponse(remarques_de(projet, request.user)) if transition.cle == RETOUR else [],
        },
    )


def _a_remplir(request, transition, projet):
    """Return the form of a transition, and the rows of remarks where there are any, else None."""
    donnees, _ = envoi(request)
    contexte = {"transition": transition, "projet": projet, "personne": request.user}
    remarques = Remarques(donnees) if transition.cle == DEMANDE else None
    if remarques and remarques.en_ajoute:
        return FormulaireTransition(initial=donnees.dict(), **contexte), remarques
    return FormulaireTransition(donnees, **contexte), remarques


def _est_rempli(formulaire, remarques):
    # Both are looked at: every error is said at once.
    return formulaire.is_bound and all([formulaire.is_valid(), remarques is None or remarques.is_valid()])


def _passer(request, projet, transition, formulaire, remarques):
    """Return the answer once it is done, or can't be; None when what was entered is to be corrected."""
    try:
        if remarques is None:
            decider(projet, transition, request.user, **formulaire.cleaned_data)
        else:
            demander(projet, request.user, remarques.ecrites(), **formulaire.cleaned_data)
    except ValidationError as erreur:
        formulaire.ajouter_les_erreurs(erreur)
        return None
    except TransitionImpossible as refus:
        messages.error(request, str(refus))
    else:
        dit = f"« {projet.titre} »{INSECABLE}: {projet.get_etat_display().lower()}."
        messages.success(request, f"{dit} {suite(projet, request.user)}".strip())
    return redirect(projet)
