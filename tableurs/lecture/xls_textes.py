"""Lengths of the shared texts of an XLS workbook (record SST of [MS-XLS] 2.4.265), read without decoding them."""

import struct
from array import array

_LARGE, _PHONETIQUE, _ENRICHI = 0x01, 0x04, 0x08


class Curseur:
    """A position in the pieces of a record that continues over several ones."""

    def __init__(self, morceaux):
        self._morceaux = morceaux
        self._rang, self._position = 0, 0

    def _avancer(self):
        """Move to the next piece when this one is read; raise IndexError after the last one."""
        while self._position >= len(self._morceaux[self._rang]):
            self._position -= len(self._morceaux[self._rang])
            self._rang += 1

    def lire(self, format_de_struct):
        self._avancer()
        valeur = struct.unpack_from(format_de_struct, self._morceaux[self._rang], self._position)[0]
        self._position += struct.calcsize(format_de_struct)
        return valeur

    def sauter(self, octets):
        self._position += octets

    def sauter_caracteres(self, nombre, drapeaux):
        """Skip characters: each piece after the first one says again whether they take one or two bytes."""
        largeur = 1 + (drapeaux & _LARGE)
        while nombre:
            place = (len(self._morceaux[self._rang]) - self._position) // largeur
            if place >= nombre:
                self._position += nombre * largeur
                return
            nombre -= max(place, 0)
            self._rang, self._position = self._rang + 1, 0
            largeur = 1 + (self.lire("<B") & _LARGE)


def longueurs_des_textes(morceaux):
    """Return the number of characters of each shared text. Raises IndexError or struct.error when malformed."""
    longueurs = array("I")
    if not morceaux:
        return longueurs
    curseur = Curseur(morceaux)
    curseur.lire("<I")
    for _ in range(curseur.lire("<I")):
        caracteres, drapeaux = curseur.lire("<H"), curseur.lire("<B")
        enrichissements = curseur.lire("<H") if drapeaux & _ENRICHI else 0
        phonetique = curseur.lire("<I") if drapeaux & _PHONETIQUE else 0
        curseur.sauter_caracteres(caracteres, drapeaux)
        curseur.sauter(enrichissements * 4 + phonetique)
        longueurs.append(caracteres)
    return longueurs
