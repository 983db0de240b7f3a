"""What a file is, from its content: its name proves nothing."""

import re
from enum import StrEnum

from tableurs.lecture.archives import Archive, chiffre
from tableurs.lecture.constats import FichierIllisible
from tableurs.lecture.ods import CONTENU, SourceOds
from tableurs.lecture.ole import SIGNATURE as OLE
from tableurs.lecture.ole import FichierCompose
from tableurs.lecture.vues import lire_a
from tableurs.lecture.xls import FLUX as FLUX_XLS
from tableurs.lecture.xls import SourceXls
from tableurs.lecture.xlsx import CLASSEUR, FEUILLES, MACROS, SourceXlsx

ENREGISTRER_SOUS = (
    "Ouvrez-le dans votre tableur, choisissez « Fichier > Enregistrer sous », le type « Classeur Excel (.xlsx) », "
    "puis déposez le fichier obtenu."
)
COPIER = "Copiez le tableau dans un classeur de votre tableur, enregistrez-le au format .xlsx et déposez-le."


class Format(StrEnum):
    XLSX = "XLSX"
    XLSM = "XLSM"
    XLS = "XLS"
    ODS = "ODS"
    CSV = "CSV"


# First bytes → what it is, and what to do with it.
SIGNATURES = (
    (b"%PDF", "un document PDF", COPIER),
    (b"\x89PNG", "une image PNG", COPIER),
    (b"\xff\xd8\xff", "une photographie JPEG", COPIER),
    (b"GIF8", "une image GIF", COPIER),
    (b"II*\0", "une image TIFF", COPIER),
    (b"MM\0*", "une image TIFF", COPIER),
    (b"{\\rtf", "un document texte RTF", COPIER),
    (b"Rar!", "une archive RAR", "Extrayez-en le tableau, puis déposez-le."),
    (b"7z\xbc\xaf", "une archive 7z", "Extrayez-en le tableau, puis déposez-le."),
    (b"\x1f\x8b", "une archive gzip", "Extrayez-en le tableau, puis déposez-le."),
    (b"SQLite format 3", "une base de données", COPIER),
    (b"\x09\x00\x04\x00", "un classeur d'une version d'Excel antérieure à 1997", ENREGISTRER_SOUS),
    (b"\x09\x02\x06\x00", "un classeur d'une version d'Excel antérieure à 1997", ENREGISTRER_SOUS),
    (b"\x09\x04\x06\x00", "un classeur d'une version d'Excel antérieure à 1997", ENREGISTRER_SOUS),
)
# Same, for texts in disguise: tried on the first characters, in lower case and without leading spaces.
TEXTES_DEGUISES = (
    (re.compile(r"<!doctype html|<html|<table|<meta|<head|<style"), "une page web (HTML)", ENREGISTRER_SOUS),
    (re.compile(r"mime-version:"), "une page web archivée (MHTML)", ENREGISTRER_SOUS),
    (re.compile(r"<\?xml|<\w+[ >]|<!--"), "un document XML", ENREGISTRER_SOUS),
    (
        re.compile(r"\{\s*[\"}]|\[\s*[\[{]"),
        "un fichier JSON",
        "Exportez plutôt ces données au format CSV ou .xlsx.",
    ),
)
# Folder or part of a zip archive → what it is.
CONTENUS = (
    ("word/", "un document Word", COPIER),
    ("ppt/", "une présentation PowerPoint", COPIER),
    ("xl/workbook.bin", "un classeur Excel binaire (.xlsb)", ENREGISTRER_SOUS),
    ("xl/", "un classeur d'une structure inhabituelle", ENREGISTRER_SOUS),
    (
        "Index/",
        "un classeur Numbers",
        "Dans Numbers, choisissez « Fichier > Exporter vers > Excel », puis déposez-le.",
    ),
)
COMPOSES = (
    ("WordDocument", "un document Word", COPIER),
    ("PowerPoint Document", "une présentation PowerPoint", COPIER),
)
ODS = b"application/vnd.oasis.opendocument.spreadsheet"


def refus(code, nature, remede):
    return FichierIllisible(code, f"Ce fichier est {nature} : il ne peut pas être lu.", remede)


def ouvrir_classeur(vue):
    """Return (format, source) when the file is a workbook, None when it may be a text; raise for anything else."""
    tete = lire_a(vue, 0, 64)
    if tete.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _ouvrir_archive(vue)
    if tete.startswith(OLE):
        return _ouvrir_compose(vue)
    for signature, nature, remede in SIGNATURES:
        if tete.startswith(signature):
            raise refus("autre_format", nature, remede)
    return None


def refuser_texte_deguise(tete):
    """Raise when the first characters of a text are those of a web page or of another language."""
    debut = tete.lstrip("\ufeff \t\r\n")[:200].lower()
    for motif, nature, remede in TEXTES_DEGUISES:
        if motif.match(debut):
            raise refus("html" if "web" in nature else "autre_format", nature, remede)


def _ouvrir_archive(vue):
    archive = Archive(vue)
    archive.verifier(lambda nom: nom == CONTENU or nom.startswith(FEUILLES))
    if "mimetype" in archive and b"".join(archive.morceaux("mimetype")).startswith(ODS):
        return Format.ODS, SourceOds(vue, archive)
    if CLASSEUR in archive:
        return Format.XLSM if MACROS in archive else Format.XLSX, SourceXlsx(vue, archive)
    for repere, nature, remede in CONTENUS:
        if archive.sous(repere):
            raise refus("autre_format", nature, remede)
    raise refus("autre_format", "une archive ZIP", "Extrayez-en le tableau, puis déposez-le.")


def _ouvrir_compose(vue):
    compose = FichierCompose(vue)
    if "EncryptedPackage" in compose.flux:
        raise chiffre()
    if any(nom in compose.flux for nom in FLUX_XLS):
        return Format.XLS, SourceXls(vue, compose)
    for repere, nature, remede in COMPOSES:
        if repere in compose.flux:
            raise refus("autre_format", nature, remede)
    raise refus("autre_format", "un document d'un autre logiciel", ENREGISTRER_SOUS)
