"""One pass over the XML of a sheet: extent, hidden rows and columns, formulas, errors, merges, backgrounds.

Written for speed: a sheet of 100 000 rows by 10 columns calls `debut` two million times.
"""

from tableurs.lecture import limites
from tableurs.lecture.archives import abime
from tableurs.lecture.balises import Balises, entier, vrai
from tableurs.lecture.reperes import Details, Fusion, lettre, position, rang


class FeuilleXml(Balises):
    """`details` of a sheet; `textes_partages` counts the cells that refer to a shared text.

    `fonds` maps the index of a style, as text, to the colour of its background.
    """

    def __init__(self, nom, fonds):
        self.nom_feuille = nom
        self.details = Details()
        self.textes_partages = 0
        self._fonds = fonds
        self._ligne, self._numero = 0, "0"
        self._cellule = {}
        self._lettres = set()
        self._remplies = self._remplies_avant = 0
        # Whether the cell in hand has a formula, and the pieces of its value when it is worth reading.
        self._formule, self._lu = False, None
        self._a_clore = False

    def ouvrir(self):
        self._c, self._v, self._is = (self.prefixe + nom for nom in ("c", "v", "is"))
        self._autres = {
            f"{self.prefixe}row": self._commencer_ligne,
            f"{self.prefixe}f": self._commencer_formule,
            f"{self.prefixe}col": self._lire_colonne,
            f"{self.prefixe}mergeCell": self._lire_fusion,
            f"{self.prefixe}autoFilter": self._lire_filtre,
        }

    def debut(self, nom, attributs):
        if nom == self._c:
            if self._a_clore:
                self._clore()
            if "r" not in attributs:
                attributs["r"] = self._adresse_suivante()
            self._cellule = attributs
            if self._fonds and attributs.get("s") in self._fonds:
                self.details.colorer(*self._position(), self._fonds[attributs["s"]])
        elif nom == self._v or nom == self._is:
            self._remplies += 1
            cellule = self._cellule
            # What is left of « AB12 » on row 12; `terminer` checks that these are letters.
            self._lettres.add(cellule["r"].removesuffix(self._numero))
            genre = cellule.get("t")
            if genre == "s":
                self.textes_partages += 1
            elif genre == "e" or self._formule:
                self._lu, self._a_clore = [], True
                self.analyseur.CharacterDataHandler = self._lu.append
        elif nom in self._autres:
            self._autres[nom](attributs)

    def _adresse_suivante(self):
        """Some writers leave addresses out: a cell follows the one before it."""
        precedente = self._cellule.get("r", "").removesuffix(self._numero)
        return f"{lettre(rang(precedente) + 1) if precedente else 'A'}{self._numero}"

    def _position(self):
        cellule = position(self._cellule["r"])
        if cellule is None:
            raise abime("une de ses cellules a une adresse impossible")
        return cellule

    def _clore(self):
        """Settle the cell that ends: an error keeps its word, a formula must have left a value."""
        self.analyseur.CharacterDataHandler = None
        valeur = "".join(self._lu or ()).strip()
        genre = self._cellule.get("t")
        if genre == "e":
            self.details.noter_erreur(self.nom_feuille, *self._position(), valeur)
        elif self._formule and not valeur and (genre != "str" or self._lu is None):
            self.details.noter_formule_vide(*self._position())
        self._formule, self._lu, self._a_clore = False, None, False

    def _commencer_ligne(self, attributs):
        if self._a_clore:
            self._clore()
        self._noter_ligne()
        self._ligne = entier(attributs.get("r"), self._ligne + 1)
        self._numero = str(self._ligne)
        self._cellule = {}
        if vrai(attributs.get("hidden")):
            self.details.masquer_ligne(self._ligne)

    def _noter_ligne(self):
        """Note the extent of the row that ends, and stop early a sheet that could not be held in memory."""
        if self._remplies > self._remplies_avant:
            self.details.derniere_ligne = max(self.details.derniere_ligne, self._ligne)
            self._remplies_avant = self._remplies
        if self._remplies > limites.CELLULES_MAX:
            raise limites.trop_de_lignes(self.nom_feuille)

    def terminer(self):
        if self._a_clore:
            self._clore()
        self._noter_ligne()
        for lettres in self._lettres:
            if not (lettres.isascii() and lettres.isalpha() and len(lettres) <= 3):
                raise abime("les adresses de ses cellules se contredisent")
            self.details.derniere_colonne = max(self.details.derniere_colonne, rang(lettres.upper()))

    def _commencer_formule(self, _):
        self.details.formules += 1
        self._formule = self._a_clore = True

    def _lire_colonne(self, attributs):
        if vrai(attributs.get("hidden")):
            premiere, derniere = entier(attributs.get("min"), 1), entier(attributs.get("max"), 1)
            self.details.masquer_colonnes(premiere - 1, derniere - 1)

    def _lire_fusion(self, attributs):
        haut, _, bas = attributs.get("ref", "").partition(":")
        debut, fin = position(haut), position(bas)
        if debut and fin and debut[0] <= fin[0] and debut[1] <= fin[1]:
            self.details.fusionner(Fusion(*debut, *fin))

    def _lire_filtre(self, _):
        self.details.filtre = True


class Longueurs(Balises):
    """`total`: bytes of shared text that the cells of a sheet hold together, copies included."""

    def __init__(self, longueurs, morceaux):
        self.total = 0
        self._longueurs = longueurs
        self._partage = False
        self._indice = None
        self.parcourir(morceaux)

    def debut(self, nom, attributs):
        if nom == f"{self.prefixe}c":
            self._partage = attributs.get("t") == "s"
        elif self._partage and nom == f"{self.prefixe}v":
            self._indice = ""

    def texte(self, texte):
        if self._indice is not None:
            self._indice += texte

    def fin(self, _nom):
        if self._indice is not None:
            rang_du_texte = entier(self._indice.strip(), len(self._longueurs))
            if rang_du_texte < len(self._longueurs):
                self.total += self._longueurs[rang_du_texte]
            self._indice = None
