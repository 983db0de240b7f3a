"""Signing in, confirming who one is, the sessions: allauth's views, and what our pages say more."""

from allauth.account import views
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from comptes.forms_connexion import FormulaireSessions
from comptes.navigateurs import nommer


class Connexion(views.LoginView):
    def get_context_data(self, **kwargs):
        return super().get_context_data(proconnect=settings.PROCONNECT_ACTIF, **kwargs)


class NouveauMotDePasse(views.PasswordResetFromKeyView):
    def get_context_data(self, **kwargs):
        """allauth says that the link is no good only when it isn't."""
        return super().get_context_data(**{"token_fail": False, **kwargs})


class ChangerMotDePasse(views.PasswordChangeView):
    extra_context = {"fil_ariane": [("Mon compte", reverse_lazy("compte")), ("Mot de passe", "")]}


class PremierMotDePasse(views.PasswordSetView):
    extra_context = {"fil_ariane": [("Mon compte", reverse_lazy("compte")), ("Mot de passe", "")]}


class Sessions(ListUserSessionsView):
    form_class = FormulaireSessions

    def get_context_data(self, **kwargs):
        """Sessions that still open something. Those that ended are forgotten at the next sign-in, not by reading."""
        contexte = super(ListUserSessionsView, self).get_context_data(**kwargs)
        contexte["fil_ariane"] = [("Mon compte", reverse("compte")), ("Mes connexions", "")]
        connues = list(UserSession.objects.filter(user=self.request.user).order_by("-created_at"))
        cles = [session.session_key for session in connues]
        ouvertes = Session.objects.filter(session_key__in=cles, expire_date__gt=timezone.now())
        vivantes = set(ouvertes.values_list("session_key", flat=True))
        contexte["sessions"] = [
            {
                "cle": session.pk,
                "debut": session.created_at,
                "ip": session.ip,
                "navigateur": nommer(session.user_agent),
                "est_celle_ci": session.session_key == self.request.session.session_key,
            }
            for session in connues
            if session.session_key in vivantes
        ]
        return contexte
