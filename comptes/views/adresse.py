"""Changing one's address: asking, confirming from the new mailbox, stopping from the old one."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse_lazy

from comptes import adresses
from comptes.forms_compte import FormulaireAdresse
from comptes.methodes import lire_ou_ecrire

FIL = [("Mon compte", reverse_lazy("compte")), ("Changer d'adresse", "")]


@lire_ou_ecrire
@reauthentication_required
def changer(request):
    envoye = request.POST if request.method == "POST" else None
    formulaire = FormulaireAdresse(envoye, personne=request.user)
    if formulaire.is_bound and formulaire.is_valid() and formulaire.save():
        messages.success(
            request,
            f"Un message est parti à {formulaire.cleaned_data['nouvelle']}. Rien ne change tant que vous n'avez pas "
            "ouvert le lien qu'il contient.",
        )
        return redirect("compte")
    return render(request, "comptes/adresse.html", {"form": formulaire, "fil_ariane": FIL})


@lire_ou_ecrire
def confirmer(request, jeton):
    """Only whoever asked: a mistyped address doesn't give an account away."""
    changement = adresses.lire(adresses.CONFIRMER, jeton)
    if changement is None or changement.personne != request.user:
        raise Http404("Lien d'un autre compte, ou inventé")
    if not adresses.se_confirme(changement):
        return _perime(request, adresses.PERIME)
    if request.method == "POST":
        try:
            adresses.confirmer(changement, request.session.session_key)
        except adresses.ChangementImpossible as impossible:
            return _perime(request, str(impossible))
        messages.success(request, f"L'adresse de votre compte est maintenant {changement.nouvelle}.")
        return redirect("compte")
    return render(request, "comptes/adresse_confirmer.html", {"changement": changement, "fil_ariane": FIL})


@login_not_required
@lire_ou_ecrire
def arreter(request, jeton):
    """Whoever reads the old mailbox: they may be unable to sign in any more."""
    changement = adresses.lire(adresses.ARRETER, jeton)
    if changement is None:
        raise Http404("Lien inventé, ou oublié depuis")
    if not adresses.s_arrete(changement):
        return _perime(request, adresses.PERIME)
    if request.method == "POST":
        try:
            adresses.arreter(changement)
        except adresses.ChangementImpossible as impossible:
            return _perime(request, str(impossible))
        logout(request)
        return render(request, "comptes/adresse_arretee.html", {"adresse": changement.ancienne})
    return render(request, "comptes/adresse_arreter.html", {"changement": changement})


def _perime(request, raison):
    return render(request, "comptes/adresse_perimee.html", {"raison": raison}, status=410)
