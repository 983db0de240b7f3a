"""Members: the habilitations of all kinds as one list, put in order and cut into pages by the database."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice

from django.db.models import CharField, DateField, F, Value
from django.db.models.functions import Coalesce

from comptes.acces import Habilitation, genres
from pilotage.enums import EtatMembre
from tableurs.exports import TAILLE_DE_LOT

TRIS = {
    "personne": ("nom_tri",),
    "habilitation": ("rang", "portee_tri", "qualite", "nom_tri"),
    "depuis": ("du", "nom_tri"),
    "jusqua": ("fin", "nom_tri"),
}
SANS_FIN = datetime.date.max
# Whatever is sorted first, two rows never change places from one page to the next.
DEPARTAGE = ("nom_tri", "rang", "pk")


@dataclass(frozen=True)
class Criteres:
    """What is asked of the list. `etat`: current and coming ones by default."""

    q: str = ""
    genre: str = ""
    etat: str = ""
    region: str = ""
    territoire: int | None = None
    tri: str = ""


class Membres:
    """The habilitations that a person sees, under criteria. Sliced by the paginator, walked by the export."""

    def __init__(self, personne, criteres):
        self.genres = genres()
        self.par_rang = {
            rang: _choisies(genre.objects.visibles_par(personne), criteres)
            for rang, genre in enumerate(self.genres)
            if not criteres.genre or genre.adresse() == criteres.genre
        }
        premiere, *suivantes = [_cles(habilitations, rang) for rang, habilitations in self.par_rang.items()]
        self.cles = premiere.union(*suivantes, all=True).order_by(*_ordre(criteres.tri))

    def count(self):
        return self.cles.count()

    def __len__(self):
        return self.count()

    def __getitem__(self, tranche):
        return self._lire(self.cles[tranche])

    def __iter__(self):
        """Yield all rows, a batch at a time."""
        cles = iter(self.cles.iterator(chunk_size=TAILLE_DE_LOT))
        while lot := list(islice(cles, TAILLE_DE_LOT)):
            yield from self._lire(lot)

    def _lire(self, cles):
        """Return the rows of these keys, in their order: one query a kind."""
        places = [(cle["rang"], cle["pk"]) for cle in cles]
        par_genre = defaultdict(list)
        for rang, pk in places:
            par_genre[rang].append(pk)
        lues = {
            (rang, habilitation.pk): habilitation
            for rang, pks in par_genre.items()
            for habilitation in avec_les_personnes(self.genres[rang].objects.filter(pk__in=pks))
        }
        # Gone since the keys were read: not shown.
        return [lues[place] for place in places if place in lues]


def avec_les_personnes(habilitations):
    """Read with the habilitations what names them."""
    return habilitations.select_related("personne", "nommee_par", *habilitations.model.avec)


def _choisies(habilitations, criteres):
    habilitations = EtatMembre(criteres.etat).parmi(habilitations)
    if criteres.region:
        habilitations = habilitations.de_la_region(criteres.region)
    if criteres.territoire and habilitations.model.avec:
        habilitations = habilitations.couvrant([criteres.territoire])
    elif criteres.territoire:
        # The national team is of no territory in particular.
        habilitations = habilitations.none()
    for mot in criteres.q.split():
        habilitations = habilitations.filter(personne__nom_normalise__contains=mot)
    return habilitations


def _cles(habilitations, rang):
    """Return the keys of rows of a kind, and what they are put in order by: the same columns for every kind."""
    portees = [*map(F, habilitations.model.tri), Value("")]
    return (
        habilitations.order_by()
        .annotate(
            rang=Value(rang),
            nom_tri=F("personne__nom_normalise"),
            portee_tri=Coalesce(*portees, output_field=CharField()) if portees[1:] else Value(""),
            fin=Coalesce("au", Value(SANS_FIN), output_field=DateField()),
        )
        .values("rang", "pk", "nom_tri", "portee_tri", "qualite", "du", "fin")
    )


def _ordre(tri):
    sens, cle = ("-", tri[1:]) if tri.startswith("-") else ("", tri)
    premiers = TRIS.get(cle, TRIS["personne"])
    ordre = [f"{sens}{premiers[0]}", *premiers[1:]]
    return [*ordre, *(champ for champ in DEPARTAGE if champ not in premiers)]


def genres_en_mots():
    """Return [(what addresses call the kind, its name)]."""
    return [(genre.adresse(), genre.titre) for genre in genres()]


def peut_en_donner(personne):
    """Tell whether a person may give any habilitation."""
    return any(genre.objects.ajoutables_par(personne) for genre in genres())


def restent_a(habilitation: Habilitation, lecteur):
    """Return what remains today to a person beside an habilitation, as far as `lecteur` may know."""
    restantes = []
    for genre in genres():
        siennes = genre.objects.visibles_par(lecteur).filter(personne=habilitation.personne_id)
        siennes = siennes.actuelles().select_related(*genre.avec)
        restantes += [une for une in siennes if (type(une), une.pk) != (type(habilitation), habilitation.pk)]
    return restantes
