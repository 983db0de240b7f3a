"""A list taken away: the file in the format that is asked, or why it can't be."""

from django.http import Http404
from django.shortcuts import render

from tableurs.ecriture import ExportTropGrand
from tableurs.exports import FormatExport

COLONNES = "colonnes.csv"


def reponse_du_fichier(request, fichier):
    if not hasattr(fichier, "entetes_http"):
        return fichier
    if request.method == "HEAD":
        return fichier.reponse_vide()
    try:
        return fichier.reponse()
    except ExportTropGrand as erreur:
        return render(request, "tableurs/export_trop_grand.html", {"explication": str(erreur)}, status=413)


def fichier_demande(export, format_demande, queryset=None, nom=""):
    """Return the file of an export; « colonnes.csv » asks for the definitions of its columns."""
    if format_demande == COLONNES:
        return export.definitions()
    if format_demande not in FormatExport.values:
        raise Http404("Format inconnu")
    return export.fichier(format_demande, queryset, nom=nom)
