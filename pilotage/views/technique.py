"""What machines read: the state of the service, what robots may visit, the list of public pages."""

import logging
from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps.views import sitemap as plan_pour_les_robots
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from agences.models import Agence, Desserte
from comptes.pages_publiques import page_publique
from pilotage.sitemaps import PLANS
from programme.models import Mesure, Projet
from territoires.models import Composition, Inscription, Territoire

journal = logging.getLogger(__name__)

ADRESSES_INTERDITES_AUX_ROBOTS = ("admin:index", "account_login", "account_logout", "communes_suggestions", "sante")


@login_not_required
@never_cache
@require_safe
def sante(request):
    """200 when the portal can serve, 503 otherwise; says what is wrong, never why (the log does)."""
    try:
        manquantes = len(_migrations_du_code() - set(MigrationRecorder(connection).applied_migrations()))
    except DatabaseError:
        journal.exception("La base de données ne répond pas.")
        etat = {"etat": "en panne", "base": "injoignable", "migrations": "inconnues"}
    else:
        etat = {
            "etat": "en panne" if manquantes else "en service",
            "base": "joignable",
            "migrations": f"{manquantes} à appliquer" if manquantes else "à jour",
        }
    statut = 200 if etat["etat"] == "en service" else 503
    return JsonResponse(etat, status=statut, json_dumps_params={"ensure_ascii": False})


@cache
def _migrations_du_code():
    """The (app, name) of every migration of this release: they change only with the code."""
    return frozenset(MigrationLoader(connection=None, ignore_no_migrations=True).disk_migrations)


@page_publique()
def robots(request):
    lignes = ["User-agent: *"]
    lignes += [f"Disallow: {reverse(nom)}" for nom in ADRESSES_INTERDITES_AUX_ROBOTS]
    lignes += ["", f"Sitemap: {settings.ADRESSE_DU_SITE}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lignes), content_type="text/plain; charset=utf-8")


@page_publique(Territoire, Inscription, Composition, Mesure, Projet, Agence, Desserte)
def sitemap(request):
    return plan_pour_les_robots(request, sitemaps=PLANS).render()
