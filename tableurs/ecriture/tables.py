"""A table to write, whatever the format: its columns, its rows in batches, what is said about it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tableurs.ecriture.colonnes import ColonneExport
from tableurs.ecriture.fichiers import Fichier, FormatExport
from tableurs.ecriture.ods import ecrire_ods
from tableurs.ecriture.texte import flux_csv, flux_json
from tableurs.ecriture.xlsx import ecrire_xlsx


@dataclass(frozen=True)
class Table:
    """`lots()` yields lists of rows, each with one native value a column. `entetes` default to the labels.

    `mentions` are sentences that stand beside the definitions of the columns.
    """

    titre: str
    colonnes: tuple[ColonneExport, ...]
    lots: Callable
    entetes: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()

    def noms(self):
        return self.entetes or tuple(colonne.libelle for colonne in self.colonnes)


def fichier_de(table, format, nom):
    """Return the `Fichier` of a `Table` in a `FormatExport`."""
    if format == FormatExport.CSV:
        return Fichier(nom, format, flux=partial(flux_csv, table))
    if format == FormatExport.JSON:
        return Fichier(nom, format, flux=partial(flux_json, table))
    ecrire = ecrire_xlsx if format == FormatExport.XLSX else ecrire_ods
    return Fichier(nom, FormatExport(format), ecrire=partial(ecrire, table))
