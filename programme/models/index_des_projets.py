"""The indexes of projects: lists take as long with a hundred times as many (`make bench FOIS=100`).

With `include`, which PostgreSQL alone keeps, thousands of rows are counted behind the rule without opening one.
"""

from django.db.models import F, Index, Q

# What the rule of access reads of each row.
LUS_PAR_LA_REGLE = ["territoire", "non_public_motif"]

INDEX = [
    Index(
        fields=["territoire", "etat"],
        include=["id", "archive_le", "non_public_motif"],
        name="programme_projet_territoire",
    ),
    Index(
        F("etat_depuis").desc(),
        F("id").desc(),
        include=["etat", *LUS_PAR_LA_REGLE],
        name="programme_projet_recents",
        condition=Q(archive_le=None),
    ),
    Index(
        fields=["etat", "etat_depuis"],
        include=["id", "archive_le", "fin", *LUS_PAR_LA_REGLE],
        name="programme_projet_etat",
    ),
    Index(
        fields=["porteur_genre", "etat_depuis"],
        include=["id", "archive_le", "etat", *LUS_PAR_LA_REGLE],
        name="programme_projet_porteur",
    ),
    Index(
        fields=["id"],
        include=["etat", *LUS_PAR_LA_REGLE],
        name="programme_projet_comptes",
        condition=Q(archive_le=None),
    ),
    Index(fields=["meteo", "etat"], name="programme_projet_meteo"),
]
