"""Which character separates the cells of a text file: weighed on its first lines, shown, and can be overridden."""

import csv
import io
from collections import Counter
from itertools import islice
from typing import NamedTuple

SEPARATEURS = {";": "« ; »", ",": "« , »", "\t": "tabulation", "|": "« | »"}
ECHANTILLON = 64 * 1024
LIGNES_PESEES = 200
# Excel reads this first line as an instruction and does not show it.
_CONSIGNE = "sep="
# Two separators that divide the file almost as well: said.
ECART_SUR = 0.1


def consigne(tete):
    """Return the separator that the first line dictates (« sep=; »), or None."""
    premiere = tete.lstrip("\ufeff").splitlines()[0] if tete.strip("\ufeff") else ""
    if premiere.lower().startswith(_CONSIGNE) and premiere[4:] in SEPARATEURS:
        return premiere[4:]
    return None


def detecter(tete):
    """Return (separator, whether another one would do as well) for the beginning of a text."""
    coupes = {separateur: _couper(tete, separateur) for separateur in SEPARATEURS}
    premier, second = sorted(coupes, key=lambda separateur: coupes[separateur].poids, reverse=True)[:2]
    if not coupes[premier].poids:
        # A single column: any separator reads it, and this one is what a French Excel writes.
        return ";", False
    return premier, coupes[second].vaut(coupes[premier])


class Coupe(NamedTuple):
    """How a separator divides lines. `poids`: how regularly, 0 when never, 1 when all alike; `debut`: rank of the
    first line that it divides; `largeur`: the number of cells that it makes most often.
    """

    poids: float = 0
    debut: int = 0
    largeur: int = 0

    def vaut(self, retenue):
        """Tell whether this would do as well as the one that is kept. Commas in amounts spare the header, and make
        fewer columns.
        """
        proche = self.poids > 0 and retenue.poids - self.poids < ECART_SUR
        return proche and self.debut <= retenue.debut and self.largeur >= retenue.largeur


def _couper(tete, separateur):
    try:
        lecteur = csv.reader(io.StringIO(tete, newline=""), delimiter=separateur)
        lignes = [ligne for ligne in islice(lecteur, LIGNES_PESEES) if any(cellule.strip() for cellule in ligne)]
    except csv.Error:
        return Coupe()
    # The sample may cut the last line.
    largeurs = [len(ligne) for ligne in (lignes[:-1] if len(lignes) > 2 else lignes)]
    # Title lines hold no separator: they say nothing against it.
    partagees = Counter(largeur for largeur in largeurs if largeur > 1)
    if not partagees:
        return Coupe()
    largeur, fois = partagees.most_common(1)[0]
    debut = next(rang for rang, ligne in enumerate(lignes) if len(ligne) > 1)
    # A comma in amounts divides every line but the header.
    regularite = fois / len(largeurs)
    return Coupe(regularite if len(lignes[debut]) == largeur else regularite / 2, debut, largeur)
