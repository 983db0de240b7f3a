"""What each column of an export holds, as a table: a second sheet in workbooks, a companion file for CSV."""

from django.utils import timezone

from tableurs.francais import jour
from tableurs.typographie import typographier

ENTETES = ("Colonne", "Clé", "Type", "Définition", "Valeurs possibles")


def lignes_de_definition(table, mentions=None):
    """Return rows of texts, the header first; the title and the day come last, apart."""
    mentions = table.mentions if mentions is None else mentions
    return [
        ENTETES,
        *(
            (nom, colonne.cle, typographier(str(colonne.type.label)), typographier(colonne.definition), colonne.valeurs)
            for nom, colonne in zip(table.noms(), table.colonnes, strict=True)
        ),
        (),
        (typographier(f"{table.titre}, situation au {jour(timezone.localdate())}"),),
        *((mention,) for mention in mentions),
    ]
