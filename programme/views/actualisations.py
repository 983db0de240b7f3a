"""Actualising the fiche of an inscribed project: written beside it, read, applied or decided."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire, lire_seulement
from comptes.parcours import TransitionImpossible, TransitionIncomplete
from programme.actualisations import ecrire, franchir, ouverte
from programme.enums import EtatActualisation
from programme.forms.actualisations import FormulaireDeclaration, FormulaireDEtape
from programme.models import Actualisation, Projet
from programme.pages_d_actualisation import page_de_l_actualisation, page_de_l_etape, page_pour_ecrire
from programme.propositions import secrete
from programme.redaction import droits_sur
from programme.saisie import Saisie
from tableurs.views.acces import envoi


@lire_ou_ecrire
@never_cache
def actualiser(request, cle):
    """The form of the fiche, whose changes are kept beside it."""
    if request.method == "POST":
        with transaction.atomic():
            return _ecrire(request, cle)
    projet, actualisation, droits = _a_ecrire(request, cle)
    if actualisation and actualisation.etat != EtatActualisation.PREPARATION:
        messages.info(request, "Une actualisation est soumise à la région : reprenez-la pour y écrire.")
        return redirect(actualisation)
    saisie = Saisie(projet, droits, proposees=actualisation and actualisation.valeurs, avec_parties=False)
    return page_pour_ecrire(request, saisie, FormulaireDeclaration(actualisation=actualisation), actualisation)


def _ecrire(request, cle):
    """Under the lock of the project."""
    projet, actualisation, droits = _a_ecrire(request, cle, Projet.objects.select_for_update(of=("self",)))
    saisie = Saisie(projet, droits, request.POST, avec_parties=False)
    declaration = FormulaireDeclaration(request.POST, actualisation=actualisation)
    if not all([saisie.is_valid(), declaration.is_valid()]):
        return page_pour_ecrire(request, saisie, declaration, actualisation)
    try:
        ecrite = ecrire(projet, request.user, saisie, declaration.cleaned_data["declaree_substantielle"])
    except TransitionImpossible as refus:
        messages.error(request, str(refus))
        return redirect(projet)
    if ecrite is None:
        messages.info(request, "Vous n'avez rien changé : il n'y a rien à actualiser.")
        return redirect(projet)
    messages.success(request, "L'actualisation est enregistrée à part : la fiche n'a pas encore changé.")
    return redirect(ecrite)


def _a_ecrire(request, cle, projets=None):
    """Return (project, its open actualisation, rights): 404 outside what one sees, 403 without the right."""
    vus = Projet.objects.visibles_par(request.user).select_related("territoire")
    if projets is not None:
        vus = projets.filter(pk__in=vus.values("pk")).select_related("territoire")
    projet = get_object_or_404(vus, cle=cle)
    if not Projet.objects.actualisables_par(request.user).filter(pk=projet.pk).exists():
        raise PermissionDenied
    actualisation, droits = ouverte(projet), droits_sur(projet, request.user)
    if actualisation and secrete(actualisation) and "secrets_connus_par" not in droits:
        # Amounts that are to become secret are so already.
        droits = droits - {"montants_visibles_par"}
    return projet, actualisation, droits


@lire_seulement
@never_cache
def actualisation(request, cle, actualisation):
    return page_de_l_actualisation(request, _lue(request, cle, actualisation))


@lire_ou_ecrire
@never_cache
def franchir_une_etape(request, cle, actualisation, etape):
    """Show what follows, ask what it takes, then do it. 404 outside the scope; 403 inside it without the right."""
    lue = _lue(request, cle, actualisation)
    transition = next((une for une in Actualisation.parcours.transitions if une.cle == etape), None)
    if transition is None:
        raise Http404("Étape inconnue")
    if not getattr(Actualisation.objects, transition.qui)(request.user).filter(pk=lue.pk).exists():
        raise PermissionDenied
    donnees, _ = envoi(request)
    formulaire = FormulaireDEtape(donnees, transition=transition, actualisation=lue, personne=request.user)
    if formulaire.is_bound and formulaire.is_valid() and (reponse := _franchir(request, lue, transition, formulaire)):
        return reponse
    return page_de_l_etape(request, lue, transition, formulaire)


def _franchir(request, lue, transition, formulaire):
    """Return the answer once it is done, or can't be; None when what was entered is to be corrected."""
    projet = lue.projet
    try:
        franchir(lue, transition, request.user, **formulaire.cleaned_data)
    except ValidationError as erreur:
        lue.projet = projet
        formulaire.ajouter_les_erreurs(erreur)
        return None
    except TransitionIncomplete as refus:
        messages.error(request, " ".join(f"{manque.message}" for manque in refus.manques))
    except TransitionImpossible as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, f"Actualisation de « {projet.titre} » : {lue.get_etat_display().lower()}.")
        if transition.vers in EtatActualisation.ecrites():
            return redirect(projet)
    return redirect("projet_actualisation", cle=projet.cle, actualisation=lue.cle)


def _lue(request, cle, actualisation):
    visibles = Actualisation.objects.visibles_par(request.user).select_related("projet__territoire", "saisi_par")
    return get_object_or_404(visibles, cle=actualisation, projet__cle=cle)
