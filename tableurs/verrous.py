"""Waiting for the database, or not: who writes at length, who must give up, who can be patient."""

import time
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

# On SQLite, the `timeout` of the settings.
ATTENTE_MAX_SECONDES = 20
PATIENCE_SECONDES = 600


def est_une_attente(erreur):
    """Tell whether an `OperationalError` says that somebody else holds what was asked for."""
    if connection.vendor == "postgresql":
        return isinstance(erreur.__cause__, DeadlockDetected | LockNotAvailable | SerializationFailure)
    return "locked" in str(erreur)


@contextmanager
def transaction_courte():
    """A transaction that waits for the rows of others for 20 seconds at most, then raises `OperationalError`."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as curseur:
                curseur.execute("SELECT set_config('lock_timeout', %s, true)", [f"{ATTENTE_MAX_SECONDES}s"])
        yield


@contextmanager
def transaction_sans_attendre():
    """A transaction that raises `OperationalError` at once on SQLite when somebody writes.

    On PostgreSQL nothing waits for a whole database: lock rows with `skip_locked`.
    """
    if connection.vendor == "postgresql":
        with transaction.atomic():
            yield
        return
    with connection.cursor() as curseur:
        attente = curseur.execute("PRAGMA busy_timeout").fetchone()[0]
        curseur.execute("PRAGMA busy_timeout = 0")
    try:
        with transaction.atomic():
            yield
    finally:
        with connection.cursor() as curseur:
            curseur.execute(f"PRAGMA busy_timeout = {attente}")


def patiemment(ecrire):
    """Call `ecrire`, which writes in one transaction, again as long as somebody else holds the base."""
    fin = time.monotonic() + PATIENCE_SECONDES
    while True:
        try:
            return ecrire()
        except OperationalError as erreur:
            if not est_une_attente(erreur) or connection.in_atomic_block or time.monotonic() > fin:
                raise
