"""Which rows of a block are its header: one line, or two joined as « Région › Code »."""

import re
from dataclasses import dataclass

from tableurs.francais import normaliser
from tableurs.lecture.profil import est_vide

# Between the two lines of a header.
JOINT = " › "
# A header fills at least this share of the columns of its block.
PART_REMPLIE = 0.6
ANNEES = range(1900, 2101)
_VALEUR = re.compile(r"[\d\s.,/:%€+()-]+\Z")
_JOUR = re.compile(r"\d{1,4}[/-]\d{1,2}[/-]\d{1,4}")


@dataclass
class LigneEntete:
    """A header: its last row, the row where it begins (the same but for two lines), texts by column.

    `sure` is False when nothing distinguishes it from the data.
    """

    debut: int
    fin: int
    textes: dict
    sure: bool = True


def est_libelle(cellule):
    """Tell whether a cell may name a column: a text that is no number, date or code, or a year."""
    if cellule.__class__ is int:
        return cellule in ANNEES
    if cellule.__class__ is not str:
        return False
    texte = cellule.strip()
    if _VALEUR.match(texte):
        return texte.isdigit() and int(texte[:9]) in ANNEES
    return bool(normaliser(texte)) and not _JOUR.match(texte)


def textes_de(cellules):
    """Return the filled cells of a row as {column: text}, spaces and line ends folded."""
    return {
        colonne: " ".join(str(cellule).split()) for colonne, cellule in enumerate(cellules) if not est_vide(cellule)
    }


def reconnus(cellules, mots):
    """Return how many cells of a row are headers that the caller knows (`mots`, normalised)."""
    return sum(1 for texte in textes_de(cellules).values() if normaliser(texte) in mots) if mots else 0


def ressemble(cellules, largeur):
    """Tell whether a row may be the header of a block of `largeur` columns."""
    remplies = {colonne: cellule for colonne, cellule in enumerate(cellules) if not est_vide(cellule)}
    if len(remplies) < min(2, largeur) or len(remplies) < PART_REMPLIE * largeur:
        return False
    return all(est_libelle(cellule) for cellule in remplies.values()) and not _repete(remplies)


def _repete(remplies):
    """Real headers may name a column twice; a row most of whose cells are the same is data."""
    textes = [str(cellule) for cellule in remplies.values()]
    return len(textes) > 2 and len(set(textes)) <= len(textes) / 2


def chercher(bloc, mots=frozenset(), fusions=()):
    """Return the `LigneEntete` of a block, or None when none of its first rows looks like one.

    `mots`: normalised headers that the caller knows; they decide when at least two are found.
    `fusions`: merged ranges of the sheet, that tell a header of two lines.
    """
    largeur = len(bloc.colonnes())
    connus = [reconnus(cellules, mots) for _, cellules in bloc.tete]
    if connus and max(connus) >= min(2, largeur):
        rang = connus.index(max(connus))
    else:
        rang = next((n for n, (_, cellules) in enumerate(bloc.tete) if ressemble(cellules, largeur)), None)
    if rang is None:
        rang = _sous_un_premier_etage(bloc, fusions)
    return None if rang is None else composer(bloc.tete, rang, fusions)


def _sous_un_premier_etage(bloc, fusions):
    """Two half-filled lines make one header: return the rank of the lower one."""
    for rang in range(1, len(bloc.tete)):
        if _etage_superieur(bloc.tete, rang, fusions):
            haut, bas = textes_de(bloc.tete[rang - 1][1]), textes_de(bloc.tete[rang][1])
            if len(haut.keys() | bas.keys()) >= PART_REMPLIE * len(bloc.colonnes()):
                return rang
    return None


def composer(tete, rang, fusions):
    """Return the header whose row is `tete[rang]`, with the line above or below it when both make one."""
    if rang + 1 < len(tete) and _etage_superieur(tete, rang + 1, fusions):
        rang += 1
    elif not _etage_superieur(tete, rang, fusions):
        numero, cellules = tete[rang]
        return LigneEntete(numero, numero, textes_de(cellules))
    haut, bas = tete[rang - 1], tete[rang]
    return LigneEntete(haut[0], bas[0], _joindre(haut, bas, fusions))


def _etage_superieur(tete, rang, fusions):
    """Tell whether the row above `tete[rang]` is the upper line of the same header."""
    if rang == 0 or tete[rang - 1][0] != tete[rang][0] - 1:
        return False
    haut, bas = textes_de(tete[rang - 1][1]), textes_de(tete[rang][1])
    if not all(est_libelle(cellule) for n in (rang - 1, rang) for cellule in tete[n][1] if not est_vide(cellule)):
        return False
    numero = tete[rang][0]
    debouts = any(f.haut < numero <= f.bas and f.haut == numero - 1 and f.gauche in haut for f in fusions)
    couches = [f for f in fusions if f.haut == f.bas == numero - 1 and f.droite > f.gauche]
    sous_titres = [f for f in couches if sum(f.gauche <= colonne <= f.droite for colonne in bas) > 1]
    # One title over the whole table is no line of its header.
    if sous_titres and (len(haut) > 1 or debouts):
        return True
    if couches or debouts:
        return debouts and bool(bas) and rang + 1 < len(tete)
    # Without merged cells (CSV): groups above, names repeated under each of them.
    return len(haut) > 1 and len(set(bas.values())) < len(bas) and len(haut) < len(bas)


def _joindre(haut, bas, fusions):
    """Return the texts of a header of two lines, the upper one carried over the columns it spans."""
    numero_haut, numero_bas = haut[0], bas[0]
    dessus, dessous = textes_de(haut[1]), textes_de(bas[1])
    portees = {f.gauche: f.droite for f in fusions if f.haut == numero_haut}
    debouts = {f.gauche for f in fusions if f.haut == numero_haut and f.bas >= numero_bas}
    textes, courant, jusqu_a = {}, "", -1
    for colonne in range(max([*dessus, *dessous]) + 1):
        if colonne in dessus:
            courant = dessus[colonne]
            jusqu_a = portees.get(colonne, colonne if fusions else len(bas[1]))
        groupe = courant if colonne <= jusqu_a and colonne not in debouts else dessus.get(colonne, "")
        nom = dessous.get(colonne, "")
        texte = f"{groupe}{JOINT}{nom}" if groupe and nom else groupe or nom
        if texte and (nom or colonne in dessus):
            textes[colonne] = texte
    return textes
