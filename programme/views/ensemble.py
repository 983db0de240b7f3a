"""The same act on several projects of the list: what would happen to each, doing it, what happened."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_seulement, methodes
from programme.ensemble import (
    ETIQUETTES,
    MAXIMUM,
    Ensemble,
    acte_demande,
    actes_ouverts,
    droits_de,
    etiquettes_de,
    par_raison,
)
from programme.models import Projet
from programme.views.projets import projets_demandes
from tableurs.views.acces import envoi

recevoir_seulement = methodes("POST")
# In the session: what the last act did, for the page that tells it.
FAIT = "projets_ensemble"
TOUTES = "toutes"


@lire_seulement
@never_cache
def apercu(request):
    """Say of each project what will happen, or why nothing will; ask what is not chosen yet. Nothing is written."""
    demande = request.GET
    acte = acte_demande(demande.get("acte", ""), demande.get("etiquette", ""), request.user)
    projets, inconnus, au_dela = _choisis(request, demande)
    ensemble = Ensemble(acte, projets) if acte and projets and not au_dela else None
    if ensemble:
        ensemble.prevoir()
    contexte = {
        "fil_ariane": [("Projets", _liste(demande)), ("Agir sur plusieurs projets", "")],
        "acte": acte,
        "cle_de_l_acte": demande.get("acte", ""),
        "cle_de_l_etiquette": demande.get("etiquette", ""),
        "ensemble": ensemble,
        "projets": projets,
        "inconnus": inconnus,
        "au_dela": au_dela,
        "maximum": MAXIMUM,
        "liste": _liste(demande),
        "gardes": [(nom, valeur) for nom in ("cle", "lesquels", "liste") for valeur in demande.getlist(nom)],
        "actes": actes_ouverts(droits_de(request.user)),
        "etiquettes": etiquettes_de(request.user) if demande.get("acte") in ETIQUETTES else [],
    }
    return render(request, "programme/projets_ensemble.html", contexte)


@recevoir_seulement
@never_cache
def appliquer(request):
    """Do it to the projects that the preview named. Who sees none of them, or may do nothing: refused."""
    donnees, _ = envoi(request)
    acte = acte_demande(donnees.get("acte", ""), donnees.get("etiquette", ""), request.user)
    projets, inconnus, _ = _choisis(request, donnees)
    if acte is None or not projets:
        messages.error(request, "Rien n'est fait : choisissez d'abord un acte et des projets.")
        return redirect(_liste(donnees))
    ensemble = Ensemble(acte, projets)
    ensemble.appliquer()
    request.session[FAIT] = {
        "verbe": acte.verbe,
        "faits": [ligne.projet.cle for ligne in ensemble.possibles],
        "refus": {ligne.projet.cle: ligne.refus for ligne in ensemble.refusees},
        "inconnus": inconnus,
        "liste": _liste(donnees),
    }
    return redirect("projets_ensemble_fait")


@lire_seulement
@never_cache
def fait(request):
    """Tell what the last act did, with links; of what its author still sees."""
    if not droits_de(request.user)["conduits_par"]:
        raise PermissionDenied
    bilan = request.session.get(FAIT)
    if not bilan:
        return redirect("projets")
    cles = [*bilan["faits"], *bilan["refus"]]
    vus = {projet.cle: projet for projet in _lisibles(request).filter(cle__in=cles)}
    refuses = [(vus[cle], raison) for cle, raison in bilan["refus"].items() if cle in vus]
    contexte = {
        "fil_ariane": [("Projets", bilan["liste"]), ("Agir sur plusieurs projets", "")],
        "bilan": bilan,
        "faits": [vus[cle] for cle in bilan["faits"] if cle in vus],
        "combien_de_refus": len(refuses),
        "refus": par_raison(refuses),
    }
    return render(request, "programme/projets_ensemble_fait.html", contexte)


def _lisibles(request):
    return Projet.objects.visibles_par(request.user).filter(archive_le=None).select_related("territoire")


def _choisis(request, demande):
    """Return (the projects, how many of those named are not theirs to see, whether they are too many).

    `lesquels=toutes`: all those of the list whose address is in `liste`; else those whose keys are in `cle`.
    """
    if demande.get("lesquels") == TOUTES:
        _, projets = projets_demandes(request, QueryDict(demande.get("liste", "")))
        choisis, inconnus = list(_avec_ce_qui_manque(projets)[: MAXIMUM + 1]), 0
    else:
        cles = list(dict.fromkeys(cle for cle in demande.getlist("cle") if "\0" not in cle))
        # In the order of the list, as they were sent.
        vus = _avec_ce_qui_manque(_lisibles(request)).filter(cle__in=cles[: MAXIMUM + 1]).in_bulk(field_name="cle")
        choisis = [vus[cle] for cle in cles if cle in vus]
        inconnus = len(cles[: MAXIMUM + 1]) - len(choisis)
    return choisis[:MAXIMUM], inconnus, len(choisis) > MAXIMUM


def _avec_ce_qui_manque(projets):
    """What a transmission looks at is read for all."""
    return projets.select_related("territoire").prefetch_related("mesures", "communes")


def _liste(demande):
    """Return the address of the list that one comes from: its question only, never another address."""
    question = QueryDict(demande.get("liste", "")).urlencode()
    return f"{reverse('projets')}?{question}" if question else f"{reverse('projets')}?vue=toutes"
