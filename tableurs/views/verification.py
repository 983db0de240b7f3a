"""The page of an import: what is being done, what it would change, what it has changed."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from comptes.acces import est_modifiable
from comptes.methodes import lire_seulement
from tableurs import lots
from tableurs.ecriture import FormatExport
from tableurs.enums import ETATS_AU_TRAVAIL, EtatLot, Seau
from tableurs.forms import FormulaireSeau
from tableurs.francais import INSECABLE, nombre
from tableurs.lecture.constats import compter
from tableurs.models import LigneImport
from tableurs.ressources import toutes
from tableurs.typographie import typographier
from tableurs.veille import DUREE_DES_LIGNES
from tableurs.views.acces import lot_ou_404, page_demandee, qui_importe
from tableurs.views.presentation import (
    Tableau,
    compte_du_seau,
    fil_ariane,
    liens,
    lot_en_bref,
    lot_en_chiffres,
    moment,
    suites,
)

LIGNES_PAR_PAGE = 50
SECONDES_ENTRE_DEUX_RELANCES = 10


@lire_seulement
@qui_importe
def fiche(request, cle):
    lot = lot_ou_404(request, cle)
    if lot.etat == EtatLot.DEPOSE:
        return redirect("import_colonnes", cle=lot.cle)
    if lot.etat in ETATS_AU_TRAVAIL:
        return _montrer_l_avancement(request, lot)
    choix = FormulaireSeau(request.GET)
    if not choix.is_valid():
        raise Http404("Résultat inconnu")
    seau = choix.cleaned_data["seau"]
    page, details = _lire_les_lignes(request, lot, seau)
    contexte = {
        "fil_ariane": fil_ariane(lot),
        "lot": lot,
        "bref": lot_en_bref(lot),
        "chiffres": lot_en_chiffres(lot),
        "seau": seau,
        "seaux": dict(Seau.choices),
        "page": page,
        "formats": FormatExport.choices,
        "tableau": Tableau(lot, details),
        "modifiable": est_modifiable(lot, request.user),
        **_sort_des_disparus(lot),
    }
    if lot.etat == EtatLot.A_VERIFIER:
        return render(request, "tableurs/lot_verifier.html", contexte)
    fait = {"liens": liens(request, lot), "annulable_jusqu_au": (lot.depose_le + DUREE_DES_LIGNES).date()}
    return render(request, "tableurs/lot_fait.html", {**contexte, **fait, **suites(lot)})


def _sort_des_disparus(lot):
    """Return how many of the disappeared can be ended, and what that does."""
    classe = toutes().get(lot.ressource)
    if not lot.disparus:
        return {"terminables": 0, "sort": ""}
    return {
        "terminables": lot.details.filter(seau=Seau.DISPARU).exclude(operations=[]).count(),
        "sort": typographier(classe(lot.options).sort_des_disparus()) if classe else "",
    }


def _lire_les_lignes(request, lot, seau):
    """Return (page, rows). Keys first: the database then skips keys, not whole rows, to reach the last pages."""
    lignes = lot.details.filter(seau=seau) if seau else lot.details.exclude(seau=Seau.DISPARU)
    paginateur = Paginator(lignes.order_by("pk").values_list("pk", flat=True), LIGNES_PAR_PAGE)
    paginateur.count = compte_du_seau(lot, seau)
    page = page_demandee(request, paginateur)
    details = LigneImport.objects.filter(pk__in=list(page.object_list)).order_by("pk")
    return page, list(details if seau == Seau.DISPARU else details.defer("operations"))


@dataclass
class Avancement:
    """How far the worker is. `total` is None when nobody can tell; `muet` since when it gave no sign of life."""

    titre: str
    texte: str
    fait: int = 0
    total: int | None = None
    muet: str = ""


def _montrer_l_avancement(request, lot):
    suivre = "suivre" in request.GET
    contexte = {
        "fil_ariane": fil_ariane(lot),
        "lot": lot,
        "bref": lot_en_bref(lot),
        "avancement": avancement(lot),
        "modifiable": est_modifiable(lot, request.user),
        "suivre": suivre,
        "secondes": SECONDES_ENTRE_DEUX_RELANCES,
    }
    reponse = render(request, "tableurs/lot_avancement.html", contexte)
    if suivre:
        # Asked for by a reader without JavaScript: a page must not reload by itself otherwise.
        reponse["Refresh"] = str(SECONDES_ENTRE_DEUX_RELANCES)
    return reponse


def avancement(lot):
    silence = timezone.now() - lot.battement if lot.battement else timedelta()
    muet = moment(lot.battement) if silence > lots.SILENCE_MAX else ""
    if lot.en_attente:
        texte = "Le traitement commence d'ordinaire en quelques secondes, plus tard si d'autres imports passent avant."
        return Avancement("En attente", texte)
    if lot.etat == EtatLot.EN_COURS:
        titre = "Annulation en cours" if lot.annulation_en_cours else "En cours d'application"
        texte = "Tout est écrit d'un bloc : rien n'est visible avant la fin, et rien n'est changé si cela échoue."
        return Avancement(titre, typographier(texte), muet=muet)
    texte = f"{nombre(lot.lues)} sur {compter(lot.attendues, 'ligne')} comparées avec la base."
    if not lot.lues:
        texte = f"{compter(lot.attendues, 'ligne')}{INSECABLE}: le fichier est lu une première fois."
    return Avancement("Lecture et comparaison en cours", texte, lot.lues, lot.attendues or 1, muet)
