"""What is foreseen to be paid on a line of money: written here, shown with the line."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire
from programme.argent.ecritures import MontantRefuse
from programme.forms.echeancier import FormulaireEcheancier
from programme.views.financements import fil_ariane, financement_ou_404
from tableurs.views.acces import envoi

TITRE = "Échéancier prévu"


@lire_ou_ecrire
@never_cache
def ecrire(request, cle):
    """404 outside the scope; 403 inside it without the right, and once nothing more will be paid."""
    financement = financement_ou_404(request, cle, "planifiables_par")
    donnees, _ = envoi(request)
    formulaire = FormulaireEcheancier(donnees, financement=financement, personne=request.user)
    if formulaire.is_bound and formulaire.is_valid():
        try:
            formulaire.save()
        except MontantRefuse as refus:
            formulaire.add_error(None, str(refus))
        else:
            messages.success(request, f"{financement.financeur_dit} : l'échéancier est enregistré.")
            return redirect(financement)
    contexte = {
        "fil_ariane": fil_ariane(financement, TITRE),
        "titre": TITRE,
        "financement": financement,
        "form": formulaire,
    }
    return render(request, "programme/financement_echeancier.html", contexte)
