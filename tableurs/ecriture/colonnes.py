"""Columns of an export: what each holds, what it is called, what it means."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import TextChoices

from tableurs.protection import deproteger


class TypeColonne(TextChoices):
    """What the cells of a column hold. A code is a text: its zeros and letters matter."""

    TEXTE = "texte", "texte"
    CODE = "code", "code, au format texte"
    ENTIER = "entier", "nombre entier"
    NOMBRE = "nombre", "nombre"
    MONTANT = "montant", "montant en euros"
    DATE = "date", "date"
    HORODATAGE = "horodatage", "date et heure de Paris"
    OUI_NON = "oui_non", "oui ou non"
    LISTE = "liste", "plusieurs valeurs, séparées par « ; »"


NUMERIQUES = frozenset({TypeColonne.ENTIER, TypeColonne.NOMBRE, TypeColonne.MONTANT})
# Between the values of one cell.
SEPARATEUR_DE_LISTE = " ; "


@dataclass(frozen=True)
class ColonneExport:
    """A column. `attribut` is the ORM path of its values (the key by default).

    `par_lot(keys)` gives {primary key of the row: value} instead, one call for each batch: for what a path can't
    reach. `choix` are Django's (key, label) pairs: people read labels, JSON has keys.
    """

    cle: str
    libelle: str
    attribut: str = ""
    type: TypeColonne = TypeColonne.TEXTE
    definition: str = ""
    choix: tuple = ()
    par_lot: Callable | None = None

    @property
    def chemin(self):
        return self.attribut or self.cle

    @property
    def libelles(self):
        """Return {key: label} of a closed list; empty for other columns."""
        return {str(cle): str(libelle) for cle, libelle in self.choix}

    @property
    def valeurs(self):
        """Return the labels of a closed list, as definitions say them."""
        return SEPARATEUR_DE_LISTE.join(self.libelles.values())


def en_liste(valeur):
    """Return several values as the text of one cell."""
    return SEPARATEUR_DE_LISTE.join(map(str, valeur))


def oui_non(valeur):
    return "oui" if valeur else "non"


def texte_de_classeur(texte):
    """Return a text as a workbook holds it: as it is, but for one that our reader would strip of its apostrophe."""
    return f"'{texte}" if texte[:1] == "'" and deproteger(texte) != texte else texte
