"""The money of the programme, as far as sources tell."""

from django.shortcuts import render

from comptes.pages_publiques import page_publique
from programme.annonces import annonce_financiere
from programme.models import ChiffreAnnonce, Enveloppe
from territoires.models import Phase


@page_publique(Phase, Enveloppe, ChiffreAnnonce)
def financements(request):
    total = ChiffreAnnonce.objects.filter(cle="montant").first()
    return render(
        request,
        "pilotage/financements.html",
        {
            "fil_ariane": [("Financements", "")],
            "total": total,
            "annonce": annonce_financiere(total),
        },
    )
