"""One pass over a sheet: where its filled rows are, in blocks parted by empty rows. Constant memory but for that."""

from collections import deque
from dataclasses import dataclass, field

from tableurs.lecture import limites
from tableurs.lecture.reperes import adresse

# Rows of a block that are kept to look for its header, and for its totals.
TETE = 12
QUEUE = 12


def est_vide(cellule):
    """Tell whether a cell holds nothing a reader would see."""
    return cellule == "" or (cellule.__class__ is str and cellule.isspace())


@dataclass
class Bloc:
    """Filled rows that follow each other. `masques` maps each set of filled columns (bits) to [first, last, rows]."""

    debut: int
    fin: int = 0
    tete: list = field(default_factory=list)
    queue: deque = field(default_factory=lambda: deque(maxlen=QUEUE))
    masques: dict = field(default_factory=dict)

    def ajouter(self, numero, masque, cellules):
        self.fin = numero
        etendue = self.masques.get(masque)
        if etendue is None:
            self.masques[masque] = [numero, numero, 1]
        else:
            etendue[1] = numero
            etendue[2] += 1
        if len(self.tete) < TETE:
            self.tete.append((numero, cellules))
        self.queue.append((numero, cellules))

    @property
    def lignes(self):
        return self.fin - self.debut + 1

    def colonnes(self):
        """Return the columns that hold something, in order."""
        return bits(union(self.masques))

    def etendue(self, masque):
        """Return (first, last) row where one of the columns of `masque` holds something; None if never."""
        touches = [etendue for colonnes, etendue in self.masques.items() if colonnes & masque]
        return (min(e[0] for e in touches), max(e[1] for e in touches)) if touches else None


def union(masques):
    """Return the columns of any of `masques`."""
    total = 0
    for masque in masques:
        total |= masque
    return total


def bits(masque):
    """Return the columns of a mask, in order."""
    return [colonne for colonne in range(masque.bit_length()) if masque >> colonne & 1]


def blocs(lignes, feuille):
    """Return the blocks of a sheet. Raises `FichierIllisible` beyond our limits, before the sheet is read to the end.

    `lignes` yields (row number, cells).
    """
    trouves, courant, remplies = [], None, 0
    masques_connus = {}
    for numero, cellules in lignes:
        # The same columns are filled on most rows: their mask is computed once.
        vides = tuple([est_vide(cellule) for cellule in cellules])
        masque = masques_connus.get(vides)
        if masque is None:
            masque = sum(1 << colonne for colonne, vide in enumerate(vides) if not vide)
            masques_connus[vides] = masque
        if not masque:
            courant = None
            continue
        if courant is None:
            courant = Bloc(numero)
            trouves.append(courant)
        courant.ajouter(numero, masque, cellules)
        remplies += 1
        if remplies > limites.LIGNES_MAX + limites.LIGNES_AUTOUR:
            raise limites.trop_de_lignes(feuille)
        _verifier_longueurs(feuille, numero, cellules)
    return trouves


def _verifier_longueurs(feuille, numero, cellules):
    for colonne, cellule in enumerate(cellules):
        if cellule.__class__ is str and len(cellule) > limites.CARACTERES_MAX:
            raise limites.cellule_trop_longue(feuille, adresse(numero, colonne))
