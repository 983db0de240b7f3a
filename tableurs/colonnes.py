"""Columns that an import expects, recognised in a file by their names, however these are written."""

import difflib
import hashlib
from dataclasses import dataclass, field
from itertools import chain

from import_export.fields import Field

from tableurs.francais import enumeration, normaliser
from tableurs.typographie import typographier
from tableurs.valeurs import Texte, Valeur

# What joins the two lines of a header, as the reader of files writes it.
JOINT = " › "
PROCHES_MAX = 3
RESSEMBLANCE = 0.6


@dataclass(frozen=True)
class Colonne:
    """An expected column. `requise`: the file must have it; whether its cells may be empty is up to `valeur`.

    `aide` and `exemple` are for the template file and the documentation.
    """

    cle: str
    libelle: str
    valeur: Valeur = field(default_factory=Texte)
    synonymes: tuple[str, ...] = ()
    requise: bool = False
    aide: str = ""
    exemple: str = ""

    def noms(self):
        """Return its normalised names in two ranks: its own, then the others."""
        propres = [nom_compare(self.cle), nom_compare(self.libelle)]
        return propres, [nom_compare(synonyme) for synonyme in self.synonymes]

    def champ(self, attribut=None):
        """Return the django-import-export field that reads and writes this column."""
        return Field(attribute=attribut or self.cle, column_name=self.cle, widget=self.valeur)


@dataclass(frozen=True)
class Probleme:
    """Why columns cannot be used as they are: `code` is stable, `texte` is French, `cle` the column concerned."""

    code: str
    texte: str
    cle: str = ""


@dataclass
class Correspondance:
    """Which column of the file is which. `places` maps keys to positions in the headers; `ignorees` are positions.

    Usable when `problemes` is empty.
    """

    places: dict[str, int]
    ignorees: list[int]
    problemes: list[Probleme]
    empreinte: str

    @property
    def complete(self):
        return not self.problemes

    def extraire(self, cellules):
        """Return the cells of a row by key of column; a column that the file lacks is absent."""
        return {cle: cellules[place] for cle, place in self.places.items()}


def nom_compare(texte):
    """Return a header as it is compared: no accent, case, space or punctuation."""
    return normaliser(str(texte)).replace(" ", "")


def mots_connus(colonnes):
    """Return every name of `colonnes`, normalised, for the reader to find the row of headers."""
    return frozenset(
        normaliser(nom) for colonne in colonnes for nom in (colonne.cle, colonne.libelle, *colonne.synonymes)
    )


def empreinte(entetes):
    """Return a text that is the same for the same headers, however they are written, in the same order."""
    return hashlib.sha256("\n".join(map(nom_compare, entetes)).encode()).hexdigest()[:32]


def reconnaitre(colonnes, entetes, choix=None):
    """Return the `Correspondance` between expected `colonnes` and the headers of a file (texts).

    `choix` maps keys of columns to positions, or to None for « not in this file »: what the user decided wins.
    """
    choix = _choix_valables(choix, colonnes, entetes)
    places = {cle: place for cle, place in choix.items() if place is not None}
    problemes = []
    libres = [place for place in range(len(entetes)) if place not in places.values()]
    a_trouver = [colonne for colonne in colonnes if colonne.cle not in choix]
    for rang in (0, 1):
        trouvees = {colonne.cle: _chercher(colonne.noms()[rang], entetes, libres) for colonne in a_trouver}
        problemes += _convoitees(colonnes, entetes, trouvees)
        for colonne in list(a_trouver):
            candidates = trouvees[colonne.cle]
            if not candidates:
                continue
            a_trouver.remove(colonne)
            if len(candidates) > 1:
                problemes.append(_ambigue(colonne, entetes, candidates))
            elif candidates[0] in libres:
                places[colonne.cle] = candidates[0]
                libres.remove(candidates[0])
    ambigues = {probleme.cle for probleme in problemes}
    problemes += [
        _manquante(colonne, [entetes[place] for place in libres])
        for colonne in colonnes
        if colonne.requise and colonne.cle not in places and colonne.cle not in ambigues
    ]
    return Correspondance(places, libres, problemes, empreinte(entetes))


def _choix_valables(choix, colonnes, entetes):
    """Return what still makes sense in a mapping that may have been remembered from another day."""
    connues = {colonne.cle for colonne in colonnes}
    return {
        cle: place
        for cle, place in (choix or {}).items()
        if cle in connues and (place is None or 0 <= place < len(entetes))
    }


def _chercher(noms, entetes, libres):
    """Return the free positions whose header is one of `noms`, whole, or else by its last line."""
    noms = {nom for nom in noms if nom}
    entieres = [place for place in libres if nom_compare(entetes[place]) in noms]
    if entieres:
        return entieres
    return [
        place
        for place in libres
        if JOINT in entetes[place] and nom_compare(entetes[place].rpartition(JOINT)[2]) in noms
    ]


def _convoitees(colonnes, entetes, trouvees):
    """Two expected columns that would take the same header: neither does."""
    libelles = {colonne.cle: colonne.libelle for colonne in colonnes}
    par_place = {}
    for cle, places in trouvees.items():
        for place in places if len(places) == 1 else ():
            par_place.setdefault(place, []).append(cle)
    for place, cles in par_place.items():
        if len(cles) > 1:
            noms = enumeration(f"« {libelles[cle]} »" for cle in cles)
            texte = f"La colonne « {entetes[place]} » peut être {noms} : choisissez."
            yield Probleme("convoitee", typographier(texte), cles[0])
            for cle in cles:
                trouvees[cle] = []


def _ambigue(colonne, entetes, candidates):
    noms = enumeration(f"« {entetes[place]} » (no {place + 1})" for place in candidates)
    texte = f"Plusieurs colonnes peuvent être « {colonne.libelle} » : {noms}. Choisissez la bonne."
    return Probleme("ambigue", typographier(texte), colonne.cle)


def _manquante(colonne, entetes):
    """Say which required column is missing, and which near names were seen."""
    noms = {nom_compare(entete): entete for entete in entetes if nom_compare(entete)}
    proches = {}
    for nom in chain(*colonne.noms()):
        for proche in difflib.get_close_matches(nom, noms, PROCHES_MAX, RESSEMBLANCE):
            proches[noms[proche]] = True
    texte = f"La colonne « {colonne.libelle} » est obligatoire et n'a pas été trouvée."
    if proches:
        vues = enumeration(f"« {entete} »" for entete in list(proches)[:PROCHES_MAX])
        texte += f" Noms proches vus dans le fichier : {vues}."
    else:
        attendus = ", ".join(f"« {nom} »" for nom in (colonne.libelle, *colonne.synonymes))
        texte += f" Noms acceptés : {attendus}."
    return Probleme("manquante", typographier(texte), colonne.cle)
