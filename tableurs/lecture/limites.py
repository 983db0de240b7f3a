"""What we accept to read, and how it is said before the upload and when it is exceeded.

Readers hold a sheet in memory as a full rectangle, and copy a text as many times as cells refer to it: a file of
a few kilobytes can ask for gigabytes. Everything below is checked on the file itself before it is handed to them.
"""

from tableurs.francais import nombre
from tableurs.lecture.constats import FichierIllisible
from tableurs.typographie import typographier

MEGAOCTET = 1024 * 1024
# Size of the file as sent, in bytes.
TAILLE_MAX = 20 * MEGAOCTET
# Rows of data in one table, its header and totals not counted.
LIGNES_MAX = 200_000
# Rows that a sheet may hold around its data: titles, headers, totals, notes.
LIGNES_AUTOUR = 200
COLONNES_MAX = 500
# Area of the smallest rectangle that holds every filled cell of a sheet: 32 bytes each in the reader.
CELLULES_MAX = 5_000_000
# Characters in one cell: Excel's own limit.
CARACTERES_MAX = 32_767
# Bytes of text that the cells of a sheet hold together once shared texts are copied.
TEXTE_MAX = 150 * MEGAOCTET
# Bytes of a compressed workbook once decompressed: all its parts; any part that is not a sheet.
DECOMPRESSE_MAX = 300 * MEGAOCTET
PARTIE_MAX = 64 * MEGAOCTET
# Decompressed / compressed, looked at from a size on. Thousands of identical rows reach 250, a bomb 1 000.
TAUX_MAX = 400
TAUX_DEPUIS = 10 * MEGAOCTET
# Sheets of a workbook, merged ranges and comments of a sheet that are looked at.
FEUILLES_MAX = 200
REPERES_MAX = 100_000

ENONCES = tuple(
    typographier(enonce)
    for enonce in (
        f"{TAILLE_MAX // MEGAOCTET} Mo au plus",
        f"{nombre(LIGNES_MAX)} lignes au plus par tableau",
        f"{nombre(COLONNES_MAX)} colonnes au plus",
        f"{nombre(CARACTERES_MAX)} caractères au plus par cellule",
    )
)

DECOUPER = "Découpez-le en plusieurs fichiers, chacun avec la ligne d'en-têtes, et déposez-les l'un après l'autre."
NETTOYER = (
    "Supprimez les lignes et les colonnes inutiles après vos données (sélectionnez-les puis « Supprimer », sans vous "
    "contenter d'effacer leur contenu), enregistrez et déposez à nouveau le fichier."
)


def trop_gros(taille):
    """Refusal of a file of `taille` bytes."""
    return FichierIllisible(
        "trop_gros",
        f"Le fichier pèse {nombre(taille / MEGAOCTET, 1)} Mo : la limite est de {TAILLE_MAX // MEGAOCTET} Mo.",
        DECOUPER,
    )


def trop_de_lignes(feuille=""):
    lieu = f"La feuille « {feuille} »" if feuille else "Le fichier"
    return FichierIllisible(
        "trop_de_lignes", f"{lieu} compte plus de {nombre(LIGNES_MAX)} lignes : c'est la limite.", DECOUPER
    )


def trop_de_colonnes(feuille, derniere):
    """Refusal of a sheet whose last filled column is `derniere`, a letter."""
    return FichierIllisible(
        "trop_de_colonnes",
        f"La feuille « {feuille} » est remplie jusqu'à la colonne {derniere} : "
        f"la limite est de {nombre(COLONNES_MAX)} colonnes.",
        NETTOYER,
    )


def trop_etendue(feuille, derniere):
    """Refusal of a sheet whose filled cells span too large a rectangle, up to the cell `derniere`."""
    return FichierIllisible(
        "trop_etendue",
        f"La feuille « {feuille} » s'étend jusqu'à la cellule {derniere}, soit plus de "
        f"{nombre(CELLULES_MAX // 1_000_000)} millions de cellules : c'est trop pour être lu.",
        NETTOYER,
    )


def cellule_trop_longue(feuille, cellule):
    return FichierIllisible(
        "cellule_trop_longue",
        f"La cellule {cellule} de la feuille « {feuille} » contient plus de {nombre(CARACTERES_MAX)} caractères.",
        "Raccourcissez ce texte, enregistrez et déposez à nouveau le fichier.",
    )


def trop_de_texte(feuille):
    return FichierIllisible(
        "trop_de_texte",
        f"Les textes de la feuille « {feuille} » dépassent {TEXTE_MAX // MEGAOCTET} Mo une fois dépliés.",
        DECOUPER,
    )


def trop_d_erreurs(feuille):
    return FichierIllisible(
        "trop_d_erreurs",
        f"La feuille « {feuille} » contient plus de {nombre(REPERES_MAX)} cellules en erreur (#N/A, #REF!…).",
        "Corrigez les formules, ou effacez ces cellules, enregistrez et déposez à nouveau le fichier.",
    )


def trop_de_feuilles():
    return FichierIllisible(
        "trop_de_feuilles",
        f"Ce classeur compte plus de {FEUILLES_MAX} feuilles : c'est la limite.",
        "Déplacez les feuilles à importer dans un nouveau classeur, enregistrez-le et déposez-le.",
    )


def bombe():
    return FichierIllisible(
        "decompression",
        "Une fois décompressé, ce classeur serait démesurément gros : il n'est pas ouvert.",
        "Copiez les données utiles dans un nouveau classeur, enregistrez-le et déposez-le.",
    )
