"""What became of a project's fiche, for whoever follows it."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from comptes.administration import decrire_la_page
from comptes.methodes import lire_seulement
from programme.historique import TUS, journaux_des_parties, taire_les_montants
from programme.models import Projet
from programme.pages_de_redaction import fil_ariane

LIGNES_PAR_PAGE = 50


@lire_seulement
@never_cache
def historique(request, cle):
    projets = Projet.objects.retraces_par(request.user).dits_a(request.user, "montants_visibles")
    projet = get_object_or_404(projets.select_related("territoire"), cle=cle)
    lignes = projet.historique.select_related("history_user", "territoire").order_by("-history_date", "-history_id")
    page = Paginator(lignes, LIGNES_PAR_PAGE).get_page(request.GET.get("page"))
    decrire_la_page(page, sauf=TUS)
    if not projet.montants_visibles:
        taire_les_montants(page.object_list)
    contexte = {
        "fil_ariane": fil_ariane(projet, "Historique de la fiche"),
        "projet": projet,
        "page": page,
        "parties": [(titre, lues) for titre, lues in journaux_des_parties(projet.pk) if lues],
    }
    return render(request, "programme/projet_historique.html", contexte)
