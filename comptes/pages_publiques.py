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
from weakref import WeakKeyDictionary

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control

LONGUEUR_MAX_ADRESSE = 500

# Statements already planned, by PostgreSQL connection.
_preparees = WeakKeyDictionary()


def page_publique(*modeles):
    """Decorate a view that anyone may read, which shows rows of `modeles` (each with a history) and nothing else.

    Other methods than GET and HEAD get a 405 page that says so.
    """

    def decorer(vue):
        @login_not_required
        @wraps(vue)
        def vue_publique(request, *args, **kwargs):
            if request.method not in ("GET", "HEAD"):
                reponse = render(request, "405.html", status=405)
                reponse["Allow"] = "GET, HEAD"
                return reponse
            if not settings.DUREE_CACHE_PAGES or len(request.get_full_path()) > LONGUEUR_MAX_ADRESSE:
                return _privee(vue(request, *args, **kwargs))
            return _repondre(request, modeles, lambda requete: vue(requete, *args, **kwargs))

        vue_publique.modeles = modeles
        return vue_publique

    return decorer


def version(modeles):
    """Return (version, stable): a text that changes with any row of `modeles`, in one query.

    On PostgreSQL ids are given before the commit, so a lower id may appear after a higher one: while another
    transaction is writing these tables (`stable` is False) a page may be shown but neither kept nor given an ETag.
    """
    try:
        ligne = _lire_version(modeles)
    except (OperationalError, InterfaceError):
        # This first query of the request stands for the health check: a connection that died is opened again.
        if connection.in_atomic_block:
            raise
        connection.close()
        ligne = _lire_version(modeles)
    *identifiants, stable = ligne
    textes = [str(identifiant or 0) for identifiant in identifiants]
    return "-".join([*textes, timezone.localdate().isoformat(), settings.VERSION]), bool(stable)


def _lire_version(modeles):
    connection.health_check_done = True
    connection.ensure_connection()
    requete = _requete_de_version(modeles, connection.vendor)
    if connection.vendor == "postgresql":
        requete = _preparer(requete)
    with connection.cursor() as curseur:
        curseur.execute(requete)
        return curseur.fetchone()


def _preparer(requete):
    """Return the statement that runs `requete`, planned once a connection: planning takes longer than reading."""
    connues = _preparees.setdefault(connection.connection, {})
    if requete not in connues:
        connues[requete] = f"EXECUTE version_{len(connues)}"
        with connection.connection.cursor() as curseur:
            curseur.execute(f"PREPARE version_{len(connues) - 1} AS {requete}")
    return connues[requete]


@lru_cache
def _requete_de_version(modeles, moteur):
    tables = [modele.historique.model._meta.db_table for modele in modeles]
    if moteur == "postgresql":
        return _requete_postgresql(tables)
    colonnes = [f"(SELECT MAX(history_id) FROM {connection.ops.quote_name(table)})" for table in tables]  # noqa: S608
    return f"SELECT {', '.join([*colonnes, '1'])}"


def _requete_postgresql(tables):
    """Last ids given, from the sequences: as good as the greatest ones, and read without planning a query a table.

    Whoever adds a row holds a lock from before its id is given until its commit. (Snapshots would not do: they say
    nothing of transactions younger than the last one committed.)
    """
    if not tables:
        return "SELECT 1"
    with connection.connection.cursor() as curseur:
        noms = [connection.ops.quote_name(table) for table in tables]
        curseur.execute("SELECT " + ", ".join(["pg_get_serial_sequence(%s, 'history_id')"] * len(noms)), noms)
        sequences = curseur.fetchone()
    colonnes = [f"pg_sequence_last_value('{sequence}'::regclass)" for sequence in sequences]
    relations = ", ".join(f"'{nom}'::regclass" for nom in noms)
    colonnes.append(
        "NOT EXISTS (SELECT 1 FROM pg_locks WHERE mode = 'RowExclusiveLock'"  # noqa: S608 - our own tables
        f" AND relation IN ({relations})"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND pid <> pg_backend_pid())"
    )
    return f"SELECT {', '.join(colonnes)}"


class PageGardee(NamedTuple):
    """A page as it is kept: what anyone sees, whole and compressed, with an ETag that follows its content."""

    statut: int
    type_contenu: str
    adresse: str | None
    contenu: bytes
    compresse: bytes
    etag: str

    @classmethod
    def depuis(cls, reponse):
        empreinte = hashlib.sha256(reponse.content).hexdigest()[:32]
        compresse = gzip.compress(reponse.content, compresslevel=5, mtime=0)
        return cls(
            reponse.status_code,
            reponse["Content-Type"],
            reponse.get("Location"),
            reponse.content,
            compresse,
            f'W/"{empreinte}"',
        )

    def reponse(self, contenu):
        if self.adresse:
            return HttpResponseRedirect(self.adresse)
        return HttpResponse(contenu, content_type=self.type_contenu, status=self.statut)


def _repondre(request, modeles, rendre):
    """Answer from the kept page of this version, rendering it first when there is none."""
    connu = settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
    if connu and len(get_messages(request)):
        return _privee(rendre(request))
    version_lue, stable = version(modeles)
    if not stable:
        return _privee(rendre(request))
    cle = "page:" + hashlib.sha256(f"{version_lue} {request.get_full_path()}".encode()).hexdigest()
    page = cache.get(cle)
    if page is None:
        reponse = rendre(_comme_anonyme(request))
        if reponse.status_code not in (200, 302) or reponse.cookies or request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
            return _privee(rendre(request) if connu else reponse)
        page = PageGardee.depuis(reponse)
        cache.set(cle, page, settings.DUREE_CACHE_PAGES)
    if connu:
        return _privee(page.reponse(_avec_le_compte(request, page.contenu)))
    return _servir(request, page)


def _comme_anonyme(request):
    """Return the request as if nobody had signed in: what is kept can hold nothing personal."""
    anonyme = copy.copy(request)
    anonyme.user = AnonymousUser()
    anonyme.session = SessionBase()
    anonyme.COOKIES = {}
    anonyme._messages = []
    return anonyme


def _avec_le_compte(request, contenu):
    """Return the kept page with the reader's own account entries in the header."""
    avant, debut, reste = contenu.partition(b"<!-- compte -->")
    _, fin, apres = reste.partition(b"<!-- /compte -->")
    if not fin:
        return contenu
    return avant + debut + render_to_string("composants/compte.html", request=request).encode() + fin + apres


def _servir(request, page):
    if page.statut == 200 and "gzip" in request.headers.get("Accept-Encoding", ""):
        reponse = page.reponse(page.compresse)
        reponse["Content-Encoding"] = "gzip"
    else:
        reponse = page.reponse(page.contenu)
    if page.statut == 200:
        reponse = get_conditional_response(request, etag=page.etag, response=reponse)
        reponse["ETag"] = page.etag
    reponse["Vary"] = "Accept-Encoding, Cookie"
    reponse["Cache-Control"] = "public, no-cache"
    return reponse


def _privee(reponse):
    patch_cache_control(reponse, private=True, no_cache=True)
    return reponse
