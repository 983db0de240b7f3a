"""Members: the habilitations that one sees, and the file of the same rows."""

from functools import wraps

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.acces import aujourdhui, habilitations
from comptes.methodes import lire_seulement
from pilotage.exports import MEMBRES
from pilotage.forms import FormulaireMembres
from pilotage.listes import colonnes_triables
from pilotage.membres import Membres, peut_en_donner
from pilotage.views.exports import fichier_demande, reponse_du_fichier
from tableurs.ressources import ouvertes
from tableurs.views.acces import page_demandee
from territoires.imports import ImportEquipes

LIGNES_PAR_PAGE = 50
COLONNES = {"personne": "Personne", "habilitation": "Habilitation", "depuis": "Depuis le", "jusqua": "Jusqu'au"}


def qui_est_habilite(vue):
    """Decorate a view for whoever has an habilitation; others are told why not. Nothing of it is kept anywhere."""

    @wraps(vue)
    def vue_reservee(request, *args, **kwargs):
        if not habilitations(request.user):
            return render(request, "pilotage/membre_refus.html", status=403)
        return vue(request, *args, **kwargs)

    return never_cache(vue_reservee)


@lire_seulement
@qui_est_habilite
def liste(request):
    filtre = FormulaireMembres(request.GET, personne=request.user)
    compris = filtre.is_valid()
    page = page_demandee(request, Paginator(_membres(request, filtre) if compris else [], LIGNES_PAR_PAGE))
    return render(
        request,
        "pilotage/membre_liste.html",
        {
            "fil_ariane": [("Membres", "")],
            "filtre": filtre,
            "compris": compris,
            "page": page,
            "actifs": _filtres_actifs(request, filtre) if compris else [],
            "colonnes": colonnes_triables(COLONNES, filtre.cleaned_data.get("tri") or "personne"),
            "peut_inviter": peut_en_donner(request.user),
            "peut_importer": ImportEquipes.cle in ouvertes(request.user),
        },
    )


@lire_seulement
@qui_est_habilite
def exporter(request, format_demande):
    """The rows of the page, all pages together: same rule, same filters, same order."""
    filtre = FormulaireMembres(request.GET, personne=request.user)
    if not filtre.is_valid():
        # The page says what it didn't understand.
        return redirect(f"{reverse('membres')}?{request.GET.urlencode()}")
    nom = f"membres_{aujourdhui().isoformat()}"
    return reponse_du_fichier(request, fichier_demande(MEMBRES, format_demande, _membres(request, filtre), nom))


def _membres(request, filtre):
    return Membres(request.user, filtre.criteres())


def _filtres_actifs(request, filtre):
    """Return, for each filter in use, (its words, the address without it)."""
    actifs = []
    for nom, mots in filtre.actifs():
        parametres = request.GET.copy()
        for retire in (nom, "page"):
            parametres.pop(retire, None)
        actifs.append((mots, f"?{parametres.urlencode()}"))
    return actifs
