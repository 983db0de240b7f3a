"""What is decided about an import: each is one view, confirmed on its own page when it can't be taken back."""

from django.contrib import messages
from django.shortcuts import redirect, render

from comptes.methodes import lire_ou_ecrire
from tableurs import lots, taches
from tableurs.enums import EtatLot
from tableurs.forms import FormulaireApplication, FormulaireDisparus
from tableurs.ressources import ressource
from tableurs.typographie import typographier
from tableurs.views.acces import envoi, lot_ou_404, qui_importe, transition
from tableurs.views.presentation import fil_ariane, imports_suivants, lot_en_bref, lot_en_chiffres, suites


@lire_ou_ecrire
@qui_importe
def appliquer(request, cle):
    """Step 4: the consequences in figures, then the act."""
    lot = lot_ou_404(request, cle, ecrire=True)
    formulaire = FormulaireApplication(*envoi(request), lot=lot)
    if request.method == "POST" and formulaire.is_valid():
        try:
            taches.appliquer(lot, request.user, **formulaire.cleaned_data)
        except lots.ActionImpossible as erreur:
            _dire_le_refus(request, lot, EtatLot.APPLIQUE, erreur)
        else:
            _dire_fait(request, lot, EtatLot.APPLIQUE, "L'import est appliqué : voici ce qu'il a changé.")
        return redirect(lot)
    chiffres = lot_en_chiffres(lot)
    if lot.etat != EtatLot.A_VERIFIER or not chiffres.a_faire:
        return redirect(lot)
    contexte = {"lot": lot, "chiffres": chiffres, "formulaire": formulaire, "fil_ariane": fil_ariane(lot, "Appliquer")}
    modele = ressource(lot.ressource)
    contexte |= {"effets": typographier(modele.effets), "annulable": modele.annulable}
    return render(request, "tableurs/lot_appliquer.html", contexte)


@lire_ou_ecrire
@qui_importe
def annuler(request, cle):
    """Put back what an import had changed, unless somebody has touched it since."""
    lot = lot_ou_404(request, cle, ecrire=True)
    if request.method == "POST":
        try:
            taches.annuler(lot, request.user)
        except lots.ActionImpossible as erreur:
            _dire_le_refus(request, lot, EtatLot.ANNULE, erreur)
        else:
            _dire_fait(request, lot, EtatLot.ANNULE, "L'import est annulé : tout est comme avant lui.")
        return redirect(lot)
    if lot.etat != EtatLot.APPLIQUE or lot.purge_le or suites(lot).get("empechement"):
        return redirect(lot)
    contexte = {"lot": lot, "chiffres": lot_en_chiffres(lot), "suivants": imports_suivants(lot, request.user)}
    contexte["reste"] = typographier(ressource(lot.ressource).reste)
    return render(request, "tableurs/lot_annuler.html", {**contexte, "fil_ariane": fil_ariane(lot, "Annuler")})


def _dire_fait(request, lot, etat, phrase):
    """Say it is done; of what the worker will do, the page of the lot shows the progress."""
    if lot.etat == etat:
        messages.success(request, typographier(phrase))


def _dire_le_refus(request, lot, voulu, erreur):
    """Say why, unless the page of the lot does; to the second of two who clicked, that it is done, by whom."""
    lot.refresh_from_db()
    if lot.etat == voulu:
        bref = lot_en_bref(lot)
        etat = lot.get_etat_display().lower()
        messages.warning(
            request, typographier(f"Quelqu'un l'a fait avant vous : {etat} le {bref.depuis} par {bref.par}.")
        )
    elif lot.message != str(erreur):
        messages.error(request, str(erreur))


@lire_ou_ecrire
@qui_importe
def abandonner(request, cle):
    """Set aside a file that won't be applied."""
    lot = lot_ou_404(request, cle, ecrire=True)
    if request.method == "POST":
        try:
            lots.abandonner(lot)
        except lots.ActionImpossible as erreur:
            messages.error(request, str(erreur))
            return redirect(lot)
        messages.success(request, typographier(f"L'import de « {lot.nom_fichier} » est abandonné : rien n'a changé."))
        return redirect("imports")
    if lot.etat not in (EtatLot.DEPOSE, EtatLot.LECTURE, EtatLot.A_VERIFIER):
        return redirect(lot)
    contexte = {"lot": lot, "fil_ariane": fil_ariane(lot, "Abandonner")}
    return render(request, "tableurs/lot_abandonner.html", contexte)


@transition
@qui_importe
def choisir_les_disparus(request, cle):
    """Keep or end what the file doesn't name any more."""
    lot = lot_ou_404(request, cle, ecrire=True)
    formulaire = FormulaireDisparus(request.POST, lot=lot)
    try:
        if formulaire.is_valid():
            messages.success(request, typographier(formulaire.save()))
        else:
            messages.error(request, "Ce choix n'a pas été compris : recommencez depuis cette page.")
    except lots.ActionImpossible as erreur:
        messages.error(request, str(erreur))
    return redirect(f"{lot.get_absolute_url()}?seau=disparu")
