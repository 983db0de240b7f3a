"""Types of value, as columns declare them: each reads a cell the way French offices write it, or says why not."""

from tableurs.valeurs.base import Lecture, Valeur, ValeurRefusee
from tableurs.valeurs.codes import CodeInsee, CodePostal, Siren, Siret
from tableurs.valeurs.courriels import Courriel
from tableurs.valeurs.dates import Date, DateApprochee, DatePrecise
from tableurs.valeurs.nombres import Decimal, Entier, Montant, Pourcentage
from tableurs.valeurs.textes import Booleen, Choix, ListeDe, Texte

__all__ = [
    "Booleen",
    "Choix",
    "CodeInsee",
    "CodePostal",
    "Courriel",
    "Date",
    "DateApprochee",
    "DatePrecise",
    "Decimal",
    "Entier",
    "Lecture",
    "ListeDe",
    "Montant",
    "Pourcentage",
    "Siren",
    "Siret",
    "Texte",
    "Valeur",
    "ValeurRefusee",
]
