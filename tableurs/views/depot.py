"""The first two steps: a file is deposited, then its columns are confirmed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse

from comptes.methodes import lire_ou_ecrire
from tableurs import lots, taches
from tableurs.enums import EtatLot
from tableurs.forms import FormulaireColonnes, FormulaireDepot, FormulaireRelecture, FormulaireRessource
from tableurs.lecture import FichierIllisible, limites
from tableurs.ressources import ouvertes, ressource
from tableurs.views.acces import envoi, lot_ou_404, qui_importe, transition
from tableurs.views.apercu import lire_apercu
from tableurs.views.presentation import (
    colonnes_a_reconnaitre,
    fichiers_de_depart,
    fichiers_de_depart_par_ressource,
    lot_en_bref,
)


@lire_ou_ecrire
@qui_importe
def deposer(request):
    """Step 1: what is imported, then the file. The address says what, so that the admin's buttons lead here."""
    permises = ouvertes(request.user)
    if not permises:
        raise PermissionDenied
    choix = FormulaireRessource(request.GET, ressources=permises)
    if not choix.is_valid():
        return render(
            request,
            "tableurs/ressource_choisir.html",
            {
                "fil_ariane": [("Imports", reverse("imports")), ("Importer un fichier", "")],
                "ressources": fichiers_de_depart_par_ressource(permises),
                "inconnue": "ressource" in request.GET,
            },
        )
    modele = ressource(choix.cleaned_data["ressource"])
    fichier = FormulaireDepot(*envoi(request))
    options = modele.formulaire(*envoi(request)) if modele.formulaire else None
    if request.method == "POST":
        # Both are looked at: every error is said at once.
        valables = [formulaire.is_valid() for formulaire in (fichier, options) if formulaire]
        lot = all(valables) and fichier.deposer(modele.cle, options.options() if options else {}, request.user)
        if lot:
            return redirect("import_colonnes", cle=lot.cle)
    contexte = {
        "fil_ariane": [("Imports", reverse("imports")), ("Importer un fichier", "")],
        "modele": modele,
        "departs": fichiers_de_depart(modele),
        "fichier": fichier,
        "options": options,
        "formulaires": [fichier, options],
        "limites": limites.ENONCES,
    }
    return render(request, "tableurs/fichier_deposer.html", contexte)


@lire_ou_ecrire
@qui_importe
def colonnes(request, cle):
    """Step 2: which column is which. Confirmed, it is remembered and the file is compared."""
    lot = lot_ou_404(request, cle, ecrire=True)
    if lot.etat != EtatLot.DEPOSE:
        return redirect(lot)
    correspondance = lots.reconnaissance(lot)
    formulaire = FormulaireColonnes(*envoi(request), lot=lot, correspondance=correspondance)
    if request.method == "POST" and formulaire.is_valid() and formulaire.save():
        try:
            taches.comparer(lot)
        except FichierIllisible:
            pass  # The lot's page says why.
        except lots.ActionImpossible as erreur:
            messages.error(request, str(erreur))
        return redirect(lot)
    apercu = lire_apercu(lot)
    return render(
        request,
        "tableurs/lot_colonnes.html",
        {
            "fil_ariane": [("Imports", reverse("imports")), (lot.nom_fichier, "")],
            "lot": lot,
            "bref": lot_en_bref(lot),
            "formulaire": formulaire,
            "problemes": [] if formulaire.is_bound else correspondance.problemes,
            "apercu": apercu,
            "relecture": FormulaireRelecture(apercu=apercu, lot=lot),
            "colonnes": colonnes_a_reconnaitre(lot, formulaire, apercu),
        },
    )


@transition
@qui_importe
def relire(request, cle):
    """Read the same file otherwise: another sheet, encoding or separator."""
    lot = lot_ou_404(request, cle, ecrire=True)
    formulaire = FormulaireRelecture(request.POST, apercu=lire_apercu(lot), lot=lot)
    try:
        if formulaire.is_valid():
            formulaire.save()
            messages.success(request, "Le fichier a été relu.")
        else:
            messages.error(request, "Choisissez dans les listes proposées.")
    except (FichierIllisible, lots.ActionImpossible) as erreur:
        messages.error(request, str(erreur))
    return redirect("import_colonnes", cle=lot.cle)
