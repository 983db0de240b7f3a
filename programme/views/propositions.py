"""What a porteur proposes, beside the fiche; the team's answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache

from comptes.acces import est_modifiable
from comptes.methodes import lire_seulement, methodes
from programme import propositions
from programme.forms.propositions import FormulaireAcceptation, FormulaireRefus
from programme.models import PropositionDeFiche
from programme.pages_de_propositions import page_de_la_proposition
from programme.redaction import droits_sur


@lire_seulement
@never_cache
def proposition(request, cle, proposition):
    lue = _lue(request, cle, proposition)
    return page_de_la_proposition(request, lue, FormulaireRefus())


@never_cache
@methodes("POST")
def accepter(request, cle, proposition):
    lue = _a_repondre(request, cle, proposition)
    formulaire = FormulaireAcceptation(request.POST, choix=lue.valeurs)
    choisis = formulaire.cleaned_data if formulaire.is_valid() else {"champs": [], "revision": ""}
    try:
        propositions.accepter(lue, request.user, choisis["champs"], choisis["revision"])
    except ValidationError as erreur:
        for message in erreur.messages:
            messages.error(request, message)
        return redirect(lue)
    messages.success(request, "Ce que vous avez accepté est dans la fiche. Le porteur en est averti.")
    return redirect(lue.projet)


@never_cache
@methodes("POST")
def refuser(request, cle, proposition):
    lue = _a_repondre(request, cle, proposition)
    formulaire = FormulaireRefus(request.POST)
    if not formulaire.is_valid():
        return page_de_la_proposition(request, lue, formulaire)
    succes = "La proposition est refusée. Le porteur lit pourquoi."
    return _finir(request, lue, succes, propositions.refuser, **formulaire.cleaned_data)


@never_cache
@methodes("POST")
def retirer(request, cle, proposition):
    lue = _lue(request, cle, proposition)
    if lue.auteur_id != request.user.pk or not lue.est_en_attente:
        raise PermissionDenied
    return _finir(request, lue, "Votre proposition est retirée.", propositions.retirer)


def _finir(request, lue, succes, acte, **champs):
    try:
        acte(lue, request.user, **champs)
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
    else:
        messages.success(request, succes)
    return redirect(lue.projet)


def _lue(request, cle, proposition):
    visibles = PropositionDeFiche.objects.visibles_par(request.user).select_related(
        "projet__territoire", "auteur", "traitee_par"
    )
    lue = get_object_or_404(visibles, cle=proposition, projet__cle=cle)
    secret = lue.auteur_id != request.user.pk and propositions.secrete(lue)
    if secret and "secrets_connus_par" not in droits_sur(lue.projet, request.user):
        raise PermissionDenied
    return lue


def _a_repondre(request, cle, proposition):
    lue = _lue(request, cle, proposition)
    # Once answered, whoever could have is told so.
    redige = "redigeables_par" in droits_sur(lue.projet, request.user)
    if not redige or (lue.est_en_attente and not est_modifiable(lue, request.user)):
        raise PermissionDenied
    return lue
