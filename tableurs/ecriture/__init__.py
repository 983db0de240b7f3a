"""Writing spreadsheets: CSV, XLSX, ODS and JSON from one declaration of columns, in memory that doesn't grow.

`tableurs.exports` is the way in. What is written here is read back the same by `tableurs.lecture`.
"""

from tableurs.ecriture.colonnes import ColonneExport, TypeColonne
from tableurs.ecriture.fichiers import ExportTropGrand, Fichier, FormatExport
from tableurs.ecriture.tables import Table, fichier_de

__all__ = [
    "ColonneExport",
    "ExportTropGrand",
    "Fichier",
    "FormatExport",
    "Table",
    "TypeColonne",
    "fichier_de",
]
