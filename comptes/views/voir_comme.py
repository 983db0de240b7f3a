"""« Voir comme »: begin, end."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from comptes import voir_comme
from comptes.acces import est_administrateur
from comptes.forms_voir_comme import FormulaireVoirComme
from comptes.methodes import lire_ou_ecrire, methodes


@lire_ou_ecrire
@never_cache
def choisir(request):
    """Ask as whom, for administrators."""
    if not est_administrateur(request.user):
        raise PermissionDenied
    envoye = request.POST if request.method == "POST" else None
    formulaire = FormulaireVoirComme(envoye, administrateur=request.user)
    if formulaire.is_bound and formulaire.is_valid():
        voir_comme.commencer(request, formulaire.personne)
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "comptes/voir_comme.html", {"form": formulaire, "fil_ariane": [("Voir comme", "")]})


@methodes("POST")
@never_cache
def finir(request):
    voir_comme.finir(request)
    messages.success(request, "Vous êtes de nouveau vous-même.")
    return redirect(settings.LOGIN_REDIRECT_URL)
