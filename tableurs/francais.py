"""French text and numbers, both ways: what people write is compared here, what we show is written here."""

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

INSECABLE = "\N{NO-BREAK SPACE}"
FINE = "\N{NARROW NO-BREAK SPACE}"

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o"})
_NON_ALPHANUMERIQUE = re.compile(r"[^a-z0-9]+")

MOIS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def normaliser(texte):
    """Return `texte` in lower-case ASCII words separated by one space: the form in which texts are compared."""
    minuscules = texte.lower()
    if not texte.isascii():
        decompose = unicodedata.normalize("NFKD", texte.translate(_LIGATURES).lower())
        minuscules = "".join(caractere for caractere in decompose if not unicodedata.combining(caractere))
    return _NON_ALPHANUMERIQUE.sub(" ", minuscules).strip()


def nombre(valeur, decimales=0):
    """Return a number as French readers expect it: « 1 250 » or « 12,5 », never broken at a line end.

    `decimales` is the number kept after the comma; None gives an empty text.
    """
    if valeur is None:
        return ""
    arrondi = Decimal(str(valeur)).quantize(Decimal(1).scaleb(-decimales), ROUND_HALF_UP)
    return f"{arrondi:,.{decimales}f}".replace(",", FINE).replace(".", ",")


def montant(valeur):
    """Return an amount in euros to the cent: « 1 250 000,00 € ». Used where one decides."""
    return "" if valeur is None else f"{nombre(valeur, 2)}{INSECABLE}€"


def millions(valeur):
    """Return an amount in euros as millions, for summaries: 1 360 000 000 gives « 1 360 M€ »."""
    if valeur is None:
        return ""
    en_millions = Decimal(str(valeur)) / 1_000_000
    decimales = 0 if en_millions == en_millions.to_integral_value() else 1
    return f"{nombre(en_millions, decimales)}{INSECABLE}M€"


def part(valeur, total):
    """Return a share as a whole percentage: « 35 % »; an empty text when there is no total."""
    return f"{nombre(100 * Decimal(valeur) / Decimal(total))}{FINE}%" if total else ""


def jour(valeur: date | None):
    """Return a date in words: « 22 novembre 2018 », « 1er janvier 2019 »."""
    if valeur is None:
        return ""
    quantieme = "1er" if valeur.day == 1 else str(valeur.day)
    return f"{quantieme}{INSECABLE}{MOIS[valeur.month - 1]}{INSECABLE}{valeur.year}"


def pluriel(quantite, singulier, au_pluriel=None):
    """Return the right word for a quantity; in French 0 and 1 are singular, as is 1,5."""
    return singulier if abs(quantite) < 2 else (au_pluriel or f"{singulier}s")


def enumeration(elements):
    """Return « a, b et c »."""
    elements = [str(element) for element in elements]
    if len(elements) < 2:
        return "".join(elements)
    return f"{', '.join(elements[:-1])} et {elements[-1]}"
