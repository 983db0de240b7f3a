"""Second factors in tests: whoever must have one, codes of an application, sessions where it has been given."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.test import Client

from comptes import acces
from comptes.second_facteur import DONNE

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
# Seconds that a code lives, and those that a loaded machine needs to type it.
PERIODE = 30
ASSEZ = 6


@pytest.fixture
def facteur_demande(settings):
    """No address is exempt."""
    settings.DOMAINE_SANS_SECOND_FACTEUR = "demo.example"


@pytest.fixture
def facteur_exige(facteur_demande, monkeypatch):
    """Everyone must have a second factor, as those whose habilitation asks for it."""
    monkeypatch.setattr(acces, "exige_second_facteur", lambda personne: True)


def code(secret=SECRET):
    """Return what the application shows now, waiting for the next one if this one has only seconds left."""
    reste = PERIODE - time.time() % PERIODE
    if reste < ASSEZ:
        time.sleep(reste)
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def donner_une_application(personne):
    """Give a person an application whose secret is `SECRET`, and recovery codes, which are returned."""
    TOTP.activate(personne, SECRET)
    secours = RecoveryCodes.activate(personne)
    secours.mark_as_viewed()
    return secours.get_unused_codes()


def connecter(client, personne):
    """Sign in as somebody who gave their second factor."""
    client.force_login(personne)
    session = client.session
    session[DONNE] = True
    session.save()


@pytest.fixture
def ouvrir_en(ouvrir, live_server):
    """Return a function that opens a page in a new window of a browser, as somebody who gave their second factor."""

    def ouvrir_page(personne, chemin, **options):
        client = Client()
        connecter(client, personne)
        temoin = client.cookies[settings.SESSION_COOKIE_NAME].value
        page = ouvrir("/aide/", **options)
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": temoin, "url": live_server.url}])
        page.goto(chemin)
        return page

    return ouvrir_page


def facteurs(personne):
    return set(Authenticator.objects.filter(user=personne).values_list("type", flat=True))
