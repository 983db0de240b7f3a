"""What PostgreSQL alone has: words are found within others through an index of trigrams."""

import pytest
from django.db import connection, transaction

from programme.models import Projet

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lit la colonne normalisée"),
]


def test_la_recherche_a_son_index_de_trigrammes():
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'programme_projet' AND indexname = %s",
            ["programme_projet_trigrammes"],
        )
        [(definition,)] = curseur.fetchall()
    assert "USING gin (recherche gin_trgm_ops)" in definition


def test_il_sert_a_la_recherche():
    """Planned as with many rows: a small table is read whole."""
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("SET LOCAL enable_seqscan = off")
        plan = Projet.objects.filter(recherche__contains="hydrogene").order_by().explain()
    assert "programme_projet_trigrammes" in plan
