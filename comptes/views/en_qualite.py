"""In which capacity one acts, for whoever holds several habilitations."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse

from comptes import en_qualite
from comptes.forms_en_qualite import FormulaireEnQualite
from comptes.methodes import lire_ou_ecrire


@lire_ou_ecrire
def choisir(request):
    envoye = request.POST if request.method == "POST" else None
    formulaire = FormulaireEnQualite(envoye, personne=request.user)
    if formulaire.is_bound and formulaire.is_valid():
        en_qualite.choisir(request, formulaire.habilitation)
        messages.success(request, _dit(formulaire.habilitation))
        return redirect(settings.LOGIN_REDIRECT_URL)
    plusieurs = len(formulaire.siennes) > 1
    fil = [("Mon compte", reverse("compte")), ("En qualité de", "")]
    return render(request, "comptes/en_qualite.html", {"form": formulaire, "plusieurs": plusieurs, "fil_ariane": fil})


def _dit(habilitation):
    if habilitation is None:
        return "Vous agissez au titre de toutes vos habilitations."
    return f"Vous agissez en qualité de : {habilitation}. Vos autres habilitations sont mises de côté."
