"""The list of projects and one of them, as a regional pilot reads them, nothing kept: at each of several sizes."""

import re
import statistics
import time

from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from benchmarks.pages import appeler, ouvrir_session
from comptes.pages_publiques import cache
from programme.models import Projet

TOURS = 15
# Goals: queries of the list, of a project's page; how much longer a list may take than at the first size.
BUT_LISTE, BUT_FICHE, BUT_TAILLE = 12, 15, 1.5
LISTES = {
    "par défaut": "",
    "état": "etat=instruction",
    "besoin": "besoin=recruter",
    "département": "departement=59",
    "nature du porteur": "porteur=entreprise",
    "en retard": "retard=on",
    "texte": "q=atelier",
}
SUIVANTE = re.compile(r"[?&;]apres=([a-z0-9]{10})")


@override_settings(ROOT_URLCONF="benchmarks.urls", DEBUG=False, ALLOWED_HOSTS=["localhost"], DUREE_CACHE_PAGES=0)
def mesurer_projets(tailles):
    """Print a table a size; return what is over its goal. Empties the database before each size but the first."""
    depassements, premiers = [], {}
    for taille in tailles:
        if premiers:
            call_command("flush", interactive=False, verbosity=0)
            call_command("charger_reference", verbosity=0)
        call_command("peupler_demo", projets=taille, verbosity=0)
        if connection.vendor == "postgresql":
            with connection.cursor() as curseur:
                curseur.execute("ANALYZE")
        cache.clear()
        depassements += _mesurer(taille, premiers)
    return depassements


def _mesurer(taille, premiers):
    application, cookie = WSGIHandler(), ouvrir_session()
    print(f"\nProjets : {taille}, lus par un pilote, en millisecondes ({connection.vendor})")
    print(f"{'liste':20} {'page 1':>8} {'page 2':>8} {'dernière':>9} {'requêtes':>9}   en vues nues")
    depassements = []
    for nom, question in LISTES.items():
        adresses = _pages(application, question, cookie)
        nue, *durees = _durees(application, ["/nue/", *adresses], cookie)
        requetes = _requetes(application, adresses[0], cookie)
        rapports = [
            duree / reference for duree, reference in zip(durees, premiers.setdefault(nom, durees), strict=True)
        ]
        trop = requetes > BUT_LISTE or max(rapports) > BUT_TAILLE
        if trop:
            depassements.append(f"projets, {nom}, {taille}")
        print(
            f"{nom:20} {' '.join(f'{duree * 1000:8.1f}' for duree in durees)} {requetes:6}/{BUT_LISTE}"
            f" {durees[0] / nue:14.1f}   {' '.join(f'×{un:.2f}' for un in rapports)}{'  TROP' if trop else ''}"
        )
    fiche = Projet.objects.order_by("-pk").first().get_absolute_url()
    nue, duree = _durees(application, ["/nue/", fiche], cookie)
    requetes = _requetes(application, fiche, cookie)
    if requetes > BUT_FICHE:
        depassements.append(f"fiche, {taille}")
    print(f"{'une fiche':20} {duree * 1000:8.1f} {requetes:24}/{BUT_FICHE} {duree / nue:14.1f}")
    return depassements


def _pages(application, question, cookie):
    """Return the addresses of the first page, of the second when there is one, of the last."""
    premiere = f"/projets/?{question}"
    suivante = SUIVANTE.search(_lire(application, premiere, cookie))
    seconde = f"{premiere}&apres={suivante[1]}" if suivante else premiere
    return premiere, seconde, f"{premiere}&fin"


def _lire(application, adresse, cookie):
    from django.test import Client

    navigateur = Client()
    navigateur.cookies.load(cookie)
    return navigateur.get(adresse, headers={"host": "localhost"}).text


def _durees(application, adresses, cookie):
    """Return the median time of each, in seconds: runs interleaved."""
    durees = {adresse: [] for adresse in adresses}
    for _ in range(TOURS):
        for adresse, liste in durees.items():
            debut = time.perf_counter()
            statut, _ = appeler(application, adresse, "" if adresse == "/nue/" else cookie)
            liste.append(time.perf_counter() - debut)
            if statut != 200:
                raise SystemExit(f"{adresse} répond {statut}")
    return [statistics.median(durees[adresse]) for adresse in adresses]


def _requetes(application, adresse, cookie):
    with CaptureQueriesContext(connection) as captures:
        appeler(application, adresse, cookie)
    return len(captures)
