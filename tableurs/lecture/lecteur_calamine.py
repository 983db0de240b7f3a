"""The sheets of a workbook as python-calamine reads them, row by row and with nothing shifted."""

from contextlib import contextmanager

import python_calamine

from tableurs.cellules import ENTIER_SUR
from tableurs.lecture.archives import abime, chiffre

# calamine panics on some malformed files; what Python then receives is no `Exception`.
_PANIQUE = "PanicException"


@contextmanager
def erreurs_dites():
    """Turn what calamine raises on a file into our refusals."""
    try:
        yield
    except python_calamine.PasswordError as erreur:
        raise chiffre() from erreur
    except python_calamine.CalamineError as erreur:
        raise abime() from erreur
    except BaseException as erreur:
        if isinstance(erreur, ValueError) or type(erreur).__name__ == _PANIQUE:
            raise abime() from erreur
        raise


class LecteurCalamine:
    """One workbook. Only the last sheet asked for is kept in memory."""

    def __init__(self, vue):
        vue.seek(0)
        with erreurs_dites():
            self._classeur = python_calamine.load_workbook(vue)
        self._ouverte = (None, None)

    def feuilles(self):
        """Return (name, whether it is hidden, whether it holds cells) for each sheet in order."""
        visible, grille = python_calamine.SheetVisibleEnum.Visible, python_calamine.SheetTypeEnum.WorkSheet
        return [
            (feuille.name, feuille.visible != visible, feuille.typ == grille)
            for feuille in self._classeur.sheets_metadata
        ]

    def _feuille(self, nom):
        if self._ouverte[0] != nom:
            self._ouverte = (None, None)
            with erreurs_dites():
                self._ouverte = (nom, self._classeur.get_sheet_by_name(nom))
        return self._ouverte[1]

    def fusions(self, nom):
        """Return merged ranges as (top, left), (bottom, right) counted from 0; [] for a format without them."""
        with erreurs_dites():
            return self._feuille(nom).merged_cell_ranges or []

    def lignes(self, nom):
        """Yield every row from the first one of the sheet, "" for an empty cell, integers as integers."""
        feuille = self._feuille(nom)
        # calamine gives the empty rows above the data, but not the empty columns before them.
        marge = [""] * (feuille.start[1] if feuille.start else 0)
        for ligne in feuille.iter_rows():
            yield marge + [
                int(cellule)
                if cellule.__class__ is float and cellule.is_integer() and -ENTIER_SUR < cellule < ENTIER_SUR
                else cellule
                for cellule in ligne
            ]

    def fermer(self):
        self._ouverte = (None, None)
        self._classeur.close()
