"""The journal of money, line by line: what a total is made of, as of a day, and as it was known on another."""

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.acces import aujourdhui, habilitations
from comptes.methodes import lire_seulement
from programme.argent.parcours import PARCOURS
from programme.exports_argent import MOUVEMENTS, a_plat
from programme.forms.mouvements import FiltreMouvements
from programme.models import Mouvement
from programme.montants import somme
from tableurs.pages import PagesEnDeuxTemps
from tableurs.views.acces import page_demandee
from tableurs.views.exports import fichier_demande, reponse_du_fichier

LIGNES_PAR_PAGE = 50
LU_AVEC = (
    "financement__projet__territoire",
    "financement__territoire",
    "financement__enveloppe",
    "financement__region",
    "fait_importe__lot",
)


@lire_seulement
@never_cache
def liste(request):
    filtre, mouvements = _demandes(request)
    totaux = mouvements.order_by().aggregate(
        nombre=Count("pk"), programme=somme("programme"), engage=somme("engage"), verse=somme("verse")
    )
    page = page_demandee(request, PagesEnDeuxTemps(mouvements, LIGNES_PAR_PAGE, LU_AVEC, totaux["nombre"]))
    contexte = {
        "fil_ariane": [("Enveloppes", reverse("suivi_financier")), ("Mouvements", "")],
        "filtre": filtre,
        "actifs": any(request.GET.get(nom) for nom in filtre.fields),
        "page": page,
        "lignes": [(une, PARCOURS.transition(une.transition).verbe, _origine(une)) for une in page],
        "totaux": totaux,
    }
    return render(request, "programme/mouvement_liste.html", contexte)


@lire_seulement
@never_cache
def export(request, format_demande):
    """The same rows, under the same filters."""
    filtre, mouvements = _demandes(request)
    if not filtre.is_valid():
        raise Http404("Filtre inconnu")
    nom = f"mouvements_{aujourdhui().isoformat()}"
    return reponse_du_fichier(request, fichier_demande(MOUVEMENTS, format_demande, a_plat(mouvements), nom))


def _demandes(request):
    """Return (filter, movements that the reader sees and the address asks for; none when it makes no sense)."""
    if not habilitations(request.user):
        raise PermissionDenied
    filtre = FiltreMouvements(request.GET)
    visibles = Mouvement.objects.visibles_par(request.user).order_by("-saisie_le", "-pk")
    return filtre, filtre.choisir(visibles) if filtre.is_valid() else visibles.none()


def _origine(mouvement):
    """Return the row of a file that said it; None when somebody entered it."""
    return getattr(mouvement, "fait_importe", None)
