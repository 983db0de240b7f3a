"""« À faire »: where one lands after signing in. What awaits, then the territories that one follows."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.acces import aujourdhui, habilitations
from comptes.methodes import lire_seulement
from pilotage import a_faire as taches
from pilotage import mes_projets
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
    equipes = manque is not None or request.GET.get("vue") == "equipes"
    territoires = MesTerritoires(request.user)
    combien, manques = territoires.compteurs()
    page = page_demandee(request, Paginator(territoires.lignes(manque, tri), LIGNES_PAR_PAGE))
    return render(
        request,
        "pilotage/a_faire.html",
        {
            **({} if equipes else _projets(request.user, territoires, page)),
            "equipes": equipes,
            "fil_ariane": [("À faire", "")],
            "groupes": taches.groupes(request.user),
            "habilite": bool(habilitations(request.user)),
            "nombre": combien,
            "manques": manques,
            "manque": manque,
            "adresse_pour_inviter": f"{reverse('inviter')}?genre={ActeurLocal.adresse()}&portee=",
            "page": page,
            "colonnes": colonnes_triables(COLONNES, tri),
            "aujourdhui": aujourdhui(),
        },
    )


def _projets(personne, territoires, page):
    """Return what the table of projects shows besides the page of territories."""
    comptes = mes_projets.compter(personne, territoires.tous.values("pk"))
    for territoire in page:
        territoire.nombres = mes_projets.en_colonnes(comptes.get(territoire.pk))
    return {"totaux": mes_projets.en_colonnes(mes_projets.totaliser(comptes))}
