"""Zip archives that nobody vouches for: XLSX and ODS are read through here first.

Declared sizes are not believed. Every part is decompressed once, in small pieces, and counted, before a library
that keeps what it reads in memory sees the file.
"""

import struct
import zipfile
import zlib

from tableurs.lecture import limites
from tableurs.lecture.constats import FichierIllisible
from tableurs.lecture.vues import lire_a

MORCEAU = 64 * 1024
_ENTETE_LOCAL = struct.Struct("<4s22xHH")
_FIN_DE_REPERTOIRE = b"PK\x05\x06"
# The end of the directory may be followed by a comment of this length.
_COMMENTAIRE_MAX = 65_536
_CHIFFREMENT = 0x1


def abime(precision="il est incomplet ou abîmé"):
    """Refusal of a file whose bytes are not what its format promises."""
    return FichierIllisible(
        "abime",
        f"Le fichier n'a pas pu être ouvert : {precision}.",
        "Vérifiez qu'il s'ouvre dans votre tableur, enregistrez-le de nouveau et déposez-le.",
    )


def chiffre():
    """Refusal of a file protected by a password."""
    return FichierIllisible(
        "chiffre",
        "Ce classeur est protégé par un mot de passe : son contenu ne peut pas être lu.",
        "Dans votre tableur, retirez le mot de passe (« Fichier > Informations > Protéger le classeur »), "
        "enregistrez et déposez à nouveau le fichier.",
    )


class Archive:
    """The parts of a zip archive, checked: `parties` maps names to entries."""

    def __init__(self, vue):
        self._vue = vue
        try:
            entrees = zipfile.ZipFile(vue).infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeError, struct.error) as erreur:
            raise abime() from erreur
        # Some Windows libraries write « xl\\workbook.xml ».
        self.parties = {entree.filename.replace("\\", "/"): entree for entree in entrees}
        self._verifier_repertoire(entrees)

    def __contains__(self, nom):
        return nom in self.parties

    def sous(self, dossier):
        """Return the names of the parts of a folder."""
        return sorted(nom for nom in self.parties if nom.startswith(dossier))

    def _verifier_repertoire(self, entrees):
        """Two readers must see the same archive: one directory, each part once, nothing exotic."""
        debut_de_fin = max(0, self._vue.seek(0, 2) - _COMMENTAIRE_MAX - 22)
        if lire_a(self._vue, debut_de_fin, -1).count(_FIN_DE_REPERTOIRE) != 1:
            raise abime("sa structure est inhabituelle")
        if len(self.parties) != len(entrees):
            raise abime("il contient deux fois la même partie")
        for entree in entrees:
            if entree.flag_bits & _CHIFFREMENT:
                raise chiffre()
            if entree.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise abime("sa compression n'est pas celle d'un tableur")

    def verifier(self, est_une_feuille):
        """Decompress everything once without keeping it, and raise when it is too much or not what is declared.

        `est_une_feuille(name)` tells the parts that may be large; any other is kept in memory by readers.
        """
        reste = limites.DECOMPRESSE_MAX
        if sum(entree.file_size for entree in self.parties.values()) > reste:
            raise limites.bombe()
        for nom, entree in self.parties.items():
            plafond = reste if est_une_feuille(nom) else min(reste, limites.PARTIE_MAX)
            taille = self._peser(entree, plafond)
            if taille > limites.TAUX_DEPUIS and taille > limites.TAUX_MAX * max(1, entree.compress_size):
                raise limites.bombe()
            reste -= taille

    def _peser(self, entree, plafond):
        taille = controle = 0
        for morceau in self._decompresser(entree):
            taille += len(morceau)
            if taille > plafond:
                raise limites.bombe()
            controle = zlib.crc32(morceau, controle)
        if taille != entree.file_size or controle != entree.CRC:
            raise abime()
        return taille

    def morceaux(self, nom):
        """Yield the decompressed bytes of a part, in pieces."""
        try:
            entree = self.parties[nom]
        except KeyError as erreur:
            raise abime(f"la partie « {nom} » manque") from erreur
        return self._decompresser(entree)

    def lire(self, nom):
        """Return the bytes of a part that `verifier` has found small enough to keep."""
        return b"".join(self.morceaux(nom))

    def _decompresser(self, entree):
        entete = lire_a(self._vue, entree.header_offset, _ENTETE_LOCAL.size)
        if len(entete) < _ENTETE_LOCAL.size or entete[:4] != b"PK\x03\x04":
            raise abime()
        _, nom, supplement = _ENTETE_LOCAL.unpack(entete)
        debut = entree.header_offset + _ENTETE_LOCAL.size + nom + supplement
        bruts = self._bruts(debut, entree.compress_size)
        if entree.compress_type == zipfile.ZIP_STORED:
            yield from bruts
            return
        moteur = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for brut in bruts:
                while brut:
                    yield moteur.decompress(brut, MORCEAU * 4)
                    brut = moteur.unconsumed_tail
            yield moteur.flush()
        except zlib.error as erreur:
            raise abime() from erreur

    def _bruts(self, position, reste):
        while reste > 0:
            brut = lire_a(self._vue, position, min(MORCEAU, reste))
            if not brut:
                raise abime()
            yield brut
            position += len(brut)
            reste -= len(brut)
