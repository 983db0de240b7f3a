"""Queries that every page asks: composed once a day, and on PostgreSQL planned once a connection.

Both take far longer than reading the few rows that they find.
"""

from functools import cache, lru_cache
from itertools import islice, repeat
from weakref import WeakKeyDictionary

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

# Stands for the person in a query that is composed once.
QUELQU_UN = -1

# What every page asks about its reader, by room: {name: columns of a query about a person}.
_demandes = {}

# Names of the statements already planned, by PostgreSQL connection.
_planifiees = WeakKeyDictionary()


def lire_pour(personne, composer):
    """Return the rows of a query about a person, whatever the capacity they act in.

    `composer(personne)` returns a queryset of tuples that names the person by their key only, and today.
    """
    requete, parametres = _composer(composer, connection.vendor, timezone.localdate())
    with connection.cursor() as curseur:
        if connection.vendor == "postgresql":
            curseur.execute(f"EXECUTE {planifier(requete, connection.connection, '(bigint)')}(%s)", [personne.pk])
        else:
            curseur.execute(requete, [personne.pk if un == QUELQU_UN else un for un in parametres])
        return curseur.fetchall()


def demander(nom, colonnes):
    """Have `colonnes(personne)`, a list of expressions, read about the reader of every page, with what others asked."""
    _demandes[nom] = colonnes


def reponse(personne, nom):
    """Return the values of what was asked under a name: all that was asked is read at once, once a request."""
    lues = getattr(personne, "_reponses_lues", None)
    if lues is None:
        # Nobody by that key: no to everything.
        suite = iter(next(iter(lire_pour(personne, _tout)), repeat(0)))
        lues = {cle: list(islice(suite, nombre)) for cle, nombre in _nombres().items()}
        personne._reponses_lues = lues
    return lues[nom]


def supposer(personne, nom, valeurs):
    """Have these values answered for somebody who stands for others: nothing is read."""
    personne._reponses_lues = {nom: valeurs}


def oublier(personne):
    """Have them read again."""
    personne._reponses_lues = None


def _tout(personne):
    colonnes = [colonne for demande in _demandes.values() for colonne in demande(personne)]
    return get_user_model().objects.filter(pk=personne.pk).values_list(*colonnes)


@cache
def _nombres():
    """Return how many columns each asked for."""
    personne = get_user_model()(pk=QUELQU_UN)
    return {nom: len(colonnes(personne)) for nom, colonnes in _demandes.items()}


def planifier(requete, connexion, types=""):
    """Return the name of the statement that runs `requete` on a PostgreSQL connection; `types` of its parameters."""
    connues = _planifiees.setdefault(connexion, {})
    if requete not in connues:
        nom = f"portail_{len(connues)}"
        with connexion.cursor() as curseur:
            curseur.execute(f"PREPARE {nom}{types} AS {requete}")
        connues[requete] = nom
    return connues[requete]


@lru_cache(maxsize=8)
def _composer(composer, moteur, jour):
    """Return (SQL, parameters) for `QUELQU_UN`, that day. On PostgreSQL the person is `$1` and the rest is written."""
    requete, parametres = composer(get_user_model()(pk=QUELQU_UN)).query.sql_with_params()
    if moteur != "postgresql":
        return requete, parametres
    with connection.cursor() as curseur:
        ecrits = ["$1" if un == QUELQU_UN else curseur.mogrify("%s", [un]).decode() for un in parametres]
    return requete % tuple(ecrits), ()
