"""From the blocks of a sheet to its tables: titles above, several tables, totals and notes below."""

import re
from collections import deque
from dataclasses import dataclass, field
from functools import cached_property

from tableurs.francais import normaliser
from tableurs.lecture import entetes
from tableurs.lecture.entetes import LigneEntete, textes_de
from tableurs.lecture.profil import Bloc, bits, est_vide, union

_TOTAL = re.compile(r"(sous )?(total|totaux)( general| generaux)?|ensemble|somme")
_TOTAL_DE = re.compile(r"(sous )?(total|totaux) .+")
_NOMBRE = re.compile(r"[-+(]?[\d\s.,'’]+[)%€\s]*\Z")
# A table has at least this number of columns for a line alone in its first one to be a note under it.
LARGEUR_AVEC_NOTES = 3


@dataclass
class Zone:
    """A table found on a sheet. Rows from 1, columns from 0; `fin` is its last row of data."""

    entete: LigneEntete
    blocs: list[Bloc]
    titres: list = field(default_factory=list)
    totaux: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    fin: int = 0

    def donnees(self):
        """Return the masks of columns filled under the header."""
        return [masque for bloc in self.blocs for masque, (_, fin, _) in bloc.masques.items() if fin > self.entete.fin]

    def colonnes(self):
        """Return the columns of the table: those of the header and those filled under it."""
        return sorted({*self.entete.textes, *bits(union(self.donnees()))})

    @cached_property
    def colonnes_connues(self):
        """The columns as a set, once the table is settled."""
        return frozenset(self.colonnes())

    def compter(self):
        """Return the number of filled rows of data."""
        total = sum(max(0, min(bloc.fin, self.fin) - max(bloc.debut, self.entete.fin + 1) + 1) for bloc in self.blocs)
        return max(0, total)


def zones(blocs, mots, fusions):
    """Return the tables of a sheet, the one to propose first, each with its totals and notes apart."""
    trouvees = []
    for bloc in blocs:
        morceaux = cote_a_cote(bloc, fusions)
        if len(morceaux) > 1:
            trouvees.extend(_zone(morceau, mots, fusions) for morceau in morceaux)
        elif not trouvees or _commence_un_tableau(bloc, trouvees[-1], mots, fusions):
            trouvees.append(_zone(bloc, mots, fusions))
        else:
            trouvees[-1].blocs.append(bloc)
    trouvees = _retirer_titres(_rendre_la_derniere_ligne(trouvees, mots))
    for zone in trouvees:
        _detacher_la_fin(zone)
    # Tables without data come last: the first one is what is proposed.
    return sorted(trouvees, key=lambda zone: not zone.compter())


def _zone(bloc, mots, fusions):
    entete = entetes.chercher(bloc, mots, fusions)
    if entete is None:
        numero, cellules = bloc.tete[0]
        entete = LigneEntete(numero, numero, textes_de(cellules), sure=False)
    titres = [ligne for ligne in bloc.tete if ligne[0] < entete.debut]
    return Zone(entete, [bloc], titres)


def _commence_un_tableau(bloc, zone, mots, fusions):
    """Tell whether a block after an empty row is another table, rather than the rest of `zone`."""
    entete = entetes.chercher(bloc, mots, fusions)
    if entete is None:
        return False
    largeur = len(bloc.colonnes())
    if largeur > 1 and _entete_connu(entete, mots):
        return True
    if zone.blocs[-1].fin == zone.entete.fin or largeur == 1:
        # Nothing under the header yet, or a line alone: within its columns it is its own, be some of them empty.
        return largeur > 1 and not set(bloc.colonnes()) <= set(zone.entete.textes)
    memes = [normaliser(texte) for texte in entete.textes.values()]
    if memes == [normaliser(texte) for texte in zone.entete.textes.values()]:
        return True
    if bloc.fin == entete.fin:
        return False
    return entete.debut > bloc.debut or not set(bloc.colonnes()) <= set(zone.colonnes())


def _rendre_la_derniere_ligne(trouvees, mots):
    """On a sheet that holds but headers, the last one, when nobody knows its names, is the only row of the first."""
    seules = [zone for zone in trouvees if zone.blocs[-1].fin == zone.entete.fin]
    if len(seules) == len(trouvees) > 1:
        *avant, derniere = trouvees
        if len(avant[-1].entete.textes) > 1 and not derniere.titres and not _entete_connu(derniere.entete, mots):
            avant[-1].blocs.extend(derniere.blocs)
            return avant
    return trouvees


def _entete_connu(entete, mots):
    """Tell whether half of a header, and two columns at least, bear names that the caller knows."""
    noms = {normaliser(texte.rpartition(entetes.JOINT)[2]) for texte in entete.textes.values()}
    return len(noms & mots) >= max(2, len(entete.textes) / 2)


def cote_a_cote(bloc, fusions):
    """Return the tables that stand side by side in a block, parted by an empty column; [bloc] when there is one."""
    groupes, precedente = [], None
    for colonne in bloc.colonnes():
        if precedente is None or colonne > precedente + 1:
            groupes.append([])
        groupes[-1].append(colonne)
        precedente = colonne
    if len(groupes) < 2 or any(len(groupe) < 2 for groupe in groupes):
        return [bloc]
    morceaux = [_restreindre(bloc, groupe) for groupe in groupes]
    trouves = [entetes.chercher(morceau, frozenset(), fusions) for morceau in morceaux]
    if not all(trouves):
        return [bloc]
    noms = [[normaliser(texte) for texte in entete.textes.values()] for entete in trouves]
    etendues = {(entete.debut, morceau.fin) for entete, morceau in zip(trouves, morceaux, strict=True)}
    denses = all(sum(e[2] for e in morceau.masques.values()) == morceau.lignes for morceau in morceaux)
    if any(nom == noms[0] for nom in noms[1:]) or (len(etendues) > 1 and denses):
        return morceaux
    return [bloc]


def _restreindre(bloc, colonnes):
    """Return what a block holds in some of its columns, the others emptied."""
    masque = sum(1 << colonne for colonne in colonnes)
    debut, fin = bloc.etendue(masque)
    morceau = Bloc(debut, fin)
    for ensemble, (premiere, derniere, fois) in bloc.masques.items():
        if ensemble & masque:
            connue = morceau.masques.setdefault(ensemble & masque, [premiere, derniere, 0])
            connue[:] = [min(connue[0], premiere), max(connue[1], derniere), connue[2] + fois]

    def vider(lignes):
        return [
            (numero, [cellule if masque >> n & 1 else "" for n, cellule in enumerate(cellules)])
            for numero, cellules in lignes
            if debut <= numero <= fin
        ]

    morceau.tete, morceau.queue = vider(bloc.tete), deque(vider(bloc.queue))
    return morceau


def _retirer_titres(trouvees):
    """Lines of text above a wider table are its titles; a table of one column after it, its notes."""
    gardees, titres = [], []
    plus_large = max((len(zone.colonnes()) for zone in trouvees), default=0)
    for zone in trouvees:
        titre = len(zone.colonnes()) == 1 < plus_large or _est_une_ligne_de_titre(zone, trouvees)
        if titre and not gardees:
            titres.extend(ligne for bloc in zone.blocs for ligne in bloc.tete)
        else:
            zone.titres[:0] = titres
            titres = []
            gardees.append(zone)
    return gardees


def _est_une_ligne_de_titre(zone, trouvees):
    """A row or two alone and narrower than the table that follows."""
    suivante = next((z for z in trouvees if z.entete.debut > zone.blocs[-1].fin), None)
    return (
        suivante is not None
        and sum(bloc.lignes for bloc in zone.blocs) <= 1
        and len(zone.colonnes()) < len(suivante.colonnes())
    )


def _detacher_la_fin(zone):
    """Set apart the totals and the notes that end a table; what remains ends at `zone.fin`."""
    largeur = len(zone.entete.textes)
    zone.fin = zone.blocs[-1].fin
    for rang in range(len(zone.blocs) - 1, -1, -1):
        bloc = zone.blocs[rang]
        # Of a table that holds nothing else, a line alone is a row.
        apres_des_donnees = rang and zone.blocs[rang - 1].fin > zone.entete.fin
        if apres_des_donnees and largeur >= LARGEUR_AVEC_NOTES and _que_des_notes(bloc):
            zone.notes[:0] = bloc.tete
            zone.fin = zone.blocs[rang - 1].fin
            continue
        zone.fin = bloc.fin
        for numero, cellules in reversed(bloc.queue):
            if numero <= zone.entete.fin or not est_un_total(cellules, largeur):
                break
            zone.totaux.insert(0, (numero, cellules))
            zone.fin = numero - 1
        if rang == 0 or zone.fin >= bloc.debut:
            return


def _que_des_notes(bloc):
    """Tell whether every row of a short block is a single text."""
    if bloc.lignes > len(bloc.tete):
        return False
    seules = [[cellule for cellule in cellules if not est_vide(cellule)] for _, cellules in bloc.tete]
    return all(len(remplies) == 1 and remplies[0].__class__ is str for remplies in seules)


def est_un_total(cellules, largeur):
    """Tell whether a row sums the others: a word that says so, then only numbers, and cells left empty."""
    remplies = [cellule for cellule in cellules if not est_vide(cellule)]
    if not remplies or remplies[0].__class__ is not str or len(remplies) >= max(2, largeur) > 2:
        return False
    mot, suite = normaliser(remplies[0]), remplies[1:]
    chiffres = all(c.__class__ is not str or _NOMBRE.match(c.strip()) for c in suite)
    if _TOTAL.fullmatch(mot):
        return chiffres
    return bool(_TOTAL_DE.fullmatch(mot) and suite and chiffres)
