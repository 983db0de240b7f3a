"""Every import: what each did, by whom, when."""

from django.core.paginator import Paginator
from django.shortcuts import render

from comptes.methodes import lire_seulement
from tableurs.forms import FormulaireFiltreLots
from tableurs.models import LotImport
from tableurs.views.acces import equipe_nationale, page_demandee
from tableurs.views.presentation import fichiers_de_depart_par_ressource, lot_en_bref

LOTS_PAR_PAGE = 25


@lire_seulement
@equipe_nationale
def liste(request):
    filtre = FormulaireFiltreLots(request.GET)
    lots = filtre.filtrer(LotImport.objects.defer("operations", "creees", "entetes", "remarques", "correspondance"))
    lots = lots.select_related("depose_par", "applique_par", "annule_par").order_by("-depose_le", "-pk")
    page = page_demandee(request, Paginator(lots, LOTS_PAR_PAGE))
    return render(
        request,
        "tableurs/lot_liste.html",
        {
            "fil_ariane": [("Imports", "")],
            "filtre": filtre,
            "page": page,
            "lots": [lot_en_bref(lot) for lot in page],
            "ressources": fichiers_de_depart_par_ressource(),
        },
    )
