"""Codes that spreadsheets damage: lost zeros, floats, scientific notation, spaces."""

import re
from decimal import Decimal

from tableurs.cellules import afficher
from tableurs.typographie import typographier
from tableurs.valeurs.base import Lecture, Valeur, ValeurRefusee, citer

_ESPACES = re.compile(r"[\s\u00a0\u202f\u2009\u2007]")
_POINTS = re.compile(r"[.\-_]")
_DECIMALE_NULLE = re.compile(r"(\d+)[.,]0+\Z", re.ASCII)
_SCIENTIFIQUE = re.compile(r"(\d)(?:[.,](\d+))?E\+?(\d{1,2})\Z", re.IGNORECASE | re.ASCII)
LA_POSTE = "356000000"


def cle_de_luhn(chiffres):
    """Tell whether a text of digits satisfies Luhn's formula, as SIREN and SIRET do."""
    total = 0
    for rang, chiffre in enumerate(reversed(chiffres)):
        double = int(chiffre) * (1 + rang % 2)
        total += double - 9 * (double > 9)
    return total % 10 == 0


def siret_valide(siret):
    """Tell whether 14 digits may be a SIRET. Those of La Poste add up to a multiple of 5 instead.

    Source: INSEE, « Numéro SIRET », exception of the SIREN 356 000 000.
    """
    return cle_de_luhn(siret) or (siret.startswith(LA_POSTE) and sum(map(int, siret)) % 5 == 0)


class Code(Valeur):
    """A code of fixed length. Subclasses give `longueur`, `motif`, `exemple`, and `controler` when there is a key.

    `zeros`: how many leading zeros a spreadsheet may have taken away. `points`: whether people part the digits
    with dots or dashes.
    """

    nom = "un code"
    longueur = 5
    zeros = 1
    points = False
    motif = re.compile(r"\d{5}\Z", re.ASCII)
    exemple = "01002"

    def convertir(self, brut):
        code = self._compact(brut)
        manquants = self.longueur - len(code)
        complet = code.zfill(self.longueur) if 0 < manquants <= self.zeros and code.isdigit() else code
        if not self.motif.match(complet):
            raise ValeurRefusee(f"{citer(brut)} n'est pas {self.nom}.", self._remede(len(complet)))
        self.controler(complet, brut)
        if complet != code:
            return Lecture(complet, typographier(f"{citer(brut)} est lu « {complet} » : zéro initial rétabli."))
        return complet

    def controler(self, code, brut):
        """Raise `ValeurRefusee` when the key of a code of the right form is wrong."""

    def _remede(self, _longueur):
        return f"Écrivez {self.nom} sur {self.longueur} caractères, par exemple {self.exemple}."

    def _compact(self, brut):
        """Return a cell as upper-case letters and digits without separators nor decimals."""
        if isinstance(brut, bool):
            raise ValeurRefusee(f"{citer(brut)} n'est pas {self.nom}.", self._remede(0))
        texte = _ESPACES.sub("", afficher(brut)).upper()
        entier = _DECIMALE_NULLE.match(texte)
        if entier:
            return entier[1]
        scientifique = _SCIENTIFIQUE.match(texte)
        if scientifique:
            return self._deplier(scientifique, brut)
        return _POINTS.sub("", texte) if self.points else texte

    def _deplier(self, notation, brut):
        """« 2,00018653E+08 » still holds its nine digits; with fewer decimals than the exponent, some are lost."""
        chiffre, decimales, exposant = notation[1], notation[2] or "", int(notation[3])
        if len(decimales) < exposant:
            raise ValeurRefusee(
                f"{citer(brut)} est en notation scientifique : des chiffres ont été perdus.",
                "Mettez la colonne au format « Texte » dans votre tableur et saisissez le code entier.",
            )
        return str(int(Decimal(f"{chiffre}.{decimales}").scaleb(exposant)))


class CodeInsee(Code):
    """The INSEE code of a commune: five characters, the second one A or B in Corsica."""

    nom = "un code Insee de commune"
    motif = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-5]|2[AB]|97|98)\d{3}\Z", re.ASCII)


class CodePostal(Code):
    """A French postal code."""

    nom = "un code postal"
    motif = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-578])\d{3}\Z", re.ASCII)
    exemple = "01100"


class Siren(Code):
    """The number of a legal person: nine digits with a key. Some begin with zeros."""

    nom = "un numéro SIREN"
    longueur = 9
    zeros = 2
    points = True
    motif = re.compile(r"\d{9}\Z", re.ASCII)
    exemple = "200018653"

    def controler(self, code, brut):
        if code == "0" * self.longueur or not self._cle(code):
            raise ValeurRefusee(
                f"{citer(brut)} n'existe pas : sa clé de contrôle est fausse.",
                "Vérifiez chaque chiffre, surtout le dernier.",
            )

    @staticmethod
    def _cle(code):
        return cle_de_luhn(code)

    def _remede(self, longueur):
        return f"Écrivez ses {self.longueur} chiffres, par exemple {self.exemple} ({longueur} ici)."


class Siret(Siren):
    """The number of an establishment: its SIREN and five digits."""

    nom = "un numéro SIRET"
    longueur = 14
    motif = re.compile(r"\d{14}\Z", re.ASCII)
    exemple = "35600000000048"

    @staticmethod
    def _cle(code):
        return siret_valide(code)
