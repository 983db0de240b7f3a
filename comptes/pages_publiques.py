"""Pages open to anyone: they opt out of the sign-in, and are answered from an exact cache.

The version of a page is what it shows: the greatest history ids of the models it declares, today's date and the
release. It is read in one query and nothing has to be bumped: any change writes history, so any change makes
another version. What is kept is what an anonymous visitor sees; people who signed in get it with their own account
entries in the header.
"""

import copy
import gzip
import hashlib
from functools import lru_cache, wraps
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import caches
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.connection import ConnectionProxy

from comptes.methodes import lire_seulement
from comptes.requetes import planifier

LONGUEUR_MAX_ADRESSE = 500
# Headers of who already has a page, or asks for none but another.
CONDITIONS = {"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"}

# Kept by each process: a page takes longer to fetch from the shared cache than to compose.
cache = ConnectionProxy(caches, "pages")


def page_publique(*modeles):
    """Decorate a view that anyone may read, which shows rows of `modeles` (each with a history) and nothing else.

    The view finds in `request.version` the version of what it may keep, None when it may keep nothing.
    """

    def decorer(vue):
        @login_not_required
        @lire_seulement
        @wraps(vue)
        def vue_publique(request, *args, **kwargs):
            request.version = None
            if not settings.DUREE_CACHE_PAGES or len(request.get_full_path()) > LONGUEUR_MAX_ADRESSE:
                return _privee(vue(request, *args, **kwargs))
            return _repondre(request, modeles, lambda requete: vue(requete, *args, **kwargs))

        vue_publique.modeles = modeles
        return vue_publique

    return decorer


def version(modeles):
    """Return a text that changes with any row of `modeles`, read in one query (none when there are no models).

    On PostgreSQL ids are given before the commit: see `en_ecriture`.
    """
    identifiants = _lire_identifiants(modeles) if modeles else ""
    return f"{identifiants}-{timezone.localdate().isoformat()}-{settings.VERSION}"


def en_ecriture(modeles):
    """Tell whether another transaction is writing rows of `modeles`, whose ids may already be in their version.

    What is kept under a version must have been read while this was false, after the version: then it holds for ever,
    since whoever writes later takes an id, so makes another version, before anything of theirs is seen. Never true
    on SQLite, which has one writer and gives ids in the order of commits.
    """
    if connection.vendor != "postgresql" or not modeles:
        return False
    with connection.cursor() as curseur:
        curseur.execute(_requete_des_verrous(modeles))
        return curseur.fetchone()[0]


def garder(cle, modeles, composer):
    """Return what `composer()` makes of rows of `modeles`, kept under `cle` until one of them changes."""
    modeles = tuple(modeles)
    cle = f"{cle}:{version(modeles)}"
    garde = cache.get(cle)
    if garde is None:
        peut_garder = not en_ecriture(modeles)
        garde = composer()
        if peut_garder:
            cache.set(cle, garde, settings.DUREE_CACHE_PAGES)
    return garde


def _lire_identifiants(modeles):
    try:
        return _executer(modeles)
    except (OperationalError, InterfaceError):
        # This first query of the request stands for the health check: a connection that died is opened again.
        if connection.in_atomic_block:
            raise
        connection.close()
        return _executer(modeles)


def _executer(modeles):
    # The connection itself: its proxy looks for it again at each attribute.
    base = connections[DEFAULT_DB_ALIAS]
    base.health_check_done = True
    base.ensure_connection()
    requete = _requete_de_version(modeles, base.vendor)
    if base.vendor == "postgresql":
        requete = f"EXECUTE {planifier(requete, base.connection)}"
    with base.cursor() as curseur:
        curseur.execute(requete)
        return curseur.fetchone()[0]


@lru_cache
def _requete_de_version(modeles, moteur):
    """Greatest ids of the histories, in one text. On PostgreSQL the last ones given: as good, and read faster.

    (Snapshots would not do: they say nothing of transactions younger than the last one committed.)
    """
    noms = _tables(modeles)
    if moteur != "postgresql":
        maximums = [f"COALESCE((SELECT MAX(history_id) FROM {nom}), 0)" for nom in noms]  # noqa: S608 - our tables
        return "SELECT " + " || '-' || ".join([*maximums, "''"])
    with connection.connection.cursor() as curseur:
        curseur.execute("SELECT " + ", ".join(["pg_get_serial_sequence(%s, 'history_id')"] * len(noms)), noms)
        sequences = curseur.fetchone()
    derniers = ", ".join(f"COALESCE(pg_sequence_last_value('{sequence}'::regclass), 0)" for sequence in sequences)
    return f"SELECT concat_ws('-', {derniers})"


@lru_cache
def _requete_des_verrous(modeles):
    """Whoever adds a row holds a lock from before its id is given until its commit."""
    relations = ", ".join(f"'{nom}'::regclass" for nom in _tables(modeles))
    return (
        "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE mode = 'RowExclusiveLock'"  # noqa: S608 - our own tables
        f" AND relation IN ({relations})"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND pid <> pg_backend_pid())"
    )


def _tables(modeles):
    return [connection.ops.quote_name(modele.historique.model._meta.db_table) for modele in modeles]


class PageGardee(NamedTuple):
    """A page as it is kept: what anyone sees, compressed, with an ETag that follows its content."""

    statut: int
    type_contenu: str
    adresse: str | None
    compresse: bytes
    etag: str

    @classmethod
    def depuis(cls, reponse):
        empreinte = hashlib.sha256(reponse.content).hexdigest()[:32]
        compresse = gzip.compress(reponse.content, compresslevel=5, mtime=0)
        return cls(reponse.status_code, reponse["Content-Type"], reponse.get("Location"), compresse, f'W/"{empreinte}"')

    def reponse(self, contenu):
        if self.adresse:
            return HttpResponseRedirect(self.adresse)
        return HttpResponse(contenu, content_type=self.type_contenu, status=self.statut)


def _repondre(request, modeles, rendre):
    """Answer from the kept page of this version, rendering it first when there is none."""
    connu = settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
    if connu and (len(get_messages(request)) or hasattr(request, "vu_par")):
        return _privee(rendre(request))
    lue = version(modeles)
    cle = "page:" + hashlib.sha256(f"{lue} {request.get_full_path()}".encode()).hexdigest()
    page = cache.get(cle)
    if page is None:
        if en_ecriture(modeles):
            return _privee(rendre(request))
        reponse = rendre(_comme_anonyme(request, lue))
        if reponse.status_code not in (200, 302) or reponse.cookies or request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
            return _privee(rendre(request) if connu else reponse)
        page = PageGardee.depuis(reponse)
        cache.set(cle, page, settings.DUREE_CACHE_PAGES)
    if connu:
        return _privee(page.reponse(_avec_le_compte(request, cle, page)))
    return _servir(request, page)


def _comme_anonyme(request, lue):
    """Return the request as if nobody had signed in: what is kept can hold nothing personal."""
    anonyme = copy.copy(request)
    anonyme.user = AnonymousUser()
    anonyme.session = SessionBase()
    anonyme.COOKIES = {}
    anonyme._messages = []
    anonyme.version = lue
    return anonyme


def _avec_le_compte(request, cle, page):
    """Return the kept page with the reader's own account entries in the header.

    What stands before and after them is kept apart: most readers have not signed in, and take the page compressed.
    """
    morceaux = cache.get(f"{cle}:morceaux")
    if morceaux is None:
        avant, debut, reste = gzip.decompress(page.compresse).partition(b"<!-- compte -->")
        _, fin, apres = reste.partition(b"<!-- /compte -->")
        morceaux = avant + debut, fin + apres
        cache.set(f"{cle}:morceaux", morceaux, settings.DUREE_CACHE_PAGES)
    avant, apres = morceaux
    if not apres:
        return avant
    return b"".join([avant, render_to_string("composants/compte.html", request=request).encode(), apres])


def _servir(request, page):
    if page.statut == 200 and "gzip" in request.headers.get("Accept-Encoding", ""):
        reponse = page.reponse(page.compresse)
        reponse["Content-Encoding"] = "gzip"
    else:
        reponse = page.reponse(gzip.decompress(page.compresse))
    if page.statut == 200:
        if not CONDITIONS.isdisjoint(request.META):
            reponse = get_conditional_response(request, etag=page.etag, response=reponse)
        reponse["ETag"] = page.etag
    reponse["Vary"] = "Accept-Encoding, Cookie"
    reponse["Cache-Control"] = "public, no-cache"
    return reponse


def _privee(reponse):
    patch_cache_control(reponse, private=True, no_cache=True)
    return reponse
