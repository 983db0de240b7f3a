"""Dates as French offices write them, day first. A year of two digits, or a day that does not exist, is refused."""

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tableurs.cellules import afficher
from tableurs.francais import MOIS, normaliser
from tableurs.valeurs.base import Valeur, ValeurRefusee, citer, lu

JOUR, MOIS_SEUL, ANNEE = "jour", "mois", "annee"
# Years that a date of this programme may have; a number in this range alone in a cell is a year.
ANNEES = range(1900, 2101)
# Serial numbers of Excel taken for dates: from 1954 to 2099.
SERIES = range(20_000, 73_051)
# Day 0 of Excel's calendars; that of 1900 counts a 29 February 1900 that never was.
ORIGINES = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}
REMEDE = "Écrivez le jour, le mois et l'année, par exemple 12/03/2019."

_HEURE = re.compile(r"[T ]\d{1,2}[:h]\d{2}(:\d{2}([.,]\d+)?)?(Z|[+-]\d{2}:?\d{2})?\Z")
_FRANCAISE = re.compile(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4}|\d{2})\Z", re.ASCII)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\Z", re.ASCII)
_MOIS_CHIFFRE = re.compile(r"(\d{1,2})[/.\-](\d{4})\Z", re.ASCII)
_LETTRES = re.compile(r"(?:[a-z]+ )?(?:(\d{1,2})(?:er)? )?([a-z]+) (\d{4}|\d{2})\Z", re.ASCII)
_JOURS = frozenset({"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"})
_ABREGES = {"janv": 1, "fev": 2, "fevr": 2, "avr": 4, "juil": 7, "sept": 9, "oct": 10, "nov": 11, "dec": 12}
_NOMS = {normaliser(nom): rang for rang, nom in enumerate(MOIS, 1)} | _ABREGES


class DatePrecise(NamedTuple):
    """A date and what is known of it: « jour », « mois » (then the first of the month) or « annee »."""

    jour: date
    precision: str


class Date(Valeur):
    """A day, as `datetime.date`. `epoque` is the calendar of the workbook's serial numbers: 1900, or 1904."""

    nom = "une date"
    precisions = (JOUR,)

    def __init__(self, epoque=1900, **options):
        super().__init__(**options)
        self.origine = ORIGINES[epoque]

    def convertir(self, brut):
        if isinstance(brut, datetime):
            heure = (brut.hour, brut.minute, brut.second) != (0, 0, 0)
            jour = self._plausible(brut.date(), brut)
            return lu(self.rendre(jour), brut, afficher(jour)) if heure else self.rendre(jour)
        if isinstance(brut, date):
            return self.rendre(self._plausible(brut, brut))
        if isinstance(brut, int | float) and not isinstance(brut, bool):
            return self._numero(brut)
        if not isinstance(brut, str):
            raise ValeurRefusee(f"{citer(brut)} n'est pas une date.", REMEDE)
        texte = " ".join(brut.split())
        if texte.isascii() and texte.isdigit():
            return self._numero(int(texte[:12]))
        return self._texte(_HEURE.sub("", texte), brut)

    def rendre(self, jour, precision=JOUR):
        """Return what the type gives for a date known to `precision`; refuse one that is not precise enough."""
        if precision not in self.precisions:
            manque = "le jour" if precision == MOIS_SEUL else "le jour et le mois"
            raise ValeurRefusee(f"Il manque {manque} à la date.", REMEDE)
        return jour

    def _numero(self, brut):
        if brut in ANNEES:
            return self.rendre(date(int(brut), 1, 1), ANNEE)
        if brut not in SERIES:
            raise ValeurRefusee(f"{citer(brut)} n'est pas une date.", REMEDE)
        jour = self.origine + timedelta(days=int(brut))
        return lu(self.rendre(jour), brut, f"{afficher(jour)} (numéro de date d'Excel)")

    def _texte(self, texte, brut):
        trouve = _ISO.match(texte)
        if trouve:
            return self._composer(trouve[3], trouve[2], trouve[1], brut)
        trouve = _FRANCAISE.match(texte)
        if trouve:
            if int(trouve[2]) > 12 >= int(trouve[1]):
                raise ValeurRefusee(
                    f"{citer(brut)} semble écrit à l'américaine : il n'y a pas de mois {trouve[2]}.", REMEDE
                )
            return self._composer(*trouve.groups(), brut)
        trouve = _MOIS_CHIFFRE.match(texte)
        if trouve:
            return self._composer(None, *trouve.groups(), brut)
        trouve = _LETTRES.match(normaliser(texte))
        if trouve and trouve[2] in _NOMS and self._jour_de_semaine(texte, trouve):
            return self._composer(trouve[1], _NOMS[trouve[2]], trouve[3], brut)
        raise ValeurRefusee(f"{citer(brut)} n'est pas une date reconnue.", REMEDE)

    @staticmethod
    def _jour_de_semaine(texte, trouve):
        """Tell whether the word before the date, if any, is a day of the week."""
        avant = normaliser(texte).split()[: -2 if trouve[1] is None else -3]
        return all(mot in _JOURS for mot in avant)

    def _composer(self, jour, mois, annee, brut):
        if len(annee) == 2:
            raise ValeurRefusee(
                f"{citer(brut)} a deux lectures : l'année peut être 19{annee} ou 20{annee}.",
                "Écrivez l'année avec quatre chiffres.",
            )
        try:
            valeur = date(int(annee), int(mois), int(jour or 1))
        except ValueError:
            raise ValeurRefusee(f"{citer(brut)} n'existe pas dans le calendrier.", REMEDE) from None
        return self.rendre(self._plausible(valeur, brut), JOUR if jour else MOIS_SEUL)

    @staticmethod
    def _plausible(jour, brut):
        if jour.year not in ANNEES:
            raise ValeurRefusee(f"{citer(brut)} : l'année {jour.year} n'est pas plausible.", REMEDE)
        return jour

    def ecrire(self, valeur):
        return afficher(valeur)


class DateApprochee(Date):
    """A date of which only the month or the year may be known, as `DatePrecise`. `precisions` are allowed."""

    nom = "une date, un mois ou une année"

    def __init__(self, precisions=(JOUR, MOIS_SEUL, ANNEE), **options):
        super().__init__(**options)
        self.precisions = precisions

    def rendre(self, jour, precision=JOUR):
        return DatePrecise(super().rendre(jour, precision), precision)

    def ecrire(self, valeur):
        jour, precision = valeur
        formes = {JOUR: afficher(jour), MOIS_SEUL: f"{jour.month:02}/{jour.year}", ANNEE: str(jour.year)}
        return formes[precision]
