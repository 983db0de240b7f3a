"""Setting up and giving the second factor: allauth's views, with what the portal remembers in the session."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as cles
from django.urls import reverse_lazy

from comptes import second_facteur

FIL_ARIANE = [("Mon compte", reverse_lazy("compte")), ("Second facteur", "")]


class Accueil(base.IndexView):
    """What one has, and what one may add."""

    def get_context_data(self, **kwargs):
        contexte = super().get_context_data(**kwargs)
        facteurs = contexte["authenticators"]
        secours = facteurs.get(Authenticator.Type.RECOVERY_CODES)
        application = facteurs.get(Authenticator.Type.TOTP)
        materiel = facteurs.get(Authenticator.Type.WEBAUTHN, [])
        return {
            **contexte,
            # Whoever must set one up first has no other page to go back to.
            "fil_ariane": [] if second_facteur.manque(self.request) else FIL_ARIANE,
            "application": application,
            "cles": materiel,
            "codes_restants": len(secours.get_unused_codes()) if secours else 0,
            "a_un_facteur": bool(application or materiel),
            "est_exige": second_facteur.est_exige(self.request.user),
        }


class Donner(base.AuthenticateView):
    """At sign-in: the code of the application, a recovery code, or a security key."""

    def get_context_data(self, **kwargs):
        types = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        return {
            **super().get_context_data(**kwargs),
            "a_une_application": Authenticator.Type.TOTP in types,
            "a_une_cle": Authenticator.Type.WEBAUTHN in types,
        }


class ActiverApplication(totp.ActivateTOTPView):
    def form_valid(self, form):
        reponse = super().form_valid(form)
        _mettre_en_place(self.request)
        return reponse


class AjouterCle(cles.AddWebAuthnView):
    def get_context_data(self, **kwargs):
        # allauth's forgets the form that it is given, errors included.
        return super().get_context_data(**kwargs) | kwargs

    def form_valid(self, form):
        reponse = super().form_valid(form)
        _mettre_en_place(self.request)
        return reponse


class RetirerApplication(totp.DeactivateTOTPView):
    def form_valid(self, form):
        reponse = super().form_valid(form)
        second_facteur.tenir_pour_retire(self.request)
        return reponse


class NommerCle(cles.EditWebAuthnView):
    success_url = reverse_lazy("mfa_index")


class RetirerCle(cles.RemoveWebAuthnView):
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form):
        """allauth asks its adapter for the application only."""
        if not get_adapter().can_delete_authenticator(self.get_object()):
            form.add_error(None, get_adapter().validation_error("cannot_delete_authenticator"))
            return self.form_invalid(form)
        reponse = super().form_valid(form)
        second_facteur.tenir_pour_retire(self.request)
        return reponse


class MontrerCodes(codes.ViewRecoveryCodesView):
    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "suite": second_facteur.suite(self.request)}


class RefaireCodes(codes.GenerateRecoveryCodesView):
    def form_valid(self, form):
        reponse = super().form_valid(form)
        _tenir_les_codes_pour_vus(self.request.user)
        return reponse


def _mettre_en_place(request):
    second_facteur.tenir_pour_mis_en_place(request)
    _tenir_les_codes_pour_vus(request.user)


def _tenir_les_codes_pour_vus(personne):
    """allauth would write it when they are read: reading never writes."""
    RecoveryCodes.activate(personne).mark_as_viewed()
