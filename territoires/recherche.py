"""« Ma commune est-elle concernée ? »: finding a commune by what people type, and the nearest territories."""

import difflib
import re
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import shapely
from django.db import transaction
from django.db.models import CharField, Lookup

from comptes.pages_publiques import version
from tableurs.francais import normaliser
from territoires import geometrie
from territoires.enums import NatureAppellation
from territoires.models import Appellation, Collectivite, Perimetre

LONGUEUR_MAX = 100
NOMBRE_DE_SUGGESTIONS = 8
NOMBRE_DE_REPONSES = 50
# Words that don't start anything people would type.
_MOTS_OUTILS = set("a au aux d de des du en et l la le les lez lès pres saint sainte sous sur".split())
_SAINT = re.compile(r"\bst(e?)\b")


@CharField.register_lookup
class Prefixe(Lookup):
    """`texte__prefixe`: begins with, on normalised text, in a form that the plain index of either database serves."""

    lookup_name = "prefixe"

    def as_sql(self, compiler, connection):
        colonne, _ = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{colonne} LIKE %s", [f"{self.rhs}%"]
        # "~" comes after every character that normalised text can hold.
        return f"({colonne} >= %s AND {colonne} < %s)", [self.rhs, f"{self.rhs}~"]


class Reponse(NamedTuple):
    """What a search found: communes (at most `NOMBRE_DE_REPONSES`), whether they bear exactly what was typed, and
    how many (one more than the most shown means « more »); when there are none, names that look alike."""

    communes: list
    exacte: bool = False
    nombre: int = 0
    noms_proches: list = ()


def normaliser_lieu(texte):
    """Return a place name as it is compared: « St-Étienne » and « Saint Etienne » are the same."""
    return _SAINT.sub(r"saint\1", normaliser(texte[:LONGUEUR_MAX]))


def chercher(texte):
    """Return the `Reponse` to what someone typed: a name, an old name, a postal code or an INSEE code."""
    cherche = normaliser_lieu(texte)
    if not cherche:
        return Reponse([])
    communes = _communes(Appellation.objects.filter(texte=cherche, entiere=True), NOMBRE_DE_REPONSES)
    if communes:
        return Reponse(communes, exacte=True, nombre=len(communes))
    trouvees = Appellation.objects.filter(texte__prefixe=cherche)
    communes = _communes(trouvees, NOMBRE_DE_REPONSES + 1)
    if not communes:
        return Reponse([], noms_proches=_noms_proches(cherche))
    return Reponse(communes[:NOMBRE_DE_REPONSES], nombre=len(communes))


def suggerer(texte):
    """Return at most `NOMBRE_DE_SUGGESTIONS` appellations that begin with what is being typed, largest first."""
    cherche = normaliser_lieu(texte)
    if len(cherche) < 2:
        return []
    return _communes(Appellation.objects.filter(texte__prefixe=cherche), NOMBRE_DE_SUGGESTIONS)


def _communes(appellations, nombre):
    """Return communes, each once, with the appellation that found it (`trouvee_par`)."""
    communes = {}
    lignes = appellations.select_related("commune__departement").order_by("-entiere", "-poids", "texte")
    # A commune may answer by several appellations (name and INSEE code…).
    for appellation in lignes[: nombre * 2]:
        commune = communes.setdefault(appellation.commune_id, appellation.commune)
        if not hasattr(commune, "trouvee_par"):
            commune.trouvee_par = appellation
    return list(communes.values())[:nombre]


def _noms_proches(cherche):
    noms = dict(
        Appellation.objects.filter(
            texte__prefixe=cherche[:2],
            nature__in=[NatureAppellation.NOM, NatureAppellation.ANCIEN_NOM],
            entiere=True,
        ).values_list("texte", "libelle")
    )
    return [noms[proche] for proche in difflib.get_close_matches(cherche, noms, n=5, cutoff=0.75)]


@transaction.atomic
def reconstruire_appellations(anciens_noms):
    """Rewrite the ways to look for each current commune.

    `anciens_noms` are rows with `nom` and `commune` (the current commune's code).
    """
    communes = {commune.code: commune for commune in Collectivite.objects.communes().actuelles()}
    appellations = {}

    def ajouter(commune, texte, nature, libelle, entiere=True):
        cle = (texte, nature, commune.code)
        if cle not in appellations:
            appellations[cle] = Appellation(
                texte=texte,
                nature=nature,
                libelle=libelle,
                commune=commune,
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
    version_lue, _ = version([Perimetre])
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
        (cle, shapely.from_wkb(bytes(wkb)))
        for cle, wkb, region in Perimetre.objects.filter(inscription__liste_id=liste_id).values_list(
            "pk", "geometrie", "inscription__region_id"
        )
        if geometrie.zone(region) == zone
    ]
    contours = np.array([contour for _, contour in lignes], dtype=object)
    return [cle for cle, _ in lignes], geometrie.projeter(contours, zone) if lignes else contours
