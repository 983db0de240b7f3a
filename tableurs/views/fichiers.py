"""Files that go with an import: its template, what the base already holds, its refused rows, its rows."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect

from comptes.methodes import lire_seulement
from tableurs.ecriture import FormatExport
from tableurs.ecriture.fichiers import ExportTropGrand
from tableurs.exports import exports_de
from tableurs.exports_de_lots import exporter_lignes, exporter_refus
from tableurs.forms import FormulaireJeu, FormulaireSeau
from tableurs.modeles_de_fichier import modele_de_fichier
from tableurs.ressources import consultables, toutes
from tableurs.views.acces import lot_ou_404, qui_importe


@lire_seulement
@qui_importe
def modele(request, ressource):
    """The template to fill."""
    if ressource not in consultables(request.user):
        raise Http404("Ressource inconnue")
    return modele_de_fichier(ressource).reponse()


@lire_seulement
@qui_importe
def donnees(request, cle, format_demande):
    """What the base holds, in the columns that an import reads: a file to start from."""
    export = next((un for nom in consultables(request.user) for un in exports_de(nom) if un.cle == cle), None)
    if export is None or format_demande not in FormatExport.values:
        raise Http404("Export inconnu")
    choix = FormulaireJeu(request.GET, ressource=toutes()[export.ressource])
    if not choix.is_valid():
        raise Http404("Jeu de données inconnu")
    nom = "_".join(filter(None, (export.cle, choix.cleaned_data["jeu"])))
    try:
        options = choix.options()
        siennes = export.du_lecteur(request.user, options) if export.du_lecteur else None
        return export.fichier(format_demande, siennes, options, nom).reponse()
    except ExportTropGrand as erreur:
        messages.error(request, str(erreur))
        return redirect("import_nouveau")


@lire_seulement
@qui_importe
def refus(request, cle):
    """The refused rows alone, annotated, to correct and deposit again."""
    lot = lot_ou_404(request, cle)
    if not lot.refuses:
        raise Http404("Aucune ligne refusée")
    return exporter_refus(lot).reponse()


@lire_seulement
@qui_importe
def lignes(request, cle, format_demande):
    """The rows that the screen shows, with the same filter."""
    lot = lot_ou_404(request, cle)
    choix = FormulaireSeau(request.GET)
    if format_demande not in FormatExport.values or not choix.is_valid():
        raise Http404("Export inconnu")
    try:
        return exporter_lignes(lot, choix.cleaned_data["seau"] or None, FormatExport(format_demande)).reponse()
    except ExportTropGrand as erreur:
        messages.error(request, str(erreur))
        return redirect(lot)
