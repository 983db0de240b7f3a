"""Texts, yes or no, closed lists, and several values in one cell."""

import difflib
import re
import unicodedata
from functools import lru_cache

from tableurs.cellules import afficher
from tableurs.francais import INSECABLE, enumeration, nombre, normaliser
from tableurs.typographie import typographier
from tableurs.valeurs.base import Lecture, Valeur, ValeurRefusee, citer

_FINS_DE_LIGNE = re.compile(r"\r\n?|[\x0b\x0c\u2028\u2029]")


class Texte(Valeur):
    """A text: never None, since an empty cell is an empty text. `longueur` is the greatest number of characters."""

    nom = "un texte"
    vide = ""

    def __init__(self, longueur=None, plusieurs_lignes=False, **options):
        super().__init__(**options)
        self.longueur, self.plusieurs_lignes = longueur, plusieurs_lignes

    def convertir(self, brut):
        texte = unicodedata.normalize("NFC", afficher(brut))
        if self.plusieurs_lignes:
            lignes = _FINS_DE_LIGNE.sub("\n", texte).split("\n")
            texte = "\n".join(" ".join(ligne.split()) for ligne in lignes).strip()
        else:
            texte = " ".join(texte.split())
        if self.longueur is not None and len(texte) > self.longueur:
            raise ValeurRefusee(
                f"Le texte compte {nombre(len(texte))} caractères : {nombre(self.longueur)} au plus.",
                "Raccourcissez-le.",
            )
        return texte


def meme_texte(garde, lu):
    """Tell whether a cell says the value that is kept: of a text, a file carries no kind nor number of spaces."""
    if garde == lu or not (isinstance(garde, str) and isinstance(lu, str)):
        return garde == lu
    try:
        return Texte(plusieurs_lignes="\n" in lu).lire(garde).valeur == lu
    except ValeurRefusee:
        return False


class Booleen(Valeur):
    """Yes or no. `vide` is what an empty cell means: None (unknown) or False (a column of crosses)."""

    nom = "« oui » ou « non »"
    VRAIS = frozenset({"oui", "o", "x", "vrai", "v", "1", "true", "yes", "y", "coche", "✓", "✔", "☑", "✗", "☒"})
    FAUX = frozenset({"non", "n", "faux", "f", "0", "false", "no", "☐"})

    def __init__(self, vide=None, **options):
        super().__init__(**options)
        self.vide = vide

    def convertir(self, brut):
        mot = afficher(brut).strip()
        mot = normaliser(mot) or mot
        if mot in self.VRAIS:
            return True
        if mot in self.FAUX:
            return False
        raise ValeurRefusee(f"{citer(brut)} ne dit ni oui ni non.", "Écrivez « oui » ou « non ».")

    def ecrire(self, valeur):
        return "oui" if valeur else "non"


class Choix(Valeur):
    """One key of a closed list, named by its key or its label. `choix`: (key, label) pairs, as Django's.

    `synonymes` maps other names to keys.
    """

    nom = "une valeur de la liste"
    PROCHES = 3

    def __init__(self, choix, synonymes=None, **options):
        super().__init__(**options)
        self.libelles = {str(cle): str(libelle) for cle, libelle in choix}
        self._par_nom = {}
        for nom, cle in [*self._noms(), *(synonymes or {}).items()]:
            self._par_nom.setdefault(self._forme(nom), set()).add(str(cle))

    def _noms(self):
        for cle, libelle in self.libelles.items():
            yield cle, cle
            yield libelle, cle

    @staticmethod
    @lru_cache(maxsize=4096, typed=True)
    def _forme(nom):
        return normaliser(str(nom)).replace(" ", "") or str(nom).strip()

    def reconnait(self, brut):
        return self._forme(brut) in self._par_nom

    def convertir(self, brut):
        texte = afficher(brut)
        if texte in self.libelles:
            return texte
        cles = self._par_nom.get(self._forme(texte), set())
        if len(cles) == 1:
            return next(iter(cles))
        if cles:
            raise ValeurRefusee(
                f"{citer(texte)} peut désigner plusieurs valeurs.",
                f"Écrivez plutôt {enumeration(sorted(cles)).replace(' et ', ' ou ')}.",
            )
        raise ValeurRefusee(f"{citer(texte)} n'est pas dans la liste.", self._conseil(texte))

    def _conseil(self, texte):
        noms = {self._forme(nom): self.libelles[cle] for nom, cle in self._noms()}
        proches = difflib.get_close_matches(self._forme(texte), noms, self.PROCHES, 0.6)
        if proches:
            return f"Vouliez-vous dire {self._liste(dict.fromkeys(noms[nom] for nom in proches))} ?"
        return f"Valeurs possibles : {self._liste(self.libelles.values())}."

    @staticmethod
    def _liste(libelles):
        return ", ".join(f"« {libelle} »" for libelle in libelles)

    def ecrire(self, valeur):
        return self.libelles.get(str(valeur), str(valeur))


class ListeDe(Valeur):
    """Several values in one cell, each of type `membre`: a list, without repetition, in the order written.

    They are parted by « ; » or line ends, or else by commas when `virgule`: leave it False for names, which
    contain commas. One member refused refuses the whole cell.
    """

    nom = "une ou plusieurs valeurs"
    vide = list

    def __init__(self, membre, virgule=True, **options):
        super().__init__(**options)
        self.membre, self.virgule = membre, virgule

    def convertir(self, brut):
        valeurs, notes = [], []
        for morceau in self._decouper(brut):
            try:
                valeur, note = self.membre.lire(morceau)
            except ValeurRefusee as refus:
                raise ValeurRefusee(
                    f"Dans la liste, {citer(morceau)} est refusé : {refus.raison}", refus.remede
                ) from None
            notes += [note] if note else []
            if valeur in valeurs:
                notes.append(f"{citer(morceau)} est cité deux fois.")
            elif valeur not in (None, ""):
                valeurs.append(valeur)
        if not valeurs:
            return None
        return Lecture(valeurs, typographier(" ".join(notes)))

    def _decouper(self, brut):
        if not isinstance(brut, str):
            return [brut]
        texte = _FINS_DE_LIGNE.sub("\n", brut)
        separateur = "[;\n]" if re.search("[;\n]", texte) or not self.virgule else ","
        return [morceau.strip() for morceau in re.split(separateur, texte) if morceau.strip()]

    def ecrire(self, valeur):
        return f"{INSECABLE}; ".join(self.membre.ecrire(membre) for membre in valeur)

    def render(self, value, obj=None, force_native_type=False, **kwargs):
        return self.ecrire(value or [])
