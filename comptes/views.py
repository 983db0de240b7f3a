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
