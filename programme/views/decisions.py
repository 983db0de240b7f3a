"""What a committee decided, entered together: the form, what it would do, doing it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire
from comptes.parcours import TransitionImpossible
from programme.decisions import DecisionsDuComite
from programme.views.comites import comite_ou_404, fil_ariane, recevoir_seulement
from tableurs.francais import INSECABLE, pluriel
from tableurs.views.acces import envoi


@lire_ou_ecrire
@never_cache
def saisir(request, cle):
    """The form; once sent, what it would do: nothing is written here."""
    comite = comite_ou_404(request, cle, "modifiables_par")
    if comite.est_a_venir:
        return _trop_tot(request, comite)
    donnees, _ = envoi(request)
    decisions = DecisionsDuComite(comite, request.user, donnees)
    if donnees is not None and decisions.is_valid() and not decisions.est_a_corriger:
        decisions.prevoir()
        return _apercu(request, decisions)
    return _formulaire(request, decisions)


@recevoir_seulement
@never_cache
def appliquer(request, cle):
    """Write what was previewed; if something moved since, show what it would do now."""
    comite = comite_ou_404(request, cle, "modifiables_par")
    if comite.est_a_venir:
        return _trop_tot(request, comite)
    donnees, _ = envoi(request)
    decisions = DecisionsDuComite(comite, request.user, donnees)
    if not decisions.is_valid():
        return _formulaire(request, decisions)
    try:
        passages = decisions.appliquer()
    except (TransitionImpossible, ValidationError) as refus:
        messages.error(request, " ".join(getattr(refus, "messages", [str(refus)])))
        decisions.prevoir()
        return _apercu(request, decisions)
    if passages is None:
        return _apercu(request, decisions, a_bouge=True)
    combien = len(passages)
    accord = pluriel(combien, "décision est enregistrée", "décisions sont enregistrées")
    messages.success(request, f"{combien}{INSECABLE}{accord}. Les équipes des territoires en sont averties.")
    return redirect(comite)


def _trop_tot(request, comite):
    messages.info(request, "Ce comité n'a pas encore eu lieu : ses décisions se saisissent à partir de sa date.")
    return redirect(comite)


def _formulaire(request, decisions):
    contexte = {
        "fil_ariane": fil_ariane(decisions.comite, "Décisions"),
        "comite": decisions.comite,
        "decisions": decisions,
        "est_refuse": decisions.commune.is_bound and not decisions.est_a_corriger,
    }
    return render(request, "programme/comite_decisions.html", contexte)


def _apercu(request, decisions, a_bouge=False):
    contexte = {
        "fil_ariane": fil_ariane(decisions.comite, "Décisions"),
        "comite": decisions.comite,
        "decisions": decisions,
        "a_bouge": a_bouge,
        "nombre": len(decisions.possibles),
        "actualisations": any(ligne.actualisation for ligne in decisions.possibles),
        "reprises": [ligne for ligne in decisions.possibles if ligne.reprend],
    }
    return render(request, "programme/comite_apercu.html", contexte)
