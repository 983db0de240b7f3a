"""What reading a page asks of the database: it never writes."""

import re

LIT = re.compile(
    r"^\s*\(?(SELECT|SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT|EXECUTE|PREPARE|WITH)\b", re.IGNORECASE
)
# What reading may write: sessions, and the cache of attempts.
TABLES_EXCEPTEES = ("django_session", "cache_partage")


def est_une_lecture(sql):
    return LIT.match(sql) or any(f'"{table}"' in sql for table in TABLES_EXCEPTEES)
