"""In which encoding a text file was written: decided on the whole file, shown, and corrected by whoever knows."""

import codecs

from tableurs.lecture.constats import FichierIllisible

MORCEAU = 256 * 1024
# Names shown, by Python codec. « utf-8-sig » and « utf-16 » have a byte order mark.
NOMS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (avec marque d'ordre)",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 petit-boutiste",
    "utf-16-be": "UTF-16 gros-boutiste",
    "cp1252": "Windows 1252",
    "latin-1": "Latin 1 (ISO 8859-1)",
    "cp850": "MS-DOS 850",
    "mac-roman": "Macintosh",
}
MARQUES = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Encodings of one byte per character, preferred first; only used when the file is not UTF-8.
A_UN_OCTET = ("cp1252", "mac-roman", "cp850")
# How much a character speaks for an encoding: French texts hold ten « é » for one « É ».
POIDS = dict.fromkeys("éèêëàâäîïôöùûüçœ’«»", 10) | dict.fromkeys("ÉÈÊËÀÂÄÎÏÔÖÙÛÜÇŒæÆ–—€°²\xa0…", 1)
# Control characters of a text, and how many different others it may hold before it is called binary.
SUSPECTS_MAX = 8
_CONTROLES = frozenset("\t\n\r\f\x0b\x1a\x1b\x07")


def morceaux(vue):
    """Yield the bytes of a file from its beginning."""
    vue.seek(0)
    while morceau := vue.read(MORCEAU):
        yield morceau


def detecter(vue):
    """Return the Python name of the encoding of a text file, never empty."""
    tete = next(morceaux(vue), b"")
    for marque, encodage in MARQUES:
        if tete.startswith(marque):
            return encodage
    if b"\0" in tete:
        return _utf16_sans_marque(tete)
    if _se_decode(vue, "utf-8"):
        return "utf-8"
    return _a_un_octet(vue)


def _utf16_sans_marque(tete):
    """Zeros at odd places only are those of Latin letters in little-endian UTF-16; at even places, big-endian."""
    pairs, impairs = tete[::2].count(0), tete[1::2].count(0)
    if impairs > 3 * pairs and impairs > len(tete) // 8:
        return "utf-16-le"
    if pairs > 3 * impairs and pairs > len(tete) // 8:
        return "utf-16-be"
    raise binaire()


def _se_decode(vue, encodage):
    try:
        for _ in codecs.iterdecode(morceaux(vue), encodage):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _a_un_octet(vue):
    """Weigh which encoding makes French letters of the bytes that are not ASCII."""
    frequences = [0] * 256
    for morceau in morceaux(vue):
        for octet in set(morceau):
            frequences[octet] += morceau.count(octet)
    hauts = [octet for octet in range(128, 256) if frequences[octet]]

    def poids(encodage):
        return sum(frequences[octet] * POIDS.get(bytes([octet]).decode(encodage, "replace"), 0) for octet in hauts)

    choisi = max(A_UN_OCTET, key=poids)
    if choisi == "cp1252" and not all(bytes([octet]).decode("cp1252", "ignore") for octet in hauts):
        return "latin-1"
    return choisi


def verifier(vue, encodage):
    """Decode the whole file once, and raise `FichierIllisible` when this is not a text in `encodage`."""
    suspects = set()
    try:
        for texte in codecs.iterdecode(morceaux(vue), encodage):
            if "\0" in texte:
                raise binaire()
            suspects.update(caractere for caractere in set(texte) - _CONTROLES if caractere < " ")
    except UnicodeError as erreur:
        raise FichierIllisible(
            "encodage",
            f"Le fichier n'est pas écrit en {NOMS.get(encodage, encodage)}, ou il est abîmé.",
            "Choisissez un autre encodage, ou enregistrez le fichier au format « CSV UTF-8 » depuis votre tableur.",
        ) from erreur
    if len(suspects) > SUSPECTS_MAX:
        raise binaire()


def binaire():
    return FichierIllisible(
        "binaire",
        "Ce fichier n'est pas un tableau : son contenu n'est ni un classeur ni du texte.",
        "Déposez un fichier .xlsx, .ods, .xls ou .csv enregistré depuis votre tableur.",
    )
