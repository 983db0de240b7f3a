"""The second factor: required of those whose habilitation asks for it, who reach nothing without it."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from comptes import acces
from comptes.journal import noter
from comptes.limites import trop_de_tentatives

# Recovery codes come with a factor: they are none by themselves.
FACTEURS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
# In the session: True once the factor has been given or set up, False once it has been removed.
DONNE = "second_facteur"
# In the session: what was asked for before the set-up.
SUITE = "second_facteur_suite"
# Beside `PAGES_SANS_SECOND_FACTEUR`: to leave, and to prove who one is.
PAGES_DE_PASSAGE = {
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}
# Of whoever has no factor yet: with one, it has to be given first.
PAGES_DE_MISE_EN_PLACE = {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn"}


# --- Who must have one


def est_exige(personne):
    """Tell whether a person must have a second factor."""
    domaine = settings.DOMAINE_SANS_SECOND_FACTEUR
    if domaine and settings.DEVELOPPEMENT and personne.email.endswith(f"@{domaine}"):
        return False
    return acces.exige_second_facteur(personne)


def manque(request):
    """Tell whether whoever reads must have given a second factor in this session, and hasn't."""
    donne = request.session.get(DONNE)
    if donne is None:
        # Given since the sign-in, to confirm something.
        donne = any(trace["method"] == "mfa" for trace in get_authentication_records(request, request.user))
    return not donne and est_exige(request.user)


def tenir_pour_donne(request):
    request.session[DONNE] = True


def tenir_pour_mis_en_place(request):
    """A session that knew the password only doesn't outlive the first factor."""
    tenir_pour_donne(request)
    mettre_fin_aux_sessions(request.user, sauf=request.session.session_key)


def tenir_pour_retire(request):
    """Forget it, once the last factor of who reads has been removed."""
    if not is_mfa_enabled(request.user, FACTEURS):
        request.session[DONNE] = False


def proconnect_suffit(request, personne):
    """Tell whether the person comes from ProConnect and nothing more is asked, by decision of the installation."""
    traces = get_authentication_records(request, personne)
    return settings.PROCONNECT_VAUT_SECOND_FACTEUR and bool(traces) and traces[-1]["method"] == "socialaccount"


def est_le_dernier(facteur):
    autres = Authenticator.objects.filter(user_id=facteur.user_id, type__in=FACTEURS).exclude(pk=facteur.pk)
    return facteur.type in FACTEURS and not autres.exists()


def suite(request):
    """Return the page asked for before the set-up, "" when there is none."""
    adresse = request.session.get(SUITE, "")
    surete = {"allowed_hosts": {request.get_host()}, "require_https": request.is_secure()}
    return adresse if url_has_allowed_host_and_scheme(adresse, **surete) else ""


def retirer_facteurs(personne):
    """For whoever lost theirs: the next sign-in asks for the password only, then for a new factor if it is required."""
    Authenticator.objects.filter(user=personne).delete()
    mettre_fin_aux_sessions(personne)


def mettre_fin_aux_sessions(personne, sauf=None):
    """Sign a person out of everywhere, except of the session whose key is `sauf`."""
    for session in UserSession.objects.filter(user=personne):
        if session.session_key != sauf:
            session.end()


# --- What allauth asks us


class EtapeSecondFacteur(AuthenticateStage):
    """Of the sign-in: asks for the second factor of whoever has one."""

    def _should_handle(self, request):
        return super()._should_handle(request) and not proconnect_suffit(request, self.login.user)


class SecondFacteur(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "Ce code n'est pas le bon. Attendez le suivant et recopiez-le.",
        "cannot_delete_authenticator": (
            "Votre habilitation demande un second facteur : ajoutez-en un autre avant de retirer celui-ci."
        ),
        "cannot_generate_recovery_codes": "Mettez d'abord en place un second facteur.",
    }

    def can_delete_authenticator(self, authenticator):
        return not (est_le_dernier(authenticator) and est_exige(authenticator.user))

    def validation_error(self, code, *args):
        if code == "rate_limited":
            return ImmediateHttpResponse(trop_de_tentatives(self.request))
        return super().validation_error(code, *args)

    def generate_authenticator_name(self, user, type):
        rang = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return f"Clé n° {rang}"

    def _get_site_name(self):
        return settings.MFA_TOTP_ISSUER


# --- The door


class ExigerLeSecondFacteur:
    """Middleware: whoever must have a second factor and lacks it reaches only its set-up, the admin included.

    It asks nothing of the database for visitors, nor for those whose session remembers the factor.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return None
        nom = request.resolver_match.view_name
        if nom in PAGES_DE_PASSAGE or nom in settings.PAGES_SANS_SECOND_FACTEUR or not manque(request):
            return None
        if nom in PAGES_DE_MISE_EN_PLACE and not is_mfa_enabled(request.user, FACTEURS):
            return None
        return _detourner(request)


def _detourner(request):
    """Send a reader to the set-up, or to give the factor that they have; refuse what isn't the reading of a page."""
    noter("second_facteur_demande", request)
    accepte = request.headers.get("Accept", "text/html")
    if request.method not in ("GET", "HEAD") or "text/html" not in accepte:
        return render(request, "comptes/second_facteur_exige.html", status=403)
    request.session[SUITE] = request.get_full_path()
    if is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
        return redirect(reverse("mfa_reauthenticate", query={REDIRECT_FIELD_NAME: request.get_full_path()}))
    if is_mfa_enabled(request.user, [Authenticator.Type.WEBAUTHN]):
        return redirect(reverse("mfa_reauthenticate_webauthn", query={REDIRECT_FIELD_NAME: request.get_full_path()}))
    return redirect("mfa_index")
