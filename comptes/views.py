"""Signing in and out."""

from django.contrib.auth.views import LoginView
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from comptes.forms import FormulaireConnexion


@method_decorator(never_cache, name="dispatch")
class Connexion(LoginView):
    template_name = "comptes/connexion.html"
    authentication_form = FormulaireConnexion
    redirect_authenticated_user = True

    def get_redirect_url(self):
        """Where to go next; never back here, which would turn in circles."""
        suite = super().get_redirect_url()
        return "" if suite.partition("?")[0] == self.request.path else suite
