"""A table found on a sheet: its headers, and its rows numbered as in Excel."""

from dataclasses import dataclass, field

from tableurs.lecture.profil import est_vide
from tableurs.lecture.reperes import lettre


@dataclass(frozen=True)
class Entete:
    """A column of a table: its letter in Excel, and its header as written (on two lines: « Région › Code »)."""

    colonne: str
    texte: str


@dataclass
class Tableau:
    """A table. `lignes()` can be called several times; cells come in the order of `entetes`, "" when empty.

    `totaux` and `notes` are (row number, cells) set apart from the data, `titres` the lines above the header.
    `nombre_de_lignes` counts what `lignes()` yields.
    """

    feuille: str
    rang: int
    ligne_entete: int
    entetes: list[Entete]
    nombre_de_lignes: int
    titres: list = field(default_factory=list)
    totaux: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    remarques: list = field(default_factory=list)
    _colonnes: list = field(default_factory=list, repr=False)
    _etendue: tuple = (0, 0)
    _fusions: list = field(default_factory=list, repr=False)
    _source: object = field(default=None, repr=False)

    @property
    def place(self):
        """Where it stands on its sheet: « colonnes A à C, lignes 3 à 20 », header included."""
        premiere, derniere = self.entetes[0].colonne, self.entetes[-1].colonne
        colonnes = f"colonne {premiere}" if premiere == derniere else f"colonnes {premiere} à {derniere}"
        return f"{colonnes}, lignes {self.ligne_entete} à {self._etendue[1]}"

    def lignes(self):
        """Yield (row number as in Excel, cells) for each filled row of data.

        Cells are str, int, float, bool, date, datetime, time or timedelta as the workbook types them, only str in
        a text file. A value merged over several rows is given on each of them: it is what the reader of the
        workbook sees.
        """
        debut, fin = self._etendue
        fusions = _par_ligne(self._fusions)
        portees = {}
        for numero, cellules in self._source():
            if numero < debut:
                continue
            if numero > fin:
                return
            if fusions:
                cellules = _repeter(cellules, numero, fusions, portees)
            choisies = [cellules[c] if c < len(cellules) else "" for c in self._colonnes]
            if not all(est_vide(cellule) for cellule in choisies):
                yield numero, choisies


def _par_ligne(fusions):
    """Return the merged ranges by the row where they begin."""
    par_ligne = {}
    for fusion in fusions:
        par_ligne.setdefault(fusion.haut, []).append(fusion)
    return par_ligne


def _repeter(cellules, numero, fusions, portees):
    """Return the cells of a row with what is merged from above; `portees` carries it: column → (last row, value)."""
    for colonne in [colonne for colonne, (bas, _) in portees.items() if bas < numero]:
        del portees[colonne]
    if portees:
        cellules = list(cellules)
        for colonne, (_, valeur) in portees.items():
            cellules.extend([""] * (colonne + 1 - len(cellules)))
            cellules[colonne] = valeur
    for fusion in fusions.get(numero, ()):
        if fusion.gauche < len(cellules):
            portees[fusion.gauche] = (fusion.bas, cellules[fusion.gauche])
    return cellules


def entetes_de(zone):
    """Return the `Entete` of each column of a zone."""
    return [Entete(lettre(colonne), zone.entete.textes.get(colonne, "")) for colonne in zone.colonnes()]
