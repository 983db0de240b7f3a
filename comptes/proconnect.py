"""ProConnect, the sign-in of public agents (OpenID Connect): it opens accounts that exist, and makes none.

Accounts are matched at each sign-in on the address that ProConnect vouches for: nothing is kept of its answers.
"""

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.shortcuts import render

from comptes.models import Utilisateur

IDENTIFIANT = "proconnect"
# Signatures by a published key: never one made with a secret that both sides know, nor none.
SIGNATURES = ["RS256", "ES256"]


class ProConnect(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request, sociallogin):
        return False

    def pre_social_login(self, request, sociallogin):
        """Find the account, or refuse: the same page whether it is unknown or inactive, or its address unproved."""
        sociallogin.state["process"] = AuthProcess.LOGIN
        reponses = sociallogin.account.extra_data
        attendu = sociallogin.state.get("nonce")
        if not attendu or reponses["id_token"].get("nonce") != attendu:
            raise ImmediateHttpResponse(refuser(request, "erreur"))
        adresse = adresse_verifiee(reponses["userinfo"])
        personne = Utilisateur.objects.filter(email=adresse, is_active=True).first() if adresse else None
        if personne is None:
            raise ImmediateHttpResponse(refuser(request, "compte"))
        sociallogin.user = personne

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None):
        raise ImmediateHttpResponse(refuser(request, "annule" if error == "cancelled" else "erreur"))


def refuser(request, raison):
    """Say why ProConnect didn't open the session: « compte », « annule » or « erreur »."""
    statut = 200 if raison == "annule" else 403
    return render(request, "socialaccount/proconnect_refus.html", {"raison": raison}, status=statut)


def adresse_verifiee(donnees):
    """Return the address in lower case, "" unless it is said to belong to the person."""
    adresse = donnees.get("email")
    # A text « false » is true to Python.
    verifiee = donnees.get("email_verified", settings.PROCONNECT_ADRESSES_VERIFIEES) is True
    return adresse.lower() if verifiee and isinstance(adresse, str) else ""


class ClientProConnect(OpenIDConnectOAuth2Adapter):
    """Reads both answers, checks both signatures: user information comes signed from ProConnect, bare from others."""

    def complete_login(self, request, app, token, **kwargs):
        jeton = kwargs["response"].get("id_token")
        if not jeton:
            raise OAuth2Error("Réponse sans id_token")
        identite = self._verifier(jeton)
        donnees = self._fetch_user_info(token.token)
        if not donnees.get("sub") or donnees["sub"] != identite.get("sub"):
            raise OAuth2Error("Deux réponses sur deux personnes différentes")
        return self.get_provider().sociallogin_from_response(request, {"id_token": identite, "userinfo": donnees})

    def _fetch_user_info(self, access_token):
        with get_adapter().get_requests_session() as session:
            reponse = session.get(self.profile_url, headers={"Authorization": f"Bearer {access_token}"})
            reponse.raise_for_status()
        if reponse.headers.get("Content-Type", "").startswith("application/jwt"):
            # Its expiry is optional there: it comes from the provider itself, at once.
            return self._verifier(reponse.text, obligatoires=("iss", "aud"))
        return reponse.json()

    def _verifier(self, jeton, obligatoires=("iss", "aud", "exp", "sub")):
        """Return what a signed answer says. Raises OAuth2Error unless the provider signed it, for us, and it holds."""
        try:
            cle = self._cles()[jwt.get_unverified_header(jeton).get("kid")]
            return jwt.decode(
                jeton,
                cle,
                algorithms=SIGNATURES,
                audience=self.get_provider().app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=30,
                options={"require": list(obligatoires)},
            )
        except (jwt.PyJWTError, KeyError) as erreur:
            raise OAuth2Error("Réponse mal signée") from erreur

    def _cles(self):
        with get_adapter().get_requests_session() as session:
            reponse = session.get(self.openid_config["jwks_uri"])
            reponse.raise_for_status()
        return {cle.key_id: cle for cle in jwt.PyJWKSet.from_dict(reponse.json()).keys}
