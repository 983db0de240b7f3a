"""Which character separates the cells of a text file: weighed on its first lines, shown, and can be overridden."""

import csv
import io
from collections import Counter
from itertools import islice

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
    poids = {separateur: _peser(tete, separateur) for separateur in SEPARATEURS}
    classes = sorted(poids, key=poids.get, reverse=True)
    premier, second = classes[:2]
    if not poids[premier]:
        # A single column: any separator reads it, and this one is what a French Excel writes.
        return ";", False
    return premier, poids[second] > 0 and poids[premier] - poids[second] < ECART_SUR


def _peser(tete, separateur):
    """Return how regularly a separator divides the lines: 0 when never, 1 when all alike."""
    try:
        lecteur = csv.reader(io.StringIO(tete, newline=""), delimiter=separateur)
        lignes = [ligne for ligne in islice(lecteur, LIGNES_PESEES) if any(cellule.strip() for cellule in ligne)]
    except csv.Error:
        return 0
    # The sample may cut the last line.
    largeurs = [len(ligne) for ligne in (lignes[:-1] if len(lignes) > 2 else lignes)]
    # Title lines hold no separator: they say nothing against it.
    partagees = Counter(largeur for largeur in largeurs if largeur > 1)
    if not partagees:
        return 0
    largeur, fois = partagees.most_common(1)[0]
    entete = next(ligne for ligne in lignes if len(ligne) > 1)
    # A comma in amounts divides every line but the header.
    regularite = fois / len(largeurs)
    return regularite if len(entete) == largeur else regularite / 2
