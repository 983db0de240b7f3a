"""Many rows at once, with their history: what the ORM does one by one, in one statement for each batch.

SQLite: `executemany`. PostgreSQL: `COPY` to insert, `UPDATE … FROM (VALUES …)` to change. Everything happens in the
transaction of the caller; ids are known before the insert, so that rows can name each other.
"""

import io

from django.db import connection
from django.db.models.fields.json import JSONField
from django.utils import timezone
from psycopg2.extras import execute_values

TAILLE_DE_LOT = 2000


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
    """Insert instances whose primary key is set. One statement a batch."""
    champs = modele._meta.concrete_fields
    colonnes = [connection.ops.quote_name(champ.column) for champ in champs]
    table = connection.ops.quote_name(modele._meta.db_table)
    for debut in range(0, len(objets), TAILLE_DE_LOT):
        lignes = [
            [_valeur(champ, getattr(objet, champ.attname)) for champ in champs]
            for objet in objets[debut : debut + TAILLE_DE_LOT]
        ]
        if connection.vendor == "postgresql":
            _copier(table, colonnes, lignes)
        else:
            places = ", ".join(["%s"] * len(colonnes))
            _executer_tout(f"INSERT INTO {table} ({', '.join(colonnes)}) VALUES ({places})", lignes)


def modifier(modele, attributs, objets):
    """Write `attributs` (attnames) of instances that exist. One statement a batch."""
    champs = [modele._meta.get_field(attribut) for attribut in attributs]
    cle = modele._meta.pk
    table = connection.ops.quote_name(modele._meta.db_table)
    colonnes = [connection.ops.quote_name(champ.column) for champ in champs]
    colonne_cle = connection.ops.quote_name(cle.column)
    for debut in range(0, len(objets), TAILLE_DE_LOT):
        lignes = [
            [*(_valeur(champ, getattr(objet, champ.attname)) for champ in champs), _valeur(cle, objet.pk)]
            for objet in objets[debut : debut + TAILLE_DE_LOT]
        ]
        if connection.vendor == "postgresql":
            affectations = ", ".join(
                f"{colonne} = v.c{rang}::{champ.db_type(connection)}"
                for rang, (colonne, champ) in enumerate(zip(colonnes, champs, strict=True))
            )
            noms = ", ".join(f"c{rang}" for rang in range(len(champs)))
            requete = (
                f"UPDATE {table} SET {affectations} FROM (VALUES %s) AS v ({noms}, cle) "
                f"WHERE {table}.{colonne_cle} = v.cle::{cle.rel_db_type(connection)}"
            )
            with connection.cursor() as curseur:
                execute_values(curseur.cursor, requete, lignes, page_size=TAILLE_DE_LOT)
        else:
            affectations = ", ".join(f"{colonne} = %s" for colonne in colonnes)
            _executer_tout(f"UPDATE {table} SET {affectations} WHERE {colonne_cle} = %s", lignes)


def historiser(modele, objets, genre, auteur, motif):
    """Write the history of instances: `genre` is « + », « ~ » or « - » as django-simple-history has it.

    `motif` says why (the import that did it). Nothing for a model without history.
    """
    if not objets or not hasattr(modele, "historique"):
        return
    historique = modele.historique.model
    suivis = [champ.attname for champ in historique.tracked_fields]
    maintenant, auteur_id = timezone.now(), auteur.pk if auteur else None
    cles = reserver_cles(historique, len(objets))
    lignes = [
        historique(
            history_id=cle,
            history_date=maintenant,
            history_type=genre,
            history_user_id=auteur_id,
            history_change_reason=motif,
            **{attribut: getattr(objet, attribut) for attribut in suivis},
        )
        for cle, objet in zip(cles, objets, strict=True)
    ]
    inserer(historique, lignes)


def _valeur(champ, valeur):
    if isinstance(champ, JSONField) and valeur is None:
        return None
    return champ.get_db_prep_save(valeur, connection)


def _executer_tout(requete, lignes):
    with connection.cursor() as curseur:
        curseur.executemany(requete, lignes)


def _copier(table, colonnes, lignes):
    """Insert by COPY; the values are those that psycopg2 would bind."""
    tampon = io.StringIO()
    for ligne in lignes:
        tampon.write("\t".join(_texte_de_copie(valeur) for valeur in ligne))
        tampon.write("\n")
    tampon.seek(0)
    with connection.cursor() as curseur:
        curseur.cursor.copy_expert(f"COPY {table} ({', '.join(colonnes)}) FROM STDIN", tampon)


_ECHAPPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _texte_de_copie(valeur):
    if valeur is None:
        return "\\N"
    if isinstance(valeur, bool):
        return "t" if valeur else "f"
    if isinstance(valeur, bytes | memoryview):
        return "\\\\x" + bytes(valeur).hex()
    if hasattr(valeur, "dumps") and hasattr(valeur, "adapted"):
        return valeur.dumps(valeur.adapted).translate(_ECHAPPES)
    return str(valeur).translate(_ECHAPPES)
