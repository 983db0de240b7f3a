"""Every import: what each did, by whom, when."""

from django.core.paginator import Paginator
from django.shortcuts import render

from comptes.methodes import lire_seulement
from tableurs.forms import FormulaireFiltreLots
from tableurs.models import LotImport
from tableurs.ressources import consultables, ouvertes
from tableurs.views.acces import page_demandee, qui_importe
from tableurs.views.presentation import fichiers_de_depart_par_ressource, lot_en_bref

LOTS_PAR_PAGE = 25
LOURDS = ("operations", "creees", "entetes", "remarques", "correspondance")


@lire_seulement
@qui_importe
def liste(request):
    filtre = FormulaireFiltreLots(request.GET, ressources=consultables(request.user))
    lots = filtre.filtrer(LotImport.objects.visibles_par(request.user)).defer(*LOURDS)
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
            "ressources": fichiers_de_depart_par_ressource(consultables(request.user)),
            "depots": ouvertes(request.user),
        },
    )
