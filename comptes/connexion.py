"""How people sign in: what the portal changes in django-allauth. The way of e-mails is here, and only here."""

import time

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from comptes import courrier, second_facteur
from comptes.genres_de_courrier import MOT_DE_PASSE, SECURITE
from comptes.journal import noter
from comptes.limites import oublier, trop_de_tentatives

# Behind a proxy that says nothing of its visitors, all of them are counted together.
ADRESSE_INCONNUE = "0.0.0.0"  # noqa: S104 - not listened on


class Connexion(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "Adresse ou mot de passe incorrect. Vérifiez les majuscules du mot de passe.",
        "enter_current_password": "Ce n'est pas votre mot de passe actuel.",
        "incorrect_code": "Ce code n'est pas le bon. Attendez le suivant et recopiez-le.",
        "incorrect_password": "Ce n'est pas votre mot de passe.",
    }

    def is_open_for_signup(self, request):
        """Accounts come from invitations."""
        return False

    # --- Who comes in

    def get_login_stages(self):
        return ["comptes.second_facteur.EtapeSecondFacteur", "allauth.mfa.stages.TrustStage"]

    def authenticate(self, request, **credentials):
        """An inactive account answers as one that doesn't exist."""
        personne = super().authenticate(request, **credentials)
        return personne if personne and personne.is_active else None

    def authentication_failed(self, request, **credentials):
        super().authentication_failed(request, **credentials)
        noter("connexion_refusee", request)

    def logout(self, request):
        noter("deconnexion", request)
        super().logout(request)

    def respond_user_inactive(self, request, user):
        raise PermissionDenied

    def login(self, request, user):
        """Open the session: stages are passed, so a factor that exists was given, or this browser is trusted."""
        super().login(request, user)
        noter("connexion", request, user)
        if is_mfa_enabled(user) or second_facteur.proconnect_suffit(request, user):
            second_facteur.tenir_pour_donne(request)

    def is_reauthentication_required(self, *, app, **kwargs):
        """Whoever has just signed in has proved who they are."""
        traces = get_authentication_records(self.request, self.request.user)
        if traces and time.time() - traces[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def set_password(self, user, password):
        """Whoever knew the old one is out: its sessions end with it."""
        super().set_password(user, password)
        second_facteur.mettre_fin_aux_sessions(user, sauf=self.request.session.session_key)
        oublier(self.request, user.email)

    def get_password_change_redirect_url(self, request):
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def is_safe_url(self, url):
        """Only this site: `ALLOWED_HOSTS` may hold others."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )

    def is_ajax(self, request):
        """Pages only: no answer of the sign-in has a second form."""
        return False

    # --- Limits on attempts

    def get_client_ip(self, request):
        return get_client_ip(request) or ADRESSE_INCONNUE

    def _get_login_attempts_cache_key(self, request, **credentials):
        # allauth's adds the host, of which the visitor may choose among several.
        return f"compte:{credentials.get('email', '').lower()}"

    def validation_error(self, code, *args):
        """A limit reached is a page of its own, which says until when, whatever form reached it."""
        if code in ("too_many_login_attempts", "rate_limited"):
            return ImmediateHttpResponse(trop_de_tentatives(self.request))
        return super().validation_error(code, *args)

    # --- E-mails

    def get_reset_password_from_key_url(self, key):
        """The site's own address: never the one that the request claims."""
        chemin = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.ADRESSE_DU_SITE + chemin.replace("UID-KEY", key)

    def send_mail(self, template_prefix, email, context):
        """Every e-mail of the sign-in is written here, in the outbox."""
        message = self.render_mail(template_prefix, email, {**context, "adresse_du_site": settings.ADRESSE_DU_SITE})
        genre = MOT_DE_PASSE if "password_reset" in template_prefix else SECURITE
        courrier.ecrire_rendu(genre, email, message.subject, message.body, destinataire=context.get("user"))
