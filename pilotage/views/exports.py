"""Public lists to take away: the same rows as the page, in its order, under its filters."""

import hashlib
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response

from agences.exports import AGENCES
from comptes.acces import aujourdhui
from comptes.methodes import lire_seulement
from comptes.pages_publiques import en_ecriture, version
from pilotage.listes import choisir_liste
from pilotage.views.agences import D_UN_TERRITOIRE, D_UNE_ZONE, agences_demandees
from pilotage.views.financements import MODELES_DES_MONTANTS, fin_demandee
from pilotage.views.territoires import inscriptions_demandees
from programme.argent.tableaux import sommes_publiques
from programme.colonnes_de_liste import PARAMETRE as COLONNES_CHOISIES
from programme.exports import ENVELOPPES, MESURES, PROJETS
from programme.exports_argent import SOMMES
from programme.models import Besoin, Enveloppe, Mesure
from programme.views.projets import projets_demandes, tableau_demande
from tableurs.views.exports import fichier_demande, reponse_du_fichier
from territoires.exports import COLLECTIVITES, DISPOSITIONS, TERRITOIRES
from territoires.models import (
    Collectivite,
    Composition,
    Departement,
    Inscription,
    Liste,
    Perimetre,
    Phase,
    Rattachement,
    Region,
)


def export_public(*modeles):
    """Decorate a view that returns a `Fichier` made of rows of `modeles`, which anyone may download.

    The ETag is the version of these models, read in one query: a file that has not changed is not made again.
    """

    def decorer(vue):
        @login_not_required
        @lire_seulement
        @wraps(vue)
        def vue_publique(request, *args, **kwargs):
            lue = version(modeles)
            etag = f'W/"{hashlib.sha256(f"{lue} {request.get_full_path()}".encode()).hexdigest()[:32]}"'
            connue = get_conditional_response(request, etag=etag)
            # While somebody writes (PostgreSQL), what is read may not be what the version says.
            garantie = connue or not en_ecriture(modeles)
            reponse = connue or reponse_du_fichier(request, vue(request, *args, **kwargs))
            if reponse.status_code in (200, 304):
                reponse["Cache-Control"] = "public, no-cache"
                if garantie:
                    reponse["ETag"] = etag
            return reponse

        vue_publique.modeles = modeles
        return vue_publique

    return decorer


@export_public(Phase, Liste, Inscription, Perimetre, Region, Departement, Collectivite, Composition, Rattachement)
def territoires(request, format_demande):
    """The territories of the page; `disposition` asks for their members, in a layout that an import reads back."""
    _, liste = choisir_liste(request)
    filtre, inscriptions = inscriptions_demandees(request, liste)
    if not filtre.is_valid():
        # The page says what it didn't understand.
        return redirect(f"{reverse('territoires')}?{request.GET.urlencode()}")
    disposition = request.GET.get("disposition", "")
    if disposition not in ("", *DISPOSITIONS):
        raise Http404("Disposition inconnue")
    nom = f"territoires_{disposition or 'liste'}_{liste.slug if liste else 'vide'}"
    return fichier_demande(DISPOSITIONS.get(disposition, TERRITOIRES), format_demande, inscriptions, nom)


@export_public(Besoin, Mesure, Phase)
def mesures(request, format_demande):
    return fichier_demande(MESURES, format_demande)


@export_public(*D_UNE_ZONE, *D_UN_TERRITOIRE)
def agences(request, format_demande):
    filtre, demandees = agences_demandees(request)
    if not filtre.is_valid():
        return redirect(f"{reverse('agences')}?{request.GET.urlencode()}")
    return fichier_demande(AGENCES, format_demande, demandees)


@export_public(Enveloppe, Phase)
def financements(request, format_demande):
    return fichier_demande(ENVELOPPES, format_demande)


@export_public(*MODELES_DES_MONTANTS)
def montants(request, format_demande):
    """What followed the announcements, at a month-end, presented in each way."""
    au = fin_demandee(request)
    return fichier_demande(SOMMES, format_demande, sommes_publiques(au), f"montants_{au.isoformat()}")


@export_public(Collectivite)
def communes(request, format_demande):
    """The administrative map: communes and groups of communes, past and present."""
    return fichier_demande(COLLECTIVITES, format_demande)


@login_not_required
@lire_seulement
def projets(request, format_demande):
    """The projects that the reader sees: nothing of it is kept, since each sees others."""
    filtre, demandes = projets_demandes(request)
    if not filtre.is_valid():
        return redirect(f"{reverse('projets')}?{request.GET.urlencode()}")
    tableau = tableau_demande(request, filtre)
    # The list always says which columns it shows; who says none takes them all.
    export = tableau.export if COLONNES_CHOISIES in request.GET else PROJETS
    nom = f"projets_{aujourdhui().isoformat()}"
    fichier = fichier_demande(export, format_demande, tableau.pour_le_fichier(demandes), nom)
    reponse = reponse_du_fichier(request, fichier)
    reponse["Cache-Control"] = "private, no-store"
    return reponse
