"""A cell as a text: what a person would see in the spreadsheet, whatever its native type."""

from datetime import date, datetime

# Beyond, a float no longer holds every integer.
ENTIER_SUR = 10**15


def afficher(cellule):
    """Return a cell as a French spreadsheet shows it: 1002.0 gives « 1002 », a date « 12/03/2019 », True « VRAI »."""
    if isinstance(cellule, str):
        return cellule
    if isinstance(cellule, bool):
        return "VRAI" if cellule else "FAUX"
    if isinstance(cellule, float):
        if cellule.is_integer() and abs(cellule) < ENTIER_SUR:
            return str(int(cellule))
        return repr(cellule).replace(".", ",")
    if isinstance(cellule, date):
        # `strftime` leaves out the zeros of years before 1000.
        jour = f"{cellule.day:02}/{cellule.month:02}/{cellule.year:04}"
        heure = cellule.strftime("%H:%M:%S") if isinstance(cellule, datetime) else "00:00:00"
        return jour if heure == "00:00:00" else f"{jour} {heure.removesuffix(':00')}"
    return str(cellule)


def abreger(texte, longueur):
    """Return a text cut after `longueur` characters, which it then says."""
    return texte if len(texte) <= longueur else f"{texte[:longueur]}…"
