"""What a fiche chooses in lists (measures, communes, territories), and who and what is around: read in one query."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast

# Field of the fiche, what its choices are called in forms and addresses.
CLES_DES_CHOIX = {"mesures": "code", "communes": "code", "territoires_associes": "slug"}
SANS, SANS_RANG = Value(""), (Value(0), Value(0))
# What they are called for people, what is said beside, what puts them in order.
_MOTS = {
    "mesures": ("titre", F("besoin__nom"), (F("besoin__ordre"), F("ordre"))),
    "communes": ("nom", SANS, SANS_RANG),
    "territoires_associes": ("nom", SANS, SANS_RANG),
}


class Choix(NamedTuple):
    cle: str
    nom: str
    precision: str
    adresse: str


def choix_de(projet, autour=()):
    """Return {field: [Choix]}, each in the order in which it is read: measures by need, the others by name.

    `autour`: what else is read with them, each of `a_lire`.
    """
    requetes = [*(_choix(projet, champ) for champ in CLES_DES_CHOIX), *autour]
    ranges = defaultdict(list, {champ: [] for champ in CLES_DES_CHOIX})
    for champ, *rang, cle, nom, precision in requetes[0].union(*requetes[1:], all=True):
        ranges[champ].append((rang, nom, Choix(cle, nom, precision, _adresse(projet, champ, cle))))
    return {champ: [choix for *_, choix in sorted(lus)] for champ, lus in ranges.items()}


def a_lire(lignes, champ, cle, nom, precision=SANS, rangs=SANS_RANG):
    """Return rows to be read with others, as `champ`: their key, what they are called, what is said beside."""
    textes = (Cast(texte, CharField()) for texte in (cle, nom, precision))
    return lignes.order_by().values_list(Value(champ), *rangs, *textes)


def _adresse(projet, champ, cle):
    """Return the address of its page, which needs its key only; "" when it has none."""
    if champ not in CLES_DES_CHOIX:
        return ""
    choisi = getattr(projet, champ).model(**{CLES_DES_CHOIX[champ]: cle})
    return choisi.get_absolute_url() if hasattr(choisi, "get_absolute_url") else ""


def _choix(projet, champ):
    nom, precision, rangs = _MOTS[champ]
    return a_lire(getattr(projet, champ), champ, CLES_DES_CHOIX[champ], nom, precision, rangs)
