"""Columns as Excel names them, and what a sheet says about itself besides the values of its cells."""

import re
from array import array
from collections import defaultdict
from dataclasses import dataclass, field

from tableurs.lecture import limites

_CELLULE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})\Z")


def lettre(colonne):
    """Return the letters of a column counted from 0: 0 gives « A », 26 gives « AA »."""
    lettres = ""
    colonne += 1
    while colonne:
        colonne, reste = divmod(colonne - 1, 26)
        lettres = chr(65 + reste) + lettres
    return lettres


def rang(lettres):
    """Return the column counted from 0 whose letters are given: the reverse of `lettre`."""
    total = 0
    for caractere in lettres:
        total = total * 26 + ord(caractere) - 64
    return total - 1


def adresse(ligne, colonne):
    """Return « B12 » for a row counted from 1 and a column counted from 0."""
    return f"{lettre(colonne)}{ligne}"


def position(reference):
    """Return (row from 1, column from 0) of « B12 », or None when this is no reference to a cell."""
    trouve = _CELLULE.match(reference.upper())
    return (int(trouve[2]), rang(trouve[1])) if trouve else None


@dataclass
class Fusion:
    """Merged cells: rows from 1, columns from 0, both ends included."""

    haut: int
    gauche: int
    bas: int
    droite: int


@dataclass
class Details:
    """What a sheet tells besides values. Rows are counted from 1, columns from 0."""

    derniere_ligne: int = 0
    derniere_colonne: int = -1
    lignes_masquees: array = field(default_factory=lambda: array("I"))
    colonnes_masquees: set = field(default_factory=set)
    filtre: bool = False
    fusions: list[Fusion] = field(default_factory=list)
    formules: int = 0
    formules_sans_valeur: list[tuple[int, int]] = field(default_factory=list)
    commentaires: list[tuple[int, int]] = field(default_factory=list)
    # (column, colour) → rows whose cell has that background.
    fonds: dict = field(default_factory=lambda: defaultdict(lambda: array("I")))
    # (row, column) → « #N/A »: the reader gives these cells as empty, which would lose them without a word.
    erreurs: dict = field(default_factory=dict)

    def remplir(self, ligne, colonne):
        """Note that a cell holds a value."""
        if ligne > self.derniere_ligne:
            self.derniere_ligne = ligne
        if colonne > self.derniere_colonne:
            self.derniere_colonne = colonne

    def colorer(self, ligne, colonne, couleur):
        if ligne <= limites.LIGNES_MAX + limites.LIGNES_AUTOUR and colonne < limites.COLONNES_MAX:
            self.fonds[colonne, couleur].append(ligne)

    def masquer_colonnes(self, premiere, derniere):
        self.colonnes_masquees.update(range(premiere, min(derniere, limites.COLONNES_MAX) + 1))

    def masquer_ligne(self, ligne):
        if ligne <= limites.LIGNES_MAX + limites.LIGNES_AUTOUR:
            self.lignes_masquees.append(ligne)

    def fusionner(self, fusion):
        if len(self.fusions) < limites.REPERES_MAX:
            self.fusions.append(fusion)

    def commenter(self, ligne, colonne):
        if len(self.commentaires) < limites.REPERES_MAX:
            self.commentaires.append((ligne, colonne))

    def noter_formule_vide(self, ligne, colonne):
        if len(self.formules_sans_valeur) < limites.REPERES_MAX:
            self.formules_sans_valeur.append((ligne, colonne))

    def noter_erreur(self, feuille, ligne, colonne, mot):
        """Note a cell in error by the word that the spreadsheet shows; raise when there are too many to hold."""
        self.erreurs[ligne, colonne] = mot or "#N/A"
        if len(self.erreurs) > limites.REPERES_MAX:
            raise limites.trop_d_erreurs(feuille)

    def verifier_etendue(self, feuille):
        """Raise `FichierIllisible` when the rectangle of filled cells is more than we accept to hold in memory."""
        if self.derniere_colonne >= limites.COLONNES_MAX:
            raise limites.trop_de_colonnes(feuille, lettre(self.derniere_colonne))
        if self.derniere_ligne * (self.derniere_colonne + 1) > limites.CELLULES_MAX:
            raise limites.trop_etendue(feuille, adresse(self.derniere_ligne, self.derniere_colonne))
