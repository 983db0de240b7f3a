"""Backgrounds of cells in a workbook, to warn that a colour may carry a meaning that is not read."""

from tableurs.lecture.balises import Balises, entier

SANS_FOND = ("none", "gray125", "")
# White, automatic and the window's own background are no colour.
BLANCS = {("rgb", "FFFFFFFF"), ("rgb", "00FFFFFF"), ("theme", "0"), ("indexed", "9"), ("indexed", "64")}


class Styles(Balises):
    """`fonds` maps the index of a cell style, as text, to its colour; styles without background are left out."""

    def __init__(self, morceaux):
        self.fonds = {}
        self._couleurs = []
        self._zone = ""
        self._styles = 0
        morceaux = list(morceaux)
        if morceaux:
            self.parcourir(morceaux)

    def debut(self, nom, attributs):
        nom = nom.removeprefix(self.prefixe)
        if nom in ("fills", "cellXfs"):
            self._zone = nom
        elif self._zone == "fills":
            self._noter_fond(nom, attributs)
        elif self._zone == "cellXfs" and nom == "xf":
            fond = entier(attributs.get("fillId"))
            couleur = self._couleurs[fond] if fond < len(self._couleurs) else ""
            if couleur:
                self.fonds[str(self._styles)] = couleur
            self._styles += 1

    def _noter_fond(self, nom, attributs):
        if nom == "fill":
            self._couleurs.append("")
        elif nom == "patternFill" and attributs.get("patternType", "") not in SANS_FOND:
            self._couleurs[-1] = "motif"
        elif nom == "gradientFill":
            self._couleurs[-1] = "dégradé"
        elif nom == "fgColor" and self._couleurs[-1]:
            genre, valeur = next(iter(attributs.items()), ("", ""))
            self._couleurs[-1] = "" if (genre, valeur.upper()) in BLANCS else f"{genre} {valeur}"

    def fin(self, nom):
        if nom.removeprefix(self.prefixe) == self._zone:
            self._zone = ""
