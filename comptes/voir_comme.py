"""« Voir comme »: an administrator looks at the portal as somebody else sees it, and writes nothing.

A key of the session says as whom: it ends with the session. Beginning and end are written in the journal of access.
"""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.shortcuts import render

from comptes.acces import est_administrateur
from comptes.journal import noter
from comptes.models import Utilisateur

CLE = "voir_comme"
# What the administrator does as themselves.
PAGES_DE_SORTIE = {"voir_comme_fin", "account_logout"}


def commencer(request, personne):
    """Begin. Raises PermissionDenied for whoever doesn't administer, and for a closed account."""
    if not est_administrateur(request.user) or not personne.is_active or personne == request.user:
        raise PermissionDenied
    request.session[CLE] = personne.pk
    noter("voir_comme", request, comme=personne.pk)


def finir(request):
    if request.session.pop(CLE, None):
        noter("voir_comme_fin", request)


def est_a_soi(vue):
    """Tell whether a view shows what belongs to the account alone: its secrets, its sessions, its data."""
    return getattr(vue, "est_a_soi", False)


def a_soi(vue):
    """Decorate a view of one's own account: nobody else opens it, not even by « Voir comme »."""
    vue.est_a_soi = True
    return vue


class VoirComme:
    """Middleware, after the second factor: the administrator's own was given."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or CLE not in request.session:
            return None
        administrateur = request.user
        personne = Utilisateur.objects.filter(pk=request.session[CLE], is_active=True).first()
        if personne is None or not est_administrateur(administrateur):
            finir(request)
            return None
        if request.resolver_match.view_name in PAGES_DE_SORTIE:
            return None
        request.vu_par, request.user = administrateur, personne
        if request.method not in ("GET", "HEAD", "OPTIONS") or est_a_soi(view_func):
            noter("voir_comme_refus", request)
            return render(request, "comptes/voir_comme_refus.html", status=403)
        return None
