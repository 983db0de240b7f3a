"""What a deposited file is, read in its content: its name and what the browser says prove nothing.

A file that could be read as two things at once (a web page in an image, an archive behind a PDF) is refused, as is
whatever runs code: macros. What is accepted is still served as a download only, never shown by the browser.
"""

import re
import struct
import unicodedata

from django.core.exceptions import ValidationError

from programme.enums import TypePiece
from programme.models.pieces import TAILLE_MAX
from tableurs.francais import nombre
from tableurs.lecture import FichierIllisible
from tableurs.lecture.archives import Archive
from tableurs.lecture.vues import lire_a, ouvrir_vue
from tableurs.typographie import typographier

ACCEPTES = "PDF, PNG, JPEG, WebP, DOCX, XLSX, PPTX, ODT, ODS ou ODP ; 20 Mo au plus"
EXTENSIONS = ",".join(f".{type_de_piece}" for type_de_piece in (*TypePiece, "jpeg"))
MEGAOCTET = 1024 * 1024
TETE = 1024
# The end of an archive, and the longest comment that may follow it.
QUEUE = 65_536 + 22
_FIN_D_ARCHIVE = b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BALISES = re.compile(rb"<(!doctype|html|head|body|script|svg|iframe|img|meta|a\s)", re.IGNORECASE)
PARTIES_MAX = 5000
TYPES_MAX = MEGAOCTET
_OOXML = "[Content_Types].xml"
# Main part → (its type, what the file is).
_PRINCIPALES = {
    "word/document.xml": (b"wordprocessingml.document.main+xml", TypePiece.DOCX),
    "xl/workbook.xml": (b"spreadsheetml.sheet.main+xml", TypePiece.XLSX),
    "ppt/presentation.xml": (b"presentationml.presentation.main+xml", TypePiece.PPTX),
}
_ODF = {type_de_piece.mime.encode(): type_de_piece for type_de_piece in (TypePiece.ODT, TypePiece.ODS, TypePiece.ODP)}
# Parts that run something.
_CODE = re.compile(r"vbaproject|vbadata|(^|/)macrosheets/|(^|/)activex/|^basic/|^scripts/", re.IGNORECASE)
# The parts that may be large, as `tableurs.lecture.archives` asks.
_FEUILLES = ("xl/worksheets/", "content.xml")

ABIME = "Ce fichier est incomplet ou abîmé : vérifiez qu'il s'ouvre, enregistrez-le de nouveau et déposez-le."
DOUBLE = "Ce fichier en cache un autre, ou une page web : enregistrez-le de nouveau, ou imprimez-le en PDF."
MACROS = "Ce document contient des macros ou des contrôles : enregistrez-le sans eux, ou en PDF, et déposez-le."
ANCIEN = "Ce document est d'un ancien format (DOC, XLS, PPT), ou chiffré : enregistrez-le en DOCX, XLSX, PPTX ou PDF."
PAGE_WEB = "Ce fichier est une page web ou un dessin SVG, quel que soit son nom : imprimez-le en PDF et déposez-le."
INCONNU = f"Ce type de fichier n'est pas accepté, quel que soit son nom. Les types acceptés : {ACCEPTES}."
DEMESURE = "Une fois décompressé, ce document serait démesurément gros : il n'est pas accepté."
MOT_DE_PASSE = "Ce document est protégé par un mot de passe : retirez-le, enregistrez et déposez-le."


def _refus(message, code):
    return ValidationError(typographier(message), code=code)


def reconnaitre(fichier):
    """Return the `TypePiece` of a file that can seek. Raises `ValidationError`: what, and what to do."""
    vue = ouvrir_vue(fichier)
    taille = vue.seek(0, 2)
    if not taille:
        raise _refus("Ce fichier est vide.", "vide")
    if taille > TAILLE_MAX:
        texte = f"Ce fichier pèse {nombre(taille / MEGAOCTET, 1)} Mo : la limite est de {TAILLE_MAX // MEGAOCTET} Mo."
        raise _refus(texte, "trop_gros")
    tete, queue = lire_a(vue, 0, TETE), lire_a(vue, max(0, taille - QUEUE), -1)
    if tete.startswith(b"PK\x03\x04"):
        return _document(vue, queue)
    type_de_piece = _simple(vue, tete, queue, taille)
    if _BALISES.search(tete) or _finit_une_archive(queue):
        raise _refus(DOUBLE, "double")
    return type_de_piece


def _simple(vue, tete, queue, taille):
    """Return the type of a PDF or an image, whole from its first byte."""
    if tete.startswith(b"%PDF-"):
        return _exiger(b"%%EOF" in queue[-2048:], TypePiece.PDF)
    if tete.startswith(b"\x89PNG\r\n\x1a\n"):
        return _exiger(_est_un_png_entier(vue, taille), TypePiece.PNG)
    if tete.startswith(b"\xff\xd8\xff"):
        # Telephones write after the end of the image.
        return _exiger(b"\xff\xd9" in queue, TypePiece.JPEG)
    if tete.startswith(b"RIFF") and tete[8:12] == b"WEBP":
        annoncee = struct.unpack_from("<I", tete, 4)[0] + 8
        return _exiger(annoncee in (taille, taille - 1), TypePiece.WEBP)
    if tete.startswith(_OLE):
        raise _refus(ANCIEN, "ancien")
    if tete.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise _refus(PAGE_WEB, "page_web")
    raise _refus(INCONNU, "inconnu")


def _exiger(condition, type_de_piece):
    if not condition:
        raise _refus(ABIME, "abime")
    return type_de_piece


def _est_un_png_entier(vue, taille):
    """Tell whether the chunks follow each other from the header to the end, with nothing after."""
    position, premier = 8, True
    while position + 12 <= taille:
        longueur, nom = struct.unpack(">I4s", lire_a(vue, position, 8))
        if premier and nom != b"IHDR":
            return False
        position, premier = position + 12 + longueur, False
        if nom == b"IEND":
            return position == taille
    return False


def _finit_une_archive(queue):
    """Tell whether these bytes end as an archive does, whatever the file begins with."""
    position = queue.rfind(_FIN_D_ARCHIVE)
    while position >= 0:
        if position + 22 <= len(queue):
            commentaire = struct.unpack_from("<H", queue, position + 20)[0]
            if position + 22 + commentaire == len(queue):
                return True
        position = queue.rfind(_FIN_D_ARCHIVE, 0, position)
    return False


# --- Office documents
def _document(vue, queue):
    # Whatever precedes or follows the archive is somebody else's.
    if queue[-22:-18] != _FIN_D_ARCHIVE:
        raise _refus(DOUBLE, "double")
    try:
        archive = Archive(vue)
        if not archive.parties or len(archive.parties) > PARTIES_MAX:
            raise _refus(ABIME, "abime")
        if min(entree.header_offset for entree in archive.parties.values()) != 0:
            raise _refus(DOUBLE, "double")
        archive.verifier(lambda nom: nom.startswith(_FEUILLES))
        type_de_piece = _type_du_document(archive)
    except FichierIllisible as illisible:
        message = {"decompression": DEMESURE, "chiffre": MOT_DE_PASSE}.get(illisible.code, ABIME)
        raise _refus(message, illisible.code) from illisible
    if any(_CODE.search(nom) for nom in archive.parties):
        raise _refus(MACROS, "macros")
    return type_de_piece


def _type_du_document(archive):
    if _OOXML in archive:
        if archive.parties[_OOXML].file_size > TYPES_MAX:
            raise _refus(ABIME, "abime")
        types = archive.lire(_OOXML)
        if b"macroenabled" in types.lower():
            raise _refus(MACROS, "macros")
        trouves = [genre for partie, (mime, genre) in _PRINCIPALES.items() if partie in archive and mime in types]
        if len(trouves) == 1 and "mimetype" not in archive:
            return trouves[0]
    elif "mimetype" in archive and archive.parties["mimetype"].file_size <= 100:
        genre = _ODF.get(archive.lire("mimetype").strip())
        if genre and "content.xml" in archive:
            return genre
    raise _refus(INCONNU, "inconnu")


# --- Its name
def nettoyer_le_nom(nom, type_de_piece, longueur=100):
    """Return the name under which a file is downloaded: no path, nothing invisible, the extension of what it is."""
    nom = unicodedata.normalize("NFC", str(nom)).replace("\\", "/").rpartition("/")[2]
    # Control and format characters: a right-to-left override shows « exe.pdf » as « fdp.exe ».
    nom = "".join(" " if unicodedata.category(signe)[0] in "CZ" else signe for signe in nom)
    nom = " ".join(re.sub(r'[<>:"|?*]', " ", nom).split()).strip(". ")
    debut, point, fin = nom.rpartition(".")
    if point and re.fullmatch(r"\w{1,5}", fin):
        nom = debut
    suffixe = f".{type_de_piece}"
    while nom.lower().endswith(suffixe):
        nom = nom[: -len(suffixe)]
    return (nom[:longueur].strip(". ") or "document") + suffixe
