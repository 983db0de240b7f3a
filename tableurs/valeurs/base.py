"""What every type of value has in common: emptiness, words for « nothing », cells in error, refusals.

Types are widgets of django-import-export, with its `clean` and `render`; `lire` says more than `clean`: what was
understood when it is not what is written. Nothing is guessed: what has two readings is refused with both.
"""

import re
from typing import NamedTuple

from import_export.widgets import Widget

from tableurs.cellules import afficher
from tableurs.francais import normaliser
from tableurs.protection import deproteger
from tableurs.typographie import typographier

# What offices write for « nothing », without spaces, accents or punctuation.
MOTS_POUR_RIEN = frozenset(
    {
        "nc",
        "nd",
        "na",
        "nr",
        "so",
        "neant",
        "sansobjet",
        "noncommunique",
        "nonconnu",
        "nondetermine",
        "nondisponible",
        "nonrenseigne",
        "null",
        "vide",
    }
)
_TIRETS = re.compile(r"[-–—−_./…]+\Z")
_ERREUR = re.compile(
    r"#(N/?A|REF!|DIV/0!|VALEUR!|VALUE!|NOM\?|NAME\?|NOMBRE!|NUM!|NUL!|NULL!|CALC!|EPARS!|SPILL!|#+)|Err:\d{3}",
    re.IGNORECASE,
)
_INVISIBLES = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_CITATION_MAX = 60
# No word for « nothing » is longer: others need not be normalised.
_RIEN_MAX = 20
# What no database stores or no screen shows: controls, halves of characters.
_INTERDIT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")


class ValeurRefusee(ValueError):
    """A value that cannot be read for sure: `raison` says why and `remede` what to write, both in French."""

    def __init__(self, raison, remede):
        self.raison = typographier(raison)
        self.remede = typographier(remede)
        super().__init__(f"{self.raison} {self.remede}")


class Lecture(NamedTuple):
    """A value, and a French note when what was understood is not literally what is written."""

    valeur: object
    note: str = ""


def citer(brut):
    """Return a raw value between quotes, shortened, as messages show it."""
    texte = " ".join(afficher(brut).split())
    return f"« {texte[:_CITATION_MAX]}… »" if len(texte) > _CITATION_MAX else f"« {texte} »"


def nettoyer(texte):
    """Return a text without its protection, invisible characters and surrounding spaces."""
    texte = deproteger(texte)
    return (texte if texte.isascii() else texte.translate(_INVISIBLES)).strip()


class Valeur(Widget):
    """A type of value. Subclasses give `convertir(brut)`, and `ecrire(value)` when `str` does not do.

    `nom` says in French what is expected; `vide` is what an empty cell gives; `obligatoire` refuses it.
    """

    nom = "valeur"
    vide = None

    def __init__(self, obligatoire=False):
        super().__init__()
        self.obligatoire = obligatoire

    def lire(self, brut):
        """Return the `Lecture` of a cell, native or text. Raises `ValeurRefusee` and nothing else."""
        if brut is None:
            return self._rien()
        if isinstance(brut, str):
            brut = nettoyer(brut)
            if not brut:
                return self._rien()
            if brut[0] in "#eE" and _ERREUR.fullmatch(brut):
                raise ValeurRefusee(
                    f"La cellule est en erreur dans le tableur ({citer(brut)}).",
                    "Corrigez la formule dans le fichier, ou videz la cellule.",
                )
            interdit = None if brut.isprintable() else _INTERDIT.search(brut)
            if interdit:
                raise ValeurRefusee(
                    f"La cellule contient un caractère invisible (U+{ord(interdit[0]):04X}).",
                    "Saisissez-la de nouveau.",
                )
        lecture = self.convertir(brut) if self.reconnait(brut) or not est_rien(brut) else None
        if lecture is None:
            return self._rien(f"{citer(brut)} est lu comme une cellule vide.")
        return lecture if isinstance(lecture, Lecture) else Lecture(lecture)

    def reconnait(self, _brut):
        """Tell whether a word for « nothing » is a real value of this type."""
        return False

    def _rien(self, note=""):
        if self.obligatoire:
            raise ValeurRefusee("La cellule est vide.", f"Indiquez {self.nom}.")
        vide = self.vide() if callable(self.vide) else self.vide
        return Lecture(vide, typographier(note))

    def convertir(self, brut):
        """Return the value, or a `Lecture` when there is something to say."""
        raise NotImplementedError

    def clean(self, value, row=None, **kwargs):
        return self.lire(value).valeur

    def render(self, value, obj=None, force_native_type=False, **kwargs):
        """Return what an export writes: a text that `lire` reads back, or the native value for a workbook."""
        if value is None:
            return ""
        return value if force_native_type else self.ecrire(value)

    def ecrire(self, valeur):
        return str(valeur)


def lu(valeur, brut, montre):
    """Return a `Lecture` whose note says that `brut` was read as `montre`."""
    return Lecture(valeur, typographier(f"{citer(brut)} est lu « {montre} »."))


def est_rien(brut):
    """Tell whether a text says that there is nothing: « n.c. », « - », « néant »."""
    if not isinstance(brut, str) or len(brut) > _RIEN_MAX or brut[:1].isdigit():
        return False
    return bool(normaliser(brut).replace(" ", "") in MOTS_POUR_RIEN or _TIRETS.match(brut))
