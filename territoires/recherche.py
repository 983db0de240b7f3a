"""« Ma commune est-elle concernée ? »: finding a commune by what people type, and the nearest territories."""

import re
from functools import lru_cache
from string import ascii_lowercase
from typing import NamedTuple

import numpy as np
import shapely
from django.db import transaction
from django.db.models import CharField, Lookup
from django.db.models.functions import Length
from rapidfuzz import fuzz, process

from comptes.pages_publiques import version
from tableurs.francais import normaliser
from territoires import geometrie
from territoires.enums import NatureAppellation
from territoires.models import Appellation, Collectivite, Perimetre

LONGUEUR_MAX = 100
NOMBRE_DE_SUGGESTIONS = 8
NOMBRE_DE_REPONSES = 15
# All the communes of a postal code are shown: up to 47 have the same (51300).
NOMBRE_D_HOMONYMES = 100
# Under this many letters a name is looked for as it is.
LONGUEUR_AMORCE = 3
# Near names: at most this many letters more or less, and this alike (0 to 100).
ECART_DE_LONGUEUR = 2
RESSEMBLANCE = 75
NOMBRE_DE_CANDIDATS = 300
# Words that don't start anything people would type.
_MOTS_OUTILS = frozenset(
    {
        "a",
        "au",
        "aux",
        "d",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "lez",
        "pres",
        "saint",
        "sainte",
        "sous",
        "sur",
    }
)
_SAINT = re.compile(r"\bst(e?)\b")


@CharField.register_lookup
class Prefixe(Lookup):
    """`texte__prefixe`: begins with, on normalised text, whatever the collation of the database."""

    lookup_name = "prefixe"

    def as_sql(self, compiler, connection):
        colonne, _ = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{colonne} LIKE %s", [f"{self.rhs}%"]
        # "~" comes after every character that normalised text can hold.
        return f"({colonne} >= %s AND {colonne} < %s)", [self.rhs, f"{self.rhs}~"]


class Reponse(NamedTuple):
    """What a search found.

    `communes` are dictionaries (commune_id, nom, lieu, and by what: nature, libelle): all those that bear just what
    was typed (`exacte`), else at most `NOMBRE_DE_REPONSES` that begin so, `incomplete` when there are more;
    `noms_proches` when there are none.
    """

    communes: list
    exacte: bool = False
    incomplete: bool = False
    noms_proches: list = ()


def normaliser_lieu(texte):
    """Return a place name as it is compared: « St-Étienne » and « Saint Etienne » are the same."""
    return _SAINT.sub(r"saint\1", normaliser(texte[:LONGUEUR_MAX]))


def chercher(texte):
    """Return the `Reponse` to what someone typed: a name, an old name, a postal code or an INSEE code."""
    cherche = normaliser_lieu(texte)
    if not cherche:
        return Reponse([])
    lignes = list(_lignes(_commencant_par(cherche))[: 2 * NOMBRE_DE_REPONSES])
    incomplete = len(lignes) == 2 * NOMBRE_DE_REPONSES
    # Read apart when the largest that begin so may hide a smaller one that bears exactly this name.
    exactes = (
        _lignes(Appellation.objects.filter(texte=cherche, entiere=True))[:NOMBRE_D_HOMONYMES]
        if incomplete
        else [ligne for ligne in lignes if ligne["texte"] == cherche and ligne["entiere"]]
    )
    if exactes:
        return Reponse(_sans_doublon(exactes), exacte=True)
    if not lignes:
        return Reponse([], noms_proches=_noms_proches(cherche))
    communes = _sans_doublon(lignes)
    return Reponse(communes[:NOMBRE_DE_REPONSES], False, incomplete or len(communes) > NOMBRE_DE_REPONSES)


def suggerer(texte):
    """Return at most `NOMBRE_DE_SUGGESTIONS` communes for what is being typed, largest first."""
    cherche = normaliser_lieu(texte)
    if not cherche:
        return []
    return _sans_doublon(_lignes(_commencant_par(cherche))[: 2 * NOMBRE_DE_SUGGESTIONS])[:NOMBRE_DE_SUGGESTIONS]


def _commencant_par(cherche):
    """Below the length of an opening, only what is exactly that: « Y », « Eu »."""
    if len(cherche) < LONGUEUR_AMORCE:
        return Appellation.objects.filter(texte=cherche)
    return Appellation.objects.filter(amorce=cherche[:LONGUEUR_AMORCE], texte__prefixe=cherche)


def _lignes(appellations):
    """Return the answers, the most likely first, as dictionaries."""
    return appellations.order_by("-entiere", "-poids").values(
        "commune_id", "nom", "lieu", "nature", "libelle", "texte", "entiere"
    )


def _sans_doublon(lignes):
    """Return each commune once: it may answer by its name and its INSEE code, by two old names…"""
    communes = {}
    for ligne in lignes:
        communes.setdefault(ligne["commune_id"], ligne)
    return list(communes.values())


def _noms_proches(cherche):
    """Return the five names most like what was typed, among those with its first two letters and about its length."""
    debuts = [cherche[:2] + lettre for lettre in f" {ascii_lowercase}"]
    noms = dict(
        Appellation.objects.annotate(longueur=Length("texte"))
        .filter(
            amorce__in=debuts,
            longueur__range=(len(cherche) - ECART_DE_LONGUEUR, len(cherche) + ECART_DE_LONGUEUR),
            nature__in=[NatureAppellation.NOM, NatureAppellation.ANCIEN_NOM],
            entiere=True,
        )
        .order_by("-poids")
        .values_list("texte", "libelle")[:NOMBRE_DE_CANDIDATS]
    )
    proches = process.extract(cherche, noms.keys(), scorer=fuzz.ratio, limit=5, score_cutoff=RESSEMBLANCE)
    return [noms[texte] for texte, _, _ in proches]


@transaction.atomic
def reconstruire_appellations(anciens_noms):
    """Rewrite the ways to look for each current commune.

    `anciens_noms` are rows with `nom` and `commune` (the current commune's code).
    """
    actuelles = Collectivite.objects.communes().actuelles().select_related("departement")
    communes = {commune.code: commune for commune in actuelles}
    appellations = {}

    def ajouter(commune, texte, nature, libelle, entiere=True):
        cle = (texte, nature, commune.code)
        if cle not in appellations:
            appellations[cle] = Appellation(
                texte=texte,
                amorce=texte[:LONGUEUR_AMORCE],
                nature=nature,
                libelle=libelle,
                commune=commune,
                nom=commune.nom,
                lieu=str(commune.departement),
                # Old names come after: few people look for Lyon by « Saint-Rambert ».
                poids=0 if nature == NatureAppellation.ANCIEN_NOM else commune.population or 0,
                entiere=entiere,
            )

    for commune in communes.values():
        for texte, entiere in _textes(commune.nom):
            ajouter(commune, texte, NatureAppellation.NOM, commune.nom, entiere)
        ajouter(commune, commune.code.lower(), NatureAppellation.CODE_INSEE, commune.code)
        for code_postal in commune.codes_postaux.split():
            ajouter(commune, code_postal, NatureAppellation.CODE_POSTAL, code_postal)
    for ancien in anciens_noms:
        if ancien["commune"] in communes:
            for texte, entiere in _textes(ancien["nom"]):
                ajouter(communes[ancien["commune"]], texte, NatureAppellation.ANCIEN_NOM, ancien["nom"], entiere)
    Appellation.objects.all().delete()
    Appellation.objects.bulk_create(appellations.values(), batch_size=2000)


def _textes(nom):
    """Yield the whole name, then its endings: « Saint-Germain-en-Laye » is also found by « germain » and « laye »."""
    mots = normaliser_lieu(nom).split()
    yield " ".join(mots), True
    for rang in range(1, len(mots)):
        if mots[rang] not in _MOTS_OUTILS and len(mots[rang]) > 1:
            yield " ".join(mots[rang:]), False


def plus_proches(liste, commune, nombre=3):
    """Return [(inscription id, distance in km)] of the territories of a list nearest to a commune.

    As the crow flies, from a point inside the commune to the outline; overseas, within the same region only.
    """
    if commune.longitude is None:
        return []
    version_lue, _ = version((Perimetre,))
    zone = geometrie.zone(commune.departement.region_id)
    cles, contours = _contours(liste.pk, zone, version_lue)
    if not len(cles):
        return []
    point = geometrie.projeter(shapely.Point(float(commune.longitude), float(commune.latitude)), zone)
    distances = shapely.distance(contours, point) / geometrie.HECTOMETRES_PAR_KM
    return [(cles[rang], float(distances[rang])) for rang in np.argsort(distances)[:nombre].tolist()]


@lru_cache(maxsize=16)
def _contours(liste_id, zone, version_lue):
    """Return (inscription ids, projected outlines) of a list in a zone; kept as long as no perimeter changes."""
    lignes = [
        (cle, contour)
        for cle, wkb, region in Perimetre.objects.filter(inscription__liste_id=liste_id).values_list(
            "pk", "geometrie", "inscription__region_id"
        )
        if geometrie.zone(region) == zone and not (contour := shapely.from_wkb(bytes(wkb))).is_empty
    ]
    contours = np.array([contour for _, contour in lignes], dtype=object)
    return [cle for cle, _ in lignes], geometrie.projeter(contours, zone) if lignes else contours
