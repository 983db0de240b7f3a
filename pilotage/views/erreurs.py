"""Error pages, in the look of the portal, that say what to do next."""

from django.shortcuts import render

from comptes.journal import noter


def _page(request, statut):
    return render(request, f"{statut}.html", status=statut)


def requete_invalide(request, exception):
    return _page(request, 400)


def acces_refuse(request, exception):
    noter("refus", request)
    return _page(request, 403)


def page_introuvable(request, exception):
    return _page(request, 404)


def erreur_interne(request):
    return _page(request, 500)


def jeton_refuse(request, reason=""):
    """CSRF failure: the form was too old, or came from elsewhere."""
    noter("jeton_refuse", request)
    return render(request, "403_csrf.html", status=403)
