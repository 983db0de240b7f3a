"""In which capacity one acts: whoever holds several habilitations may put the others aside for a while.

A key of the session says which. The rule of access (`QuerySetHabilitations.de`) then knows no other: what is seen and
what may be done are those of that habilitation alone. It gives nothing, so a key that no longer answers is ignored.
"""

from django.conf import settings

from comptes.acces import toutes_les_habilitations

CLE = "en_qualite_de"


def designation(habilitation):
    """Return what forms and the session call an habilitation: « pilote-regional:2345678923 »."""
    return f"{habilitation.adresse()}:{habilitation.cle}"


def choisir(request, habilitation):
    """Act in the capacity of one's `habilitation` from now on; None: of all of them."""
    if habilitation is None:
        request.session.pop(CLE, None)
    else:
        request.session[CLE] = designation(habilitation)


class EnQualite:
    """Middleware, after the second factor, which is asked for all habilitations, and « Voir comme », which has none."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or CLE not in request.session:
            return
        if hasattr(request, "vu_par") or not request.user.is_authenticated:
            return
        siennes = toutes_les_habilitations(request.user)
        voulue = request.session[CLE]
        request.user.en_qualite_de = next((une for une in siennes if designation(une) == voulue), None)
