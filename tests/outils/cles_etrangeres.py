"""On SQLite, references to nothing are looked for at the end of a test where it may have left some.

The model database has none: only rows that a test writes, and those that refer to rows that it deletes or gives another
key, may come to refer to nothing. Looking everywhere, as Django does, takes more than 0.1 s, of every test.
"""

import re
from collections import defaultdict

ECRIT = re.compile(r'\s*(?P<verbe>INSERT(?: OR IGNORE)? INTO|UPDATE|DELETE FROM) "(?P<table>\w+)"')
N_ECRIT_PAS = re.compile(
    r"\s*\(?(SELECT|EXPLAIN|BEGIN|SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT|PRAGMA foreign_key_check)\b"
)


def surveiller(connexion, remplacement):
    """Have `check_constraints`, without tables, look at those that were written since the last time."""
    surveillance = Surveillance(connexion)
    partout = connexion.check_constraints

    def verifier(table_names=None):
        return partout(surveillance.a_verifier() if table_names is None else table_names)

    remplacement.setattr(connexion, "execute_wrappers", [*connexion.execute_wrappers, surveillance])
    remplacement.setattr(connexion, "check_constraints", verifier)


class Surveillance:
    """What a connection has written: an execute wrapper."""

    def __init__(self, connexion):
        self.references = references(connexion)
        self.tables, self.partout = set(), False

    def __call__(self, execute, sql, params, many, context):
        if not N_ECRIT_PAS.match(sql):
            self._noter(sql)
        return execute(sql, params, many, context)

    def a_verifier(self):
        """Return the tables to look at, None for all, and forget them."""
        tables, partout = sorted(self.tables), self.partout
        self.tables, self.partout = set(), False
        return None if partout else tables

    def _noter(self, sql):
        ecriture = ECRIT.match(sql)
        if ecriture is None:
            # Whatever else may write anywhere.
            self.partout = True
            return
        verbe, table = ecriture["verbe"], ecriture["table"]
        self.tables.add(table)
        for autre, cle in self.references[table]:
            # Conditions name the table before the column, assignments don't.
            if verbe == "DELETE FROM" or (verbe == "UPDATE" and re.search(rf'(?<!\.)"{cle}" =', sql)):
                self.tables.add(autre)


def references(connexion):
    """Return {table: {(table that refers to it, by which key of it)}}."""
    trouvees = defaultdict(set)
    with connexion.cursor() as curseur:
        for table in connexion.introspection.table_names(curseur):
            for cle, cible in connexion.introspection.get_relations(curseur, table).values():
                trouvees[cible].add((table, cle))
    return trouvees
