"""Limits on attempts reached: a page that says until when, and nothing of whether an account exists."""

import datetime
import time

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.stagekit import unstash_login
from allauth.core.internal.ratelimit import get_cache_key, parse_rates
from django.core.cache import cache
from django.shortcuts import render
from django.utils import timezone

from comptes.journal import noter

APPLICATION = "allauth.account"


def trop_de_tentatives(request):
    """Answer 429, with the time from which the visitor may try again."""
    secondes = attente(request)
    noter("trop_de_tentatives", request)
    # To the minute above: earlier would be refused again.
    reprise = timezone.localtime() + datetime.timedelta(seconds=secondes + 59)
    contexte = {"reprise": reprise, "est_connecte": request.user.is_authenticated}
    reponse = render(request, "429.html", contexte, status=429)
    reponse["Retry-After"] = str(secondes)
    reponse["Cache-Control"] = "private, no-store"
    return reponse


def attente(request):
    """Return the number of seconds after which none of the limits that hold back this request does."""
    comptes = _cles(request)
    tenues = {}
    for action, taux in app_settings.RATE_LIMITS.items():
        for limite in parse_rates(taux):
            for cle in _cles_de_cache(request, action, limite, comptes):
                tenues[cle] = limite
    fins = [0]
    for cle, moments in cache.get_many(tenues).items():
        limite = tenues[cle]
        # Latest first: the limit is lifted when the oldest of those that count is forgotten.
        if len(moments) >= limite.amount:
            fins.append(moments[limite.amount - 1] + limite.duration - time.time())
    return max(1, int(max(fins)) + 1)


def oublier(request, adresse):
    """Lift what holds back an account, whose owner has just proved it; the network's count stays."""
    cle = get_adapter()._get_login_attempts_cache_key(request, email=adresse)
    limites = [limite for limite in parse_rates(app_settings.RATE_LIMITS["login_failed"]) if limite.per == "key"]
    cache.delete_many([nom for limite in limites for nom in _cles_de_cache(request, "login_failed", limite, [cle])])


def _cles(request):
    """Return what accounts the request is about, as allauth names them in its limits."""
    adaptateur = get_adapter()
    adresses = {request.POST.get("login", ""), request.POST.get("email", "")} - {""}
    cles = {adresse.strip().lower() for adresse in adresses}
    cles |= {adaptateur._get_login_attempts_cache_key(request, email=cle) for cle in cles}
    personne = request.user if request.user.is_authenticated else None
    if personne:
        cles.add(adaptateur._get_login_attempts_cache_key(request, email=personne.email))
    elif en_cours := unstash_login(request, peek=True):
        personne = en_cours.user
    if personne:
        cles.add(f"mfa-auth-user-{personne.pk}")
    return cles


def _cles_de_cache(request, action, limite, comptes):
    commun = {"app": APPLICATION, "action": action, "rate": limite}
    if limite.per == "ip":
        return [get_cache_key(request, **commun)]
    if limite.per == "user":
        return [get_cache_key(request, **commun)] if request.user.is_authenticated else []
    return [get_cache_key(request, **commun, key=cle) for cle in comptes]
