"""Reading spreadsheets: any file that an office really has, and a clear word in French for what it is not.

`ouvrir(file, name)` gives a `Classeur`; `classeur.tableaux(sheet)` its tables; `tableau.lignes()` their rows.
"""

from tableurs.lecture.classeur import Classeur, Feuille, ouvrir
from tableurs.lecture.constats import FichierIllisible, Remarque
from tableurs.lecture.formats import Format
from tableurs.lecture.tableaux import Entete, Tableau

__all__ = [
    "Classeur",
    "Entete",
    "Feuille",
    "FichierIllisible",
    "Format",
    "Remarque",
    "Tableau",
    "ouvrir",
]
