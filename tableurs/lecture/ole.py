"""Compound files (OLE): the container of XLS, of encrypted workbooks and of old Word documents.

Just enough to know what is inside and to read one stream: calamine reads the values.
"""

import struct

from tableurs.lecture.archives import abime
from tableurs.lecture.vues import lire_a

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FIN_DE_CHAINE = 0xFFFFFFFA
_ENTREE = 128
_FLUX = 2


class FichierCompose:
    """The streams of a compound file, by name: `flux` maps names to (first sector, size in bytes)."""

    def __init__(self, vue):
        self._vue = vue
        self._taille = vue.seek(0, 2)
        entete = lire_a(vue, 0, 512)
        if len(entete) < 512:
            raise abime()
        self._secteur = 1 << min(struct.unpack_from("<H", entete, 30)[0], 16)
        self._mini_secteur = 1 << min(struct.unpack_from("<H", entete, 32)[0], 16)
        repertoire, seuil, mini_table = struct.unpack_from("<I4xII", entete, 48)
        self._seuil = seuil
        self._table = self._lire_table(entete)
        self._mini_table = self._entiers(self._chaine(mini_table))
        self.flux, self._mini_flux = self._lire_repertoire(b"".join(self._chaine(repertoire)))

    def lire(self, nom):
        """Return the bytes of a stream."""
        premier, taille = self.flux[nom]
        if taille >= self._seuil:
            return b"".join(self._chaine(premier))[:taille]
        pas = self._mini_secteur
        contenu = b"".join(self._chaine(self._mini_flux))
        return b"".join(contenu[n * pas : (n + 1) * pas] for n in self._suite(premier, self._mini_table))[:taille]

    def _lire_table(self, entete):
        """Return the allocation table: for each sector, the next one."""
        secteurs = list(struct.unpack_from("<109I", entete, 76))
        suivant = struct.unpack_from("<I", entete, 68)[0]
        for _ in range(self._taille // self._secteur):
            if suivant >= _FIN_DE_CHAINE:
                break
            # Cut short, the last sector may not even hold the number of the next.
            lus = self._entiers([self._lire_secteur(suivant)])
            if not lus:
                raise abime()
            *suite, suivant = lus
            secteurs.extend(suite)
        return self._entiers(self._lire_secteur(secteur) for secteur in secteurs if secteur < _FIN_DE_CHAINE)

    @staticmethod
    def _entiers(morceaux):
        octets = b"".join(morceaux)
        return struct.unpack(f"<{len(octets) // 4}I", octets[: len(octets) // 4 * 4])

    def _lire_secteur(self, numero):
        octets = lire_a(self._vue, (numero + 1) * self._secteur, self._secteur)
        if not octets:
            raise abime()
        return octets

    def _suite(self, numero, table):
        """Yield the sectors of a chain; a chain longer than the file loops."""
        for _ in range(self._taille // self._mini_secteur + 1):
            if numero >= _FIN_DE_CHAINE:
                return
            if numero >= len(table):
                raise abime()
            yield numero
            numero = table[numero]
        raise abime()

    def _chaine(self, premier):
        for numero in self._suite(premier, self._table):
            yield self._lire_secteur(numero)

    @staticmethod
    def _lire_repertoire(octets):
        flux, racine = {}, _FIN_DE_CHAINE
        for debut in range(0, len(octets) - _ENTREE + 1, _ENTREE):
            longueur, genre = struct.unpack_from("<HB", octets, debut + 64)
            premier, taille = struct.unpack_from("<II", octets, debut + 116)
            nom = octets[debut : debut + max(0, min(longueur, 64) - 2)].decode("utf-16-le", "replace")
            if genre == _FLUX:
                flux[nom] = (premier, taille)
            elif debut == 0:
                racine = premier
        return flux, racine
