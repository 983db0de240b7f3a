"""What people choose to receive."""

from django.contrib import messages
from django.shortcuts import redirect, render

from comptes.forms_courriels import FormulairePreferences
from comptes.methodes import lire_ou_ecrire


@lire_ou_ecrire
def preferences(request):
    envoye = request.POST if request.method == "POST" else None
    formulaire = FormulairePreferences(envoye, personne=request.user)
    if formulaire.is_bound and formulaire.is_valid():
        formulaire.save()
        messages.success(request, "Vos choix sont enregistrés. Ils valent pour les prochains courriels.")
        return redirect("courriels")
    return render(request, "comptes/courriels.html", {"form": formulaire, "fil_ariane": [("Mes courriels", "")]})
