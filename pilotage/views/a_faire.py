"""« À faire »: where one lands after signing in. What awaits, then the territories that one follows."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.acces import aujourdhui, habilitations
from comptes.methodes import lire_seulement
from pilotage import a_faire as taches
from pilotage.mes_territoires import MANQUES, MesTerritoires
from tableurs.listes import colonnes_triables
from tableurs.views.acces import page_demandee
from territoires.models import ActeurLocal

LIGNES_PAR_PAGE = 50
COLONNES = {"nom": "Territoire", "region": "Région pilote"}


@lire_seulement
@never_cache
def a_faire(request):
    manque = next((un for un in MANQUES if un.cle == request.GET.get("manque")), None)
    tri = request.GET.get("tri", "nom")
    territoires = MesTerritoires(request.user)
    combien, manques = territoires.compteurs()
    return render(
        request,
        "pilotage/a_faire.html",
        {
            "fil_ariane": [("À faire", "")],
            "groupes": taches.groupes(request.user),
            "habilite": bool(habilitations(request.user)),
            "nombre": combien,
            "manques": manques,
            "manque": manque,
            "adresse_pour_inviter": f"{reverse('inviter')}?genre={ActeurLocal.adresse()}&portee=",
            "page": page_demandee(request, Paginator(territoires.lignes(manque, tri), LIGNES_PAR_PAGE)),
            "colonnes": colonnes_triables(COLONNES, tri),
            "aujourdhui": aujourdhui(),
        },
    )
