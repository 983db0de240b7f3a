"""The Django admin, in the portal's words, behind the portal's own sign-in."""

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache


class Administration(AdminSite):
    site_header = "Territoires d'industrie · administration"
    site_title = "Territoires d'industrie"
    index_title = "Administration du programme"
    enable_nav_sidebar = True

    @method_decorator([never_cache, login_not_required])
    def login(self, request, extra_context=None):
        """Send to the portal's sign-in; whoever is signed in already lacks the right: a 403, not a loop."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        suite = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index", current_app=self.name)
        return redirect(reverse("account_login", query={REDIRECT_FIELD_NAME: suite}))


class AdministrationConfig(AdminConfig):
    default_site = "config.administration.Administration"

    def ready(self):
        """The sign-in library registers its tables, secrets of second factors included: nobody edits them here."""
        super().ready()
        for modele in list(admin.site._registry):
            if modele.__module__.startswith("allauth."):
                admin.site.unregister(modele)
