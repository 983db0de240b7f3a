"""Leaving for ProConnect and coming back."""

import secrets

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render

from comptes.methodes import lire_seulement, methodes
from comptes.proconnect import IDENTIFIANT, ClientProConnect, refuser

# ProConnect doesn't answer, or says something else than what OpenID Connect expects.
PANNES = (OAuth2Error, OSError, ValueError, KeyError, TypeError)


def _seulement_si_configure(vue):
    def vue_configuree(request, provider_id):
        if not settings.PROCONNECT_ACTIF or provider_id != IDENTIFIANT:
            raise Http404
        return vue(request)

    return vue_configuree


@login_not_required
@methodes("POST")
@_seulement_si_configure
def partir(request):
    """Send to ProConnect, by a page that sends there: the policy lets no form lead out of the site."""
    if request.user.is_authenticated:
        return redirect(get_adapter().get_login_redirect_url(request))
    alea = secrets.token_urlsafe(32)
    fournisseur = ClientProConnect(request, IDENTIFIANT).get_provider()
    try:
        reponse = fournisseur.redirect(
            request,
            process=AuthProcess.LOGIN,
            next_url=get_next_redirect_url(request),
            auth_params={"nonce": alea, "acr_values": "eidas1"},
            nonce=alea,
        )
    except PANNES:
        return refuser(request, "erreur")
    return render(request, "socialaccount/proconnect_depart.html", {"adresse": reponse.url})


@login_not_required
@lire_seulement
@_seulement_si_configure
def revenir(request):
    """Read ProConnect's answer, and sign in whoever has an account."""
    try:
        return OAuth2CallbackView.adapter_view(ClientProConnect(request, IDENTIFIANT))(request)
    except PANNES:
        return refuser(request, "erreur")
