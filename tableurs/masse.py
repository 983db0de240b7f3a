"""Many rows at once, with their history: what the ORM does one by one, in one statement for each batch.

SQLite: `executemany`. PostgreSQL: `COPY` to insert, `UPDATE … FROM (VALUES …)` to change. Everything happens in the
transaction of the caller; keys can be reserved before the insert, so that rows can name each other.
"""

import datetime
import gc
import io
import json
import uuid
from contextlib import contextmanager
from decimal import Decimal

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import CharField, Field, TextField
from django.utils import timezone
from psycopg2.extras import execute_values

# Rows of a statement: many enough for few statements, few enough for the memory and for SQLite's 32 766 parameters.
TAILLE_DE_LOT = 8000


@contextmanager
def sans_ramassage():
    """Keep Python's collector of cycles from going again and again through rows that stay: a tenth of the time."""
    actif = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if actif:
            gc.enable()


def reserver_cles(modele, nombre):
    """Return `nombre` free primary keys of a model with an automatic one, in order. One query.

    On SQLite the caller must hold the write lock (an `atomic` block: transactions are immediate).
    """
    cle, table = modele._meta.pk, modele._meta.db_table
    with connection.cursor() as curseur:
        if connection.vendor == "postgresql":
            curseur.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), cle.column, nombre],
            )
            return [ligne[0] for ligne in curseur.fetchall()]
        curseur.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        derniere = curseur.fetchone()[0]
    return list(range(derniere + 1, derniere + 1 + nombre))


def inserer(modele, objets):
    """Insert instances, all with a primary key or all without: the database then gives one, unknown to us."""
    if not objets:
        return
    champs = [champ for champ in modele._meta.concrete_fields if not champ.generated]
    if objets[0].pk is None:
        champs.remove(modele._meta.pk)
    _inserer(modele, champs, objets)


def rafraichir_statistiques(*modeles):
    """Tell PostgreSQL what tables hold after much was written; else it plans as if they were empty for a minute."""
    if connection.vendor == "postgresql":
        with connection.cursor() as curseur:
            curseur.execute("ANALYZE " + ", ".join(connection.ops.quote_name(m._meta.db_table) for m in modeles))


def modifier(modele, attributs, objets):
    """Write `attributs` (attnames) of instances that exist. One statement a batch."""
    champs = [modele._meta.get_field(attribut) for attribut in attributs]
    champs += [c for c in modele._meta.concrete_fields if getattr(c, "auto_now", False) and c not in champs]
    cle = modele._meta.pk
    table = connection.ops.quote_name(modele._meta.db_table)
    colonnes = [connection.ops.quote_name(champ.column) for champ in champs]
    colonne_cle = connection.ops.quote_name(cle.column)
    lire = _lecteurs([*champs, cle], creation=False)
    for lot in _par_lots(objets):
        lignes = [[lu(objet) for lu in lire] for objet in lot]
        if connection.vendor == "postgresql":
            affectations = ", ".join(
                f"{colonne} = v.c{rang}::{_type_sql(champ)}"
                for rang, (colonne, champ) in enumerate(zip(colonnes, champs, strict=True))
            )
            noms = ", ".join(f"c{rang}" for rang in range(len(champs)))
            requete = (
                f"UPDATE {table} SET {affectations} FROM (VALUES %s) AS v ({noms}, cle) "  # noqa: S608 - our own names
                f"WHERE {table}.{colonne_cle} = v.cle::{_type_sql(cle)}"
            )
            with connection.cursor() as curseur:
                execute_values(curseur, requete, lignes, page_size=TAILLE_DE_LOT)
        else:
            affectations = ", ".join(f"{colonne} = %s" for colonne in colonnes)
            requete = f"UPDATE {table} SET {affectations} WHERE {colonne_cle} = %s"  # noqa: S608 - our own names
            _executer_tout(requete, lignes)


def historiser(modele, objets, genre, auteur, motif):
    """Write the history of instances: `genre` is « + », « ~ » or « - » as django-simple-history has it.

    `motif` says why (the import that did it). Nothing for a model without history.
    """
    if not objets or not hasattr(modele, "historique"):
        return
    historique = modele.historique.model
    propres = {
        "history_date": timezone.now(),
        "history_type": genre,
        "history_user_id": auteur.pk if auteur else None,
        "history_change_reason": motif,
    }
    champs = [champ for champ in historique._meta.concrete_fields if champ is not historique._meta.pk]
    suivis = {champ.attname for champ in historique.tracked_fields}
    constants = {champ.attname: _preparer(champ)(propres.get(champ.attname)) for champ in champs}
    _inserer(historique, champs, objets, {nom: valeur for nom, valeur in constants.items() if nom not in suivis})


def _inserer(modele, champs, objets, constantes=None):
    """Insert the fields of `objets`; `constantes` ({attname: prepared value}) are the same on every row."""
    constantes = constantes or {}
    fixes = [champ for champ in champs if champ.attname in constantes]
    lus = [champ for champ in champs if champ.attname not in constantes]
    colonnes = ", ".join(connection.ops.quote_name(champ.column) for champ in [*fixes, *lus])
    table = connection.ops.quote_name(modele._meta.db_table)
    prefixe = [constantes[champ.attname] for champ in fixes]
    lire = _lecteurs(lus, creation=True)
    for lot in _par_lots(objets):
        if connection.vendor == "postgresql":
            _copier(table, colonnes, prefixe, lire, lot)
        else:
            places = ", ".join(["%s"] * len(champs))
            lignes = [[*prefixe, *(lu(objet) for lu in lire)] for objet in lot]
            requete = f"INSERT INTO {table} ({colonnes}) VALUES ({places})"  # noqa: S608 - our own names
            _executer_tout(requete, lignes)


def _par_lots(objets):
    for debut in range(0, len(objets), TAILLE_DE_LOT):
        yield objets[debut : debut + TAILLE_DE_LOT]


# What psycopg2 and COPY take as it is: other types of value still go through the field.
_NATIFS = {
    models.IntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
    models.BigAutoField: int,
    models.BooleanField: bool,
    models.DateField: datetime.date,
    models.DecimalField: Decimal,
}


# --- Values: what the ORM would bind -----------------------------------------------------------------------------
def _lecteurs(champs, creation):
    return [_lecteur(champ, creation) for champ in champs]


def _lecteur(champ, creation):
    """Return the function that gives, of an instance, the value of a field as the database takes it."""
    preparer = _preparer(champ)
    if getattr(champ, "auto_now", False) or getattr(champ, "auto_now_add", False):
        return lambda objet: preparer(champ.pre_save(objet, creation))
    attribut = champ.attname
    return lambda objet: preparer(getattr(objet, attribut))


def _preparer(champ):
    # The connection itself: its proxy looks for it again at each value.
    base = connections[DEFAULT_DB_ALIAS]
    cible = champ.target_field if champ.is_relation else champ
    simple = (
        isinstance(cible, CharField | TextField)
        and type(cible).get_prep_value in (CharField.get_prep_value, TextField.get_prep_value)
        and type(cible).get_db_prep_save is Field.get_db_prep_save
    )
    if simple:
        # Nothing to convert: a text is bound as it is.
        return lambda valeur: valeur if type(valeur) is str else champ.get_db_prep_save(valeur, base)
    if isinstance(cible, models.JSONField):
        ecrire = (cible.encoder or json.JSONEncoder)().encode
        # Most lists are empty.
        return lambda valeur: "[]" if valeur == [] else None if valeur is None else ecrire(valeur)
    if base.vendor == "postgresql" and type(cible) in _NATIFS:
        natif = _NATIFS[type(cible)]
        return lambda valeur: valeur if type(valeur) is natif else champ.get_db_prep_save(valeur, base)
    return lambda valeur: None if valeur is None else champ.get_db_prep_save(valeur, base)


def _type_sql(champ):
    """Return the type that values of a field are cast to: never one that would silently cut a text."""
    cible = champ.target_field if champ.is_relation else champ
    return "text" if isinstance(cible, CharField | TextField) else cible.rel_db_type(connection)


def _executer_tout(requete, lignes):
    with connection.cursor() as curseur:
        curseur.executemany(requete, lignes)


# --- PostgreSQL: COPY --------------------------------------------------------------------------------------------
def _copier(table, colonnes, prefixe, lire, objets):
    debut = "".join(f"{_texte_de_copie(valeur)}\t" for valeur in prefixe)
    tampon = io.StringIO()
    for objet in objets:
        tampon.write(debut)
        tampon.write("\t".join([_texte_de_copie(lu(objet)) for lu in lire]))
        tampon.write("\n")
    tampon.seek(0)
    with connection.cursor() as curseur, connection.wrap_database_errors:
        curseur.copy_expert(f"COPY {table} ({colonnes}) FROM STDIN", tampon)


# Written as Python writes them.
_ECRITS_TELS_QUELS = (int, float, Decimal, datetime.date, datetime.time, uuid.UUID)


def _texte_de_copie(valeur):
    """Return a value as COPY reads it. Raises `TypeError` for what it would not surely write right."""
    if valeur is None:
        return "\\N"
    if isinstance(valeur, str):
        return valeur if valeur.isprintable() and "\\" not in valeur else _echapper(valeur)
    if isinstance(valeur, bool):
        return "t" if valeur else "f"
    if isinstance(valeur, _ECRITS_TELS_QUELS):
        return str(valeur)
    if isinstance(valeur, datetime.timedelta):
        return f"{valeur.days} days {valeur.seconds}.{valeur.microseconds:06} seconds"
    if hasattr(valeur, "adapted"):
        # A binary, as psycopg2 wraps it.
        valeur = valeur.adapted
    if isinstance(valeur, bytes | bytearray | memoryview):
        return "\\\\x" + bytes(valeur).hex()
    raise TypeError(f"COPY : valeur de type {type(valeur).__name__}")


def _echapper(texte):
    """Return a text with what COPY gives a meaning escaped. (Four times as fast as `str.translate`.)"""
    return texte.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
