"""Numbers as French offices write them: « 1 234,56 € », « (1 234,56) », « 1,2 M€ », « 12,5 % »."""

import math
import re
from decimal import Decimal as Dec

from tableurs.francais import FINE, nombre
from tableurs.valeurs.base import Valeur, ValeurRefusee, citer, lu

_ESPACES = re.compile(r"[\s\u00a0\u202f\u2009\u2007]+")
_PARENTHESES = re.compile(r"\((.+)\)\Z")
_GROUPES = {
    " ": re.compile(r"\d{1,3}(?: \d{3})+\Z", re.ASCII),
    "'": re.compile(r"\d{1,3}(?:'\d{3})+\Z", re.ASCII),
    ".": re.compile(r"\d{1,3}(?:\.\d{3})+\Z", re.ASCII),
    ",": re.compile(r"\d{1,3}(?:,\d{3})+\Z", re.ASCII),
}
_CHIFFRES = re.compile(r"\d+\Z", re.ASCII)
_SCIENTIFIQUE = re.compile(r"[-+]?\d+(?:[.,]\d+)?E[-+]?\d+\Z", re.IGNORECASE | re.ASCII)
_DEVISE = re.compile(r"(?:€|eur|euros?)\s*\Z|\A(?:€|eur)", re.IGNORECASE)
_MULTIPLES = (
    (re.compile(r"\s*(?:[kK](?:€|EUR)|milliers d['’]euros)\Z"), 1_000),
    (re.compile(r"\s*(?:M(?:€|EUR)|millions? d['’]euros)\Z"), 1_000_000),
    (re.compile(r"\s*(?:Mds?\s?(?:€|EUR)|milliards? d['’]euros)\Z"), 1_000_000_000),
)
# Longer texts are no number; digits beyond are no amount.
_LONGUEUR_MAX = 60
CHIFFRES_MAX = 15
# What a computation in floating point may leave after the last decimal.
POUSSIERE = Dec("0.000001")
SANS_NOMBRE = "Écrivez un nombre, par exemple 1234,56."


def lire_nombre(texte, point=None, decimales=None):
    """Return the Decimal that a text says. Raises `ValeurRefusee`, with both readings where there are two.

    `point` settles « 1.234 » for a column that is known to write it so: "decimal" or "milliers". `decimales` is how
    many are expected: with less than three, « 1,234 » may be written as in English.
    """
    if len(texte) > _LONGUEUR_MAX:
        raise ValeurRefusee(f"{citer(texte)} n'est pas un nombre.", SANS_NOMBRE)
    if texte.isascii() and texte.isdigit():
        return Dec(texte)
    nu = _ESPACES.sub(" ", texte).replace("’", "'").replace("−", "-").replace("–", "-").strip()
    if _SCIENTIFIQUE.match(nu):
        raise ValeurRefusee(
            f"{citer(texte)} est en notation scientifique : des chiffres ont pu être perdus.",
            "Mettez la colonne au format « Nombre » dans votre tableur, puis enregistrez à nouveau.",
        )
    signe, nu = _signe(nu)
    if decimales is not None and decimales < 3 and nu.count(",") == 1 and _GROUPES[","].match(nu) and nu[0] != "0":
        raise _deux_lectures(*nu.split(","), texte)
    return signe * Dec(_normaliser(nu, texte, point))


def _signe(nu):
    """Return (1 or -1, the text without its sign): « -12 », « 12- », « (12) »."""
    entre = _PARENTHESES.match(nu)
    if entre:
        return -1, entre[1].strip()
    if nu.startswith("-"):
        return -1, nu[1:].strip()
    if nu.endswith("-"):
        return -1, nu[:-1].strip()
    return 1, nu.removeprefix("+").strip()


def _normaliser(nu, texte, point):
    """Return a text of digits with at most one dot."""
    for groupe in (" ", "'"):
        if groupe in nu:
            return _avec_groupes(nu, groupe, texte)
    points, virgules = nu.count("."), nu.count(",")
    if points and virgules:
        decimal, groupe = (",", ".") if nu.rindex(",") > nu.rindex(".") else (".", ",")
        entiere, _, fraction = nu.rpartition(decimal)
        if not _GROUPES[groupe].match(entiere) or not _CHIFFRES.match(fraction):
            raise _pas_un_nombre(texte)
        return f"{entiere.replace(groupe, '')}.{fraction}"
    separateur = "." if points else ","
    if points + virgules > 1:
        if not _GROUPES[separateur].match(nu):
            raise _pas_un_nombre(texte)
        return nu.replace(separateur, "")
    if points and _GROUPES["."].match(nu) and not nu.startswith("0"):
        return _lever(nu, texte, point)
    return _simple(nu, separateur, texte)


def _lever(nu, texte, point):
    """« 1.234 » is one thousand or one and a bit: only the column can say."""
    if point == "decimal":
        return nu
    if point == "milliers":
        return nu.replace(".", "")
    raise _deux_lectures(*nu.split("."), texte)


def _deux_lectures(entiere, fraction, texte):
    return ValeurRefusee(
        f"{citer(texte)} a deux lectures : {entiere}{FINE}{fraction} (mille et plus) ou {entiere},{fraction}.",
        f"Écrivez {entiere}{fraction} ou {entiere},{fraction}.",
    )


def _avec_groupes(nu, groupe, texte):
    """Thousands are parted by spaces or apostrophes, so a comma or a dot can only be decimal."""
    separateur = "," if "," in nu else "."
    entiere, _, fraction = nu.partition(separateur)
    if not _GROUPES[groupe].match(entiere) or (fraction and not _CHIFFRES.match(fraction)):
        raise ValeurRefusee(
            f"{citer(texte)} n'est pas un nombre : les chiffres ne sont pas groupés par trois.", SANS_NOMBRE
        )
    return f"{entiere.replace(groupe, '')}.{fraction or 0}"


def _simple(nu, separateur, texte):
    entiere, _, fraction = nu.partition(separateur)
    if not _CHIFFRES.match(entiere or "0") or not _CHIFFRES.match(fraction or "0") or not (entiere or fraction):
        raise _pas_un_nombre(texte)
    return f"{entiere or 0}.{fraction or 0}"


def _pas_un_nombre(texte):
    return ValeurRefusee(f"{citer(texte)} n'est pas un nombre.", SANS_NOMBRE)


class Decimal(Valeur):
    """A number with at most `decimales` decimals, as `decimal.Decimal`. `minimum` and `maximum` are allowed."""

    nom = "un nombre"

    def __init__(self, decimales=2, minimum=None, maximum=None, point=None, **options):
        super().__init__(**options)
        self.decimales, self.minimum, self.maximum, self.point = decimales, minimum, maximum, point

    def convertir(self, brut):
        return self.borner(self.arrondir(self.vers_decimal(brut), brut), brut)

    def vers_decimal(self, brut):
        """Return the Decimal of a native number or of a text."""
        if isinstance(brut, str):
            return lire_nombre(brut, self.point, self.decimales)
        if isinstance(brut, bool) or not isinstance(brut, int | float | Dec) or not math.isfinite(brut):
            raise ValeurRefusee(f"{citer(brut)} n'est pas un nombre.", SANS_NOMBRE)
        return Dec(str(brut))

    def arrondir(self, valeur, brut):
        """Return a number to its decimals; refuse one that has more, but for the dust of floating point."""
        if valeur.adjusted() >= CHIFFRES_MAX:
            raise ValeurRefusee(f"{citer(brut)} compte trop de chiffres.", "Vérifiez ce nombre et son unité.")
        arrondi = valeur.quantize(Dec(1).scaleb(-self.decimales))
        if abs(arrondi - valeur) > (POUSSIERE if isinstance(brut, float) else 0):
            raise ValeurRefusee(self._trop_precis(brut), "Arrondissez-le dans le fichier.")
        return arrondi

    def _trop_precis(self, brut):
        if not self.decimales:
            return f"{citer(brut)} n'est pas un nombre entier."
        return f"{citer(brut)} a plus de {self.decimales} décimales."

    def borner(self, valeur, brut):
        if self.minimum is not None and valeur < self.minimum:
            raise ValeurRefusee(f"{citer(brut)} est trop petit.", f"Le minimum est {nombre(self.minimum)}.")
        if self.maximum is not None and valeur > self.maximum:
            raise ValeurRefusee(f"{citer(brut)} est trop grand.", f"Le maximum est {nombre(self.maximum)}.")
        return valeur

    def ecrire(self, valeur):
        return f"{valeur:f}".replace(".", ",")


class Entier(Decimal):
    """A whole number, as `int`. « 12,0 » is one; « 1,234 » is refused."""

    nom = "un nombre entier"

    def __init__(self, **options):
        super().__init__(decimales=0, **options)

    def convertir(self, brut):
        return int(super().convertir(brut))


class Montant(Decimal):
    """An amount in euros, to the cent. « 1,36 M€ » is understood, and said; another currency is refused."""

    nom = "un montant en euros"

    def __init__(self, **options):
        super().__init__(decimales=2, **options)

    def convertir(self, brut):
        if not isinstance(brut, str):
            return super().convertir(brut)
        texte = _ESPACES.sub(" ", brut).strip()
        entre = _PARENTHESES.match(texte)
        interieur = entre[1].strip() if entre else texte
        for motif, facteur in _MULTIPLES:
            if motif.search(interieur):
                return self._multiplier(motif.sub("", interieur), facteur, brut, -1 if entre else 1)
        nu = _DEVISE.sub("", interieur).strip()
        valeur = self.vers_decimal(f"({nu})" if entre else nu)
        return self.borner(self.arrondir(valeur, brut), brut)

    def vers_decimal(self, brut):
        if isinstance(brut, str) and (brut.endswith("%") or any(signe in brut for signe in "$£")):
            raise ValeurRefusee(f"{citer(brut)} n'est pas un montant en euros.", "Écrivez le montant en euros.")
        return super().vers_decimal(brut)

    def _multiplier(self, texte, facteur, brut, signe):
        valeur = self.borner(self.arrondir(signe * self.vers_decimal(texte) * facteur, brut), brut)
        return lu(valeur, brut, f"{nombre(valeur, 2)} €")


class Pourcentage(Decimal):
    """A share in points: « 12,5 % » gives 12.5. A bare number up to 1 may be a share of one: refused.

    `fraction=True` for a column that is known to hold shares of one, as Excel stores its percentages.
    """

    nom = "un pourcentage"

    def __init__(self, decimales=2, fraction=False, **options):
        super().__init__(decimales, **{"minimum": 0, "maximum": 100, **options})
        self.fraction = fraction

    def convertir(self, brut):
        signe = isinstance(brut, str) and brut.rstrip().endswith("%")
        valeur = self.vers_decimal(brut.rstrip()[:-1].strip() if signe else brut)
        if not signe and self.fraction:
            valeur *= 100
        elif not signe and 0 < abs(valeur) <= 1:
            raise ValeurRefusee(
                f"{citer(brut)} a deux lectures : {nombre(valeur, 2)} % ou {nombre(valeur * 100, 2)} %.",
                "Écrivez le signe %, dans une cellule au format « Texte ».",
            )
        return self.borner(self.arrondir(valeur, brut), brut)
