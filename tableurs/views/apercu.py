"""A first look at a file that was deposited: its sheets, and a few values of each column."""

import hashlib
import json
from itertools import islice
from typing import NamedTuple

from django.core.cache import caches

from tableurs import lecture
from tableurs.cellules import abreger, afficher
from tableurs.colonnes import mots_connus
from tableurs.ressources import ressource
from tableurs.typographie import typographier

EXEMPLES = 3
LIGNES_REGARDEES = 200
CARACTERES_MAX = 80
ENTETES_CITES, ENTETE_MAX = 3, 30
# Opening a large workbook takes seconds, and this page is shown several times.
DUREE_SECONDES = 15 * 60


class Apercu(NamedTuple):
    """`feuilles`: pairs (name, hidden); `tableaux`: in words, those of the sheet that is read; `exemples`: a list of
    texts for each column. Empty when there is no file.
    """

    est_un_texte: bool = False
    feuilles: tuple = ()
    exemples: tuple = ()
    absent: bool = True
    tableaux: tuple = ()


def lire_apercu(lot):
    """Return the `Apercu` of the file of a lot, as it is to be read."""
    facon = json.dumps([lot.empreinte, lot.feuille, lot.tableau, lot.lecture_forcee], sort_keys=True)
    cle = f"apercu:{lot.cle}:{hashlib.sha256(facon.encode()).hexdigest()[:16]}"
    apercu = caches["pages"].get(cle)
    if apercu is None:
        apercu = _lire(lot)
        if not apercu.absent:
            caches["pages"].set(cle, apercu, DUREE_SECONDES)
    return apercu


def _lire(lot):
    try:
        with (
            lot.fichier.open("rb") as fichier,
            lecture.ouvrir(fichier, lot.nom_fichier, **lot.lecture_forcee) as classeur,
        ):
            tableaux = classeur.tableaux(lot.feuille, mots_connus(ressource(lot.ressource).colonnes))
            return Apercu(
                est_un_texte=classeur.format == lecture.Format.CSV,
                feuilles=tuple((feuille.nom, feuille.masquee) for feuille in classeur.feuilles),
                exemples=_exemples(tableaux[lot.tableau]),
                absent=False,
                tableaux=tuple(map(_decrire, tableaux)),
            )
    except (FileNotFoundError, ValueError, IndexError, lecture.FichierIllisible):
        return Apercu(exemples=((),) * len(lot.entetes))


def _decrire(tableau):
    """Return what tells a table from the others of its sheet: « 2 : Commune, Courriel (colonnes A à B…) »."""
    noms = [entete.texte for entete in tableau.entetes if entete.texte]
    suite = ["…"] if len(noms) > ENTETES_CITES else []
    cites = ", ".join([abreger(nom, ENTETE_MAX) for nom in noms[:ENTETES_CITES]] + suite)
    return typographier(f"{tableau.rang + 1} : {cites or 'sans titres'} ({tableau.place})")


def _exemples(tableau):
    """Return the first different values of each column."""
    vus = [{} for _ in tableau.entetes]
    for _, cellules in islice(tableau.lignes(), LIGNES_REGARDEES):
        for valeurs, cellule in zip(vus, cellules, strict=False):
            texte = afficher(cellule).strip()
            if texte and len(valeurs) < EXEMPLES:
                valeurs[abreger(texte, CARACTERES_MAX)] = True
    return tuple(tuple(valeurs) for valeurs in vus)
