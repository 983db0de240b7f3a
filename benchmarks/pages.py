"""Public pages against the bare view, called in the same process through `WSGIHandler`, runs interleaved."""

import io
import statistics
import time
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from comptes.models import Utilisateur
from comptes.pages_publiques import cache
from comptes.second_facteur import DONNE
from territoires.enums import QualiteRegionale
from territoires.models import PiloteRegional, Region


@dataclass
class Page:
    """An address and the most it may cost, in bare views."""

    adresse: str
    connectee: int | None = None
    a_froid: int | None = None


TOURS = 25
# Calls in a row, of the bare view and of a page alike: the first of them find cold processor caches.
APPELS, APPELS_A_FROID = 20, 3
# Goals, in bare views. A page is measured three ways: `anonyme` (answered from the exact cache), `connectee` (the
# kept page with the reader's own account entries: session, person and version are read) and `a_froid` (nothing kept:
# the first reader after a change). What each visitor types is never kept: searches have their goal cold.
BUT_ANONYME = 2
PAGES = [
    Page("/", connectee=10),
    Page("/carte/"),
    Page("/carte/?region=32"),
    Page("/territoires/", connectee=15),
    Page("/territoires/?region=32&tri=-population", connectee=15),
    Page("/territoires/dunkerque/", connectee=15),
    Page("/communes/?q=lyon", a_froid=10),
    Page("/communes/?q=saint%20denis", a_froid=10),
    Page("/communes/?q=saint", a_froid=10),
    Page("/communes/?q=dunkerke", a_froid=10),
    Page("/communes/?q=59140", a_froid=10),
    Page("/communes/suggestions/?q=sai", a_froid=10),
    Page("/communes/suggestions/?q=dunk", a_froid=10),
    Page("/communes/59183/"),
    Page("/communes/33063/"),
    Page("/mesures/"),
    Page("/mesures/ATT-1/"),
    Page("/financements/"),
    Page("/aide/"),
]


def appeler(application, adresse, cookie=""):
    """Call the WSGI application as a browser would; return (status, body size)."""
    chemin, _, requete = adresse.partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": chemin,
        "QUERY_STRING": requete,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT_ENCODING": "gzip, deflate, br",
        "HTTP_COOKIE": cookie,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
    }
    etat = []
    reponse = application(environ, lambda statut, entetes: etat.append(int(statut[:3])))
    taille = sum(len(morceau) for morceau in reponse)
    reponse.close()
    return etat[0], taille


def ouvrir_session():
    """Return the cookie of a regional pilot who signed in, second factor given."""
    personne, _ = Utilisateur.objects.get_or_create(email="mesure@demo.example")
    PiloteRegional.objects.get_or_create(
        personne=personne, region=Region.objects.first(), qualite=QualiteRegionale.PRESIDENCE
    )
    session = SessionStore()
    session[SESSION_KEY] = str(personne.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = personne.get_session_auth_hash()
    session[DONNE] = True
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _duree(application, adresse, cookie, fois):
    debut = time.perf_counter()
    for _ in range(fois):
        appeler(application, adresse, cookie)
    return (time.perf_counter() - debut) / fois


def _mesurer(application, cookie="", appels=APPELS):
    """Return {address: ratio to the bare view}: medians of runs that go through all pages in turn."""
    durees = {adresse: [] for adresse in ["/nue/", *(page.adresse for page in PAGES)]}
    for adresse in durees:
        statut, _ = appeler(application, adresse, cookie)
        if statut >= 400:
            raise SystemExit(f"{adresse} répond {statut}")
    for _ in range(TOURS):
        for adresse, liste in durees.items():
            # The reference is called without a cookie: it is the same in the three measures.
            nue = adresse == "/nue/"
            liste.append(_duree(application, adresse, "" if nue else cookie, APPELS if nue else appels))
    nue = statistics.median(durees["/nue/"])
    return {adresse: statistics.median(liste) / nue for adresse, liste in durees.items()}


def _compter_les_requetes(application):
    requetes = {}
    for page in PAGES:
        appeler(application, page.adresse)
        with CaptureQueriesContext(connection) as captures:
            appeler(application, page.adresse)
        requetes[page.adresse] = len(captures)
    return requetes


@override_settings(ROOT_URLCONF="benchmarks.urls", DEBUG=False, ALLOWED_HOSTS=["localhost"])
def mesurer_pages():
    """Print a table; return the addresses over their goal."""
    application = WSGIHandler()
    cache.clear()
    with override_settings(DUREE_CACHE_PAGES=0):
        requetes = _compter_les_requetes(application)
        a_froid = _mesurer(application, appels=APPELS_A_FROID)
    anonymes = _mesurer(application)
    connectees = _mesurer(application, ouvrir_session())
    tailles = {page.adresse: appeler(application, page.adresse)[1] for page in PAGES}

    print(f"\nPages publiques, en vues nues ({connection.vendor})")
    print(f"{'page':42} {'anonyme':>9} {'connectée':>11} {'à froid':>10} {'requêtes':>9} {'ko gzip':>8}")
    depassements = []
    for page in PAGES:
        mesures = [
            (anonymes[page.adresse], BUT_ANONYME),
            (connectees[page.adresse], page.connectee),
            (a_froid[page.adresse], page.a_froid),
        ]
        trop = any(but and ratio > but for ratio, but in mesures)
        if trop:
            depassements.append(page.adresse)
        colonnes = " ".join(f"{ratio:6.1f}{f'/{but}' if but else '':4}" for ratio, but in mesures)
        print(
            f"{page.adresse:42} {colonnes} {requetes[page.adresse]:7} {tailles[page.adresse] / 1000:10.1f}"
            f"{'  TROP' if trop else ''}"
        )
    return depassements
