"""« Qui a accès ? » on a territory."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.acces import aujourdhui
from comptes.methodes import lire_seulement
from pilotage.acces_au_territoire import groupes, suit_le_territoire
from territoires.models import Territoire


@lire_seulement
@never_cache
def territoire_acces(request, slug):
    """The territory itself is public: without the right, 403."""
    territoire = get_object_or_404(Territoire, slug=slug)
    if not suit_le_territoire(request.user, territoire):
        raise PermissionDenied
    trouves = groupes(territoire, request.user)
    personnes = {acces.habilitation.personne_id for groupe in trouves for acces in groupe.acces}
    return render(
        request,
        "pilotage/territoire_acces.html",
        {
            "fil_ariane": [
                ("Territoires", reverse("territoires")),
                (territoire.nom, territoire.get_absolute_url()),
                ("Qui a accès", ""),
            ],
            "territoire": territoire,
            "groupes": trouves,
            "nombre": len(personnes),
            "aujourdhui": aujourdhui(),
        },
    )
