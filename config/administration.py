"""The Django admin, in the portal's words, behind the portal's own sign-in."""

from functools import wraps

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from comptes.administration_regle import SelonLaRegle


class Administration(AdminSite):
    site_header = "Territoires d'industrie · administration"
    site_title = "Territoires d'industrie"
    index_title = "Administration du programme"
    enable_nav_sidebar = True

    def register(self, model_or_iterable, admin_class=None, **options):
        """Take our own pages only: those that libraries bring know nothing of the rule of access."""
        if admin_class and issubclass(admin_class, SelonLaRegle):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self):
        # Django's shortcut to the public page answers for any object: ours are direct links (`SelonLaRegle`).
        return [adresse for adresse in super().get_urls() if getattr(adresse, "name", "") != "view_on_site"]

    def admin_view(self, view, cacheable=False):
        """Answer whoever signed in without an habilitation at once, rather than by way of the sign-in."""
        protegee = super().admin_view(view, cacheable)

        @wraps(view)
        def page(request, *args, **kwargs):
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return protegee(request, *args, **kwargs)

        return page

    @method_decorator([never_cache, login_not_required])
    def login(self, request, extra_context=None):
        """Send to the portal's sign-in, which is the same one; whoever is signed in comes in, or lacks the right."""
        if request.user.is_authenticated:
            if not self.has_permission(request):
                raise PermissionDenied
            return redirect("admin:index")
        suite = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index", current_app=self.name)
        return redirect(reverse("account_login", query={REDIRECT_FIELD_NAME: suite}))

    def password_change(self, request, extra_context=None):
        """Send to the page of one's account, which asks for the same proofs."""
        return redirect("account_change_password")
