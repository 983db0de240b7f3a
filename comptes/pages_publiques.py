"""Pages open to anyone: they opt out of the sign-in, and are answered from an exact cache.

The version of a page is what it shows: the greatest history ids of the models it declares, today's date and the
release. It is read in one query and nothing has to be bumped: any change writes history, so any change makes
another version. Requests that carry a session cookie never meet the cache.
"""

import gzip
import hashlib
from functools import wraps
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers

LONGUEUR_MAX_ADRESSE = 500


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
            if not _est_cachable(request):
                reponse = vue(request, *args, **kwargs)
                patch_cache_control(reponse, private=True, no_cache=True)
                return reponse
            return _repondre_par_le_cache(request, modeles, lambda: vue(request, *args, **kwargs))

        vue_publique.modeles = modeles
        return vue_publique

    return decorer


def version(modeles):
    """Return (version, stable): a text that changes with any row of `modeles`, in one query.

    On PostgreSQL ids are given before the commit, so a lower id may appear after a higher one: while a write is
    under way (`stable` is False) a page may be shown but neither kept nor given an ETag.
    """
    tables = [connection.ops.quote_name(modele.historique.model._meta.db_table) for modele in modeles]
    colonnes = [f"(SELECT MAX(history_id) FROM {table})" for table in tables]
    if connection.vendor == "postgresql":
        colonnes.append(
            "pg_snapshot_xmin(pg_current_snapshot()) = pg_snapshot_xmax(pg_current_snapshot())"
        )
    else:
        colonnes.append("1")
    with connection.cursor() as curseur:
        curseur.execute(f"SELECT {', '.join(colonnes)}")
        *identifiants, stable = curseur.fetchone()
    textes = [str(identifiant or 0) for identifiant in identifiants]
    return "-".join([*textes, timezone.localdate().isoformat(), settings.VERSION]), bool(stable)


def _est_cachable(request):
    return (
        settings.DUREE_CACHE_PAGES > 0
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and len(request.get_full_path()) <= LONGUEUR_MAX_ADRESSE
    )


def _repondre_par_le_cache(request, modeles, rendre):
    version_lue, stable = version(modeles)
    if not stable:
        return rendre()
    cle = "page:" + hashlib.sha256(f"{version_lue} {request.get_full_path()}".encode()).hexdigest()
    garde, reponse = cache.get(cle), None
    if garde is None:
        reponse = rendre()
        if reponse.status_code != 200 or reponse.cookies or request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
            return reponse
        garde = PageGardee.depuis(reponse)
        cache.set(cle, garde, settings.DUREE_CACHE_PAGES)
    return _avec_entetes(
        get_conditional_response(request, etag=garde.etag, response=_servir(request, garde, reponse)),
        garde.etag,
    )


class PageGardee(NamedTuple):
    """A page as it is kept: compressed, with an ETag that follows its content."""

    type_contenu: str
    compresse: bytes
    etag: str

    @classmethod
    def depuis(cls, reponse):
        empreinte = hashlib.sha256(reponse.content).hexdigest()[:32]
        compresse = gzip.compress(reponse.content, compresslevel=5, mtime=0)
        return cls(reponse["Content-Type"], compresse, f'W/"{empreinte}"')


def _servir(request, garde, reponse):
    """Return the kept page in the coding that the reader accepts; `reponse` when it has just been rendered."""
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        comprimee = HttpResponse(garde.compresse, content_type=garde.type_contenu)
        comprimee["Content-Encoding"] = "gzip"
        return comprimee
    return reponse or HttpResponse(gzip.decompress(garde.compresse), content_type=garde.type_contenu)


def _avec_entetes(reponse, etag):
    reponse["ETag"] = etag
    patch_vary_headers(reponse, ["Cookie", "Accept-Encoding"])
    patch_cache_control(reponse, public=True, no_cache=True)
    return reponse
