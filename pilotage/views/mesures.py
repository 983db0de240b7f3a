"""The measures of the programme, by need."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from comptes.pages_publiques import page_publique
from programme.models import Besoin, ChiffreAnnonce, Mesure
from tableurs.typographie import typographier
from territoires.models import Phase


@page_publique(Phase, Besoin, Mesure, ChiffreAnnonce)
def liste(request):
    besoins = list(Besoin.objects.prefetch_related("mesures").select_related("phase"))
    return render(
        request,
        "pilotage/mesure_liste.html",
        {
            "fil_ariane": [("Mesures", "")],
            "besoins": besoins,
            "nombre": sum(len(besoin.mesures.all()) for besoin in besoins),
            "annonce": ChiffreAnnonce.objects.filter(cle="mesures").first(),
        },
    )


@page_publique(Phase, Besoin, Mesure)
def fiche(request, code):
    mesure = get_object_or_404(Mesure.objects.select_related("besoin__phase"), code=code)
    return render(
        request,
        "pilotage/mesure_fiche.html",
        {
            "fil_ariane": [("Mesures", reverse("mesures")), (typographier(mesure.titre), "")],
            "mesure": mesure,
            "voisines": mesure.besoin.mesures.exclude(pk=mesure.pk),
        },
    )
