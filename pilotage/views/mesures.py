"""The measures of the programme, by need."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from comptes.pages_publiques import page_publique
from pilotage.projets import PROJETS_MONTRES, projets_publics
from programme.models import Besoin, ChiffreAnnonce, Mesure, Projet
from tableurs.typographie import typographier
from territoires.models import Phase, Territoire


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


@page_publique(Phase, Besoin, Mesure, Projet, Territoire)
def fiche(request, code):
    mesure = get_object_or_404(Mesure.objects.select_related("besoin__phase"), code=code)
    return render(
        request,
        "pilotage/mesure_fiche.html",
        {
            "fil_ariane": [("Mesures", reverse("mesures")), (typographier(mesure.titre), "")],
            "mesure": mesure,
            "projets": projets_publics().filter(mesures=mesure)[:PROJETS_MONTRES],
            "voisines": mesure.besoin.mesures.exclude(pk=mesure.pk),
        },
    )
