"""What a fiche chooses in lists (measures, communes, territories): read together, in one query."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast

# Field of the fiche, what its choices are called in forms and addresses.
CLES_DES_CHOIX = {"mesures": "code", "communes": "code", "territoires_associes": "slug"}
# What they are called for people, what is said beside, what puts them in order.
_MOTS = {
    "mesures": ("titre", F("besoin__nom"), (F("besoin__ordre"), F("ordre"))),
    "communes": ("nom", Value(""), (Value(0), Value(0))),
    "territoires_associes": ("nom", Value(""), (Value(0), Value(0))),
}


class Choix(NamedTuple):
    cle: str
    nom: str
    precision: str
    adresse: str


def choix_de(projet):
    """Return {field: [Choix]}, each in the order in which it is read: measures by need, the others by name."""
    requetes = [_choix(projet, champ) for champ in CLES_DES_CHOIX]
    ranges = defaultdict(list)
    for champ, *rang, cle, nom, precision in requetes[0].union(*requetes[1:], all=True):
        ranges[champ].append((rang, nom, Choix(cle, nom, precision, _adresse(projet, champ, cle))))
    return {champ: [choix for *_, choix in sorted(ranges[champ])] for champ in CLES_DES_CHOIX}


def _adresse(projet, champ, cle):
    """Return the address of its page, which needs its key only; "" when it has none."""
    choisi = getattr(projet, champ).model(**{CLES_DES_CHOIX[champ]: cle})
    return choisi.get_absolute_url() if hasattr(choisi, "get_absolute_url") else ""


def _choix(projet, champ):
    nom, precision, rangs = _MOTS[champ]
    textes = (CLES_DES_CHOIX[champ], nom, precision)
    return (
        getattr(projet, champ)
        .order_by()
        .values_list(Value(champ), *rangs, *(Cast(texte, CharField()) for texte in textes))
    )
