"""Conditions of the rule of access, composed once a day for all who hold the same kinds of habilitation.

Composing one takes far longer than asking it. What is kept is the text of a part of a query: who asks is a parameter
of it, and their habilitations, their days and their ends are read by the query itself, each time it is asked.
"""

from functools import lru_cache, wraps

from django.contrib.auth import get_user_model
from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import BooleanField, F, Func, Q
from django.db.models.sql import Query
from django.utils import timezone

from comptes.acces import genres_tenus
from comptes.requetes import supposer

# Stand for the person, and for the habilitation in whose capacity they chose to act, in what is composed.
PERSONNE, CHOISIE = -2, -3


def condition_gardee(methode):
    """Decorate a method of a queryset that returns, for a person, a condition on the columns of its model.

    It depends on the person's key, on what they chose to act as, on today and on `autres` (few) only: reading a row to
    compose it fails. It is never null.
    """

    @wraps(methode)
    def condition(requete, personne, *autres):
        if not personne.is_authenticated or not personne.is_active:
            return methode(requete, personne, *autres)
        return Q(Condition(type(requete), requete.model, methode, autres, personne))

    return condition


class Condition(Func):
    """Such a condition, whose text is found when the query that it is part of is written."""

    def __init__(self, classe, modele, methode, autres, personne):
        # The key of the row follows the alias of its table, wherever the query is put.
        super().__init__(F("pk"), output_field=BooleanField())
        choisie = personne.en_qualite_de
        self.quoi = classe, modele, methode, autres, genres_tenus(personne), choisie and type(choisie)
        self.qui = {PERSONNE: personne.pk, CHOISIE: choisie and choisie.pk}

    def as_sql(self, compiler, connection, **gabarit):
        alias = self.source_expressions[0].alias
        texte, parametres = _composer(*self.quoi, alias, connection.vendor, timezone.localdate())
        return texte, [self.qui.get(un, un) for un in parametres]


@lru_cache(maxsize=1024)
def _composer(classe, modele, methode, autres, tenus, choisie, alias, moteur, jour):
    """Return (SQL, parameters) of a condition on the rows of a table called `alias` in the query."""
    personne = get_user_model()(pk=PERSONNE)
    supposer(personne, "habilitations", tenus)
    personne.en_qualite_de = choisie and choisie(pk=CHOISIE)
    requete = Query(modele)
    if requete.get_initial_alias() != alias:
        requete.change_aliases({requete.get_initial_alias(): alias})
        requete = requete.clone()
        if alias[0].isupper():
            # « U0 »: its own subqueries take the letters that follow.
            requete.alias_prefix = alias[0]
    with connection.execute_wrapper(_ne_rien_lire):
        condition = requete.build_where(methode(classe(modele), personne, *autres))
        try:
            texte, parametres = requete.get_compiler(connection=connection).compile(condition)
        except EmptyResultSet:
            texte, parametres = "1 = 0", ()
        except FullResultSet:
            texte, parametres = "1 = 1", ()
    return f"({texte})", tuple(parametres)


def _ne_rien_lire(execute, requete, *suite):
    raise RuntimeError(f"Ce qui est gardé pour plusieurs personnes ne dépend d'aucune ligne : {requete}")
