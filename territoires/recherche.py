"""« Ma commune est-elle concernée ? »: finding a commune by what people type, and the nearest territories."""

import re
from string import ascii_lowercase
from typing import NamedTuple

import numpy as np
import shapely
from django.db import connection, transaction
from django.db.models import F
from django.db.models.expressions import RawSQL
from rapidfuzz import fuzz, process

from tableurs import masse
from tableurs.francais import normaliser
from territoires import geometrie
from territoires.enums import NatureAppellation
from territoires.models import Appellation, Collectivite, Inscription
from territoires.models.decoupage import LONGUEUR_RARE

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
TABLE = Appellation._meta.db_table
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
# {(list, zone): (version, outlines)}: parsing and projecting them takes longer than everything else.
_contours_gardes = {}
_SAINT = re.compile(r"\bst(e?)\b")


class Reponse(NamedTuple):
    """What a search found.

    `communes` are `Ligne`s: all those that bear just what was typed (`exacte`), else at most `NOMBRE_DE_REPONSES` that
    begin so, `incomplete` when there are more; `noms_proches` when there are none.
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
    exactes, lignes = [], []
    for ligne in _lire(_requete(cherche, NOMBRE_D_HOMONYMES, 2 * NOMBRE_DE_REPONSES)):
        (exactes if ligne.exacte else lignes).append(ligne)
    if exactes:
        return Reponse(_sans_doublon(exactes), exacte=True)
    if not lignes:
        return Reponse([], noms_proches=_noms_proches(cherche))
    communes = _sans_doublon(lignes)
    incomplete = len(lignes) == 2 * NOMBRE_DE_REPONSES or len(communes) > NOMBRE_DE_REPONSES
    return Reponse(communes[:NOMBRE_DE_REPONSES], False, incomplete)


def suggerer(texte):
    """Return at most `NOMBRE_DE_SUGGESTIONS` communes for what is being typed, largest first."""
    cherche = normaliser_lieu(texte)
    if not cherche:
        return []
    return _sans_doublon(_lire(_requete(cherche, 0, 2 * NOMBRE_DE_SUGGESTIONS)))[:NOMBRE_DE_SUGGESTIONS]


def communes_commencant_par(texte):
    """Return, for `pk__in`, the communes with an appellation that begins with a text."""
    condition, parametres = _debut(normaliser_lieu(texte))
    return RawSQL(f"SELECT commune_id FROM {TABLE} WHERE {condition}", parametres)  # noqa: S608, S611 - our own text


class Ligne(NamedTuple):
    """A commune that answers, and by what: its name, an old name, a code."""

    exacte: bool
    commune_id: str
    nom: str
    lieu: str
    nature: str
    libelle: str


def _requete(cherche, exactes, debuts):
    """Return (SQL, parameters): `exactes` answers that bear just this whole name, `debuts` that begin so, in order.

    Written out: with the ORM, building the statement takes longer than reading the answer.
    """
    lectures = [(1, "texte = %s AND entiere", [cherche], exactes), (0, *_debut(cherche), debuts)]
    return (
        " UNION ALL ".join(
            f"SELECT * FROM (SELECT {exacte}, commune_id, nom, lieu, nature, libelle FROM {TABLE} WHERE {condition}"  # noqa: S608 - our own text
            f" ORDER BY entiere DESC, poids DESC LIMIT {nombre}) AS lecture_{exacte}"
            for exacte, condition, _, nombre in lectures
            if nombre
        ),
        [parametre for _, _, parametres, nombre in lectures if nombre for parametre in parametres],
    )


def _debut(cherche):
    """Return (SQL, parameters) of what begins with a text; below the length of an opening, is it: « Y », « Eu ».

    What many names begin with is read in the order of the answers, and left when there are enough of them; what few
    begin with is read whole, then put in order.
    """
    if len(cherche) < LONGUEUR_AMORCE:
        return "texte = %s", [cherche]
    if len(cherche) < LONGUEUR_RARE:
        sur, parametres = "amorce = %s", [cherche[:LONGUEUR_AMORCE]]
    else:
        sur, parametres = "longueur >= %s", [LONGUEUR_RARE]
    if connection.vendor == "postgresql":
        return f"{sur} AND texte LIKE %s", [*parametres, f"{cherche}%"]
    # "~" comes after every character that normalised text can hold. The « + » keeps SQLite from reading the shorter
    # ones by this index rather than in order.
    texte = "texte" if len(cherche) >= LONGUEUR_RARE else "+texte"
    return f"{sur} AND {texte} >= %s AND {texte} < %s", [*parametres, cherche, f"{cherche}~"]


def _lire(requete):
    with connection.cursor() as curseur:
        curseur.execute(*requete)
        return [Ligne(*ligne) for ligne in curseur.fetchall()]


def _sans_doublon(lignes):
    """Return each commune once: it may answer by its name and its INSEE code, by two old names…"""
    communes = {}
    for ligne in lignes:
        communes.setdefault(ligne.commune_id, ligne)
    return list(communes.values())


def _noms_proches(cherche):
    """Return the five names most like what was typed, among those with its first two letters and about its length."""
    debuts = [cherche[:2] + lettre for lettre in f" {ascii_lowercase}"]
    longueurs = [len(cherche) - ECART_DE_LONGUEUR, len(cherche) + ECART_DE_LONGUEUR]
    requete = (
        f"SELECT texte, libelle FROM {TABLE} WHERE amorce IN ({', '.join(['%s'] * len(debuts))})"  # noqa: S608 - our own text
        " AND longueur BETWEEN %s AND %s AND nature IN (%s, %s) AND entiere ORDER BY poids DESC LIMIT %s"
    )
    natures = [NatureAppellation.NOM, NatureAppellation.ANCIEN_NOM]
    with connection.cursor() as curseur:
        curseur.execute(requete, [*debuts, *longueurs, *natures, NOMBRE_DE_CANDIDATS])
        noms = dict(curseur.fetchall())
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
    masse.rafraichir_statistiques(Appellation)


def _textes(nom):
    """Yield the whole name, then its endings: « Saint-Germain-en-Laye » is also found by « germain » and « laye »."""
    mots = normaliser_lieu(nom).split()
    yield " ".join(mots), True
    for rang in range(1, len(mots)):
        if mots[rang] not in _MOTS_OUTILS and len(mots[rang]) > 1:
            yield " ".join(mots[rang:]), False


def plus_proches(liste, commune, version=None, nombre=3):
    """Return [(inscription, distance in km)] of the territories of a list nearest to a commune, nearest first.

    As the crow flies, from a point inside the commune to the outline; overseas, within the same region only. `version`
    is that of a page that shows lists and perimeters (`request.version`): outlines are then kept with it.
    """
    if commune.longitude is None:
        return []
    zone = geometrie.zone(commune.departement.region_id)
    inscriptions, contours = _contours(liste.pk, zone, version)
    if not inscriptions:
        return []
    point = geometrie.projeter(shapely.Point(float(commune.longitude), float(commune.latitude)), zone)
    distances = shapely.distance(contours, point) / geometrie.HECTOMETRES_PAR_KM
    return [(inscriptions[rang], float(distances[rang])) for rang in np.argsort(distances)[:nombre].tolist()]


def _contours(liste_id, zone, version):
    """Return (inscriptions, projected outlines) of a list in a zone, kept as long as the version is the same."""
    if version is None:
        return _lire_contours(liste_id, zone)
    gardee, lus = _contours_gardes.get((liste_id, zone), (None, None))
    if gardee != version:
        lus = _lire_contours(liste_id, zone)
        _contours_gardes[liste_id, zone] = version, lus
    return lus


def _lire_contours(liste_id, zone):
    lues = Inscription.objects.filter(liste=liste_id, perimetre__isnull=False).defer("source")
    inscriptions, contours = [], []
    for inscription in lues.select_related("territoire", "region").annotate(wkb=F("perimetre__geometrie")):
        contour = shapely.from_wkb(bytes(inscription.wkb))
        del inscription.wkb
        if geometrie.zone(inscription.region_id) == zone and not contour.is_empty:
            inscriptions.append(inscription)
            contours.append(contour)
    contours = np.array(contours, dtype=object)
    return inscriptions, geometrie.projeter(contours, zone) if inscriptions else contours
