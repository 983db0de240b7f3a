"""XLS (Excel 97-2003): values by calamine, and a walk through the records for what it does not tell.

Colours and formulas without value are not looked at in this format: `remarques` says so.
"""

import struct

from tableurs.lecture import limites
from tableurs.lecture.archives import abime, chiffre
from tableurs.lecture.constats import Remarque
from tableurs.lecture.lecteur_calamine import LecteurCalamine
from tableurs.lecture.reperes import Details, Fusion
from tableurs.lecture.xls_textes import longueurs_des_textes

FLUX = ("Workbook", "Book")
_ENREGISTREMENT = struct.Struct("<HH")
_DEUX = struct.Struct("<HH")
DEBUT, FIN, FEUILLE, CHIFFREMENT, TEXTES, SUITE = 0x809, 0x0A, 0x85, 0x2F, 0xFC, 0x3C
FORMULE, ERREUR, TEXTE_PARTAGE, LIGNE, COLONNES, FILTRE, NOTE = 0x06, 0x205, 0xFD, 0x208, 0x7D, 0x9D, 0x1C
NOMBRES_EN_SUITE, CALENDRIER = 0xBD, 0x22
# Records of one cell: they all begin with row and column.
CELLULES = {FORMULE, ERREUR, TEXTE_PARTAGE, 0x203, 0x204, 0x27E, 0xD6}
LIGNE_MASQUEE = 0x20
MOTS = {
    0x00: "#NUL!",
    0x07: "#DIV/0!",
    0x0F: "#VALEUR!",
    0x17: "#REF!",
    0x1D: "#NOM?",
    0x24: "#NOMBRE!",
    0x2A: "#N/A",
}


class FluxXls:
    """`details` by name of sheet, from the records of the workbook stream."""

    def __init__(self, octets, ancien):
        """`ancien`: the stream is one of Excel 95, whose texts are bytes."""
        self._octets, self._ancien = octets, ancien
        self.details, self.epoque = {}, 1900
        self._noms = {}
        self._nom, self._courant = "", Details()
        self._profondeur = 0
        self._morceaux_de_textes, self._longueurs, self._caracteres = [], None, 0
        self._actions = {
            DEBUT: self._commencer,
            FIN: self._finir,
            FEUILLE: self._nommer,
            CHIFFREMENT: self._refuser,
            LIGNE: self._lire_ligne,
            COLONNES: self._lire_colonnes,
            FILTRE: self._lire_filtre,
            NOTE: self._lire_note,
            NOMBRES_EN_SUITE: self._lire_nombres,
            CALENDRIER: self._lire_calendrier,
        }
        try:
            self._parcourir()
        except (struct.error, IndexError) as erreur:
            raise abime() from erreur

    def _parcourir(self):
        position, fin, precedent = 0, len(self._octets), None
        while position + 4 <= fin:
            genre, longueur = _ENREGISTREMENT.unpack_from(self._octets, position)
            if position + 4 + longueur > fin:
                raise abime()
            if genre in CELLULES:
                self._lire_cellule(genre, position + 4)
            elif genre == TEXTES or (genre == SUITE and precedent == TEXTES):
                self._morceaux_de_textes.append(self._octets[position + 4 : position + 4 + longueur])
                genre = TEXTES
            elif genre in self._actions:
                self._actions[genre](position + 4, longueur)
            precedent = genre
            position += 4 + longueur

    def _commencer(self, position, _):
        self._profondeur += 1
        if self._profondeur == 1:
            self._nom = self._noms.get(position - 4, "")
            self._courant = self.details.setdefault(self._nom, Details())

    def _finir(self, *_):
        self._profondeur = max(0, self._profondeur - 1)
        if self._profondeur == 0:
            self._courant.verifier_etendue(self._nom)

    def _nommer(self, position, longueur):
        debut = struct.unpack_from("<I", self._octets, position)[0]
        if self._ancien:
            self._noms[debut] = self._octets[position + 7 : position + longueur].decode("cp1252", "replace")
            return
        encodage = "utf-16-le" if self._octets[position + 7] & 1 else "latin-1"
        self._noms[debut] = self._octets[position + 8 : position + longueur].decode(encodage, "replace")

    def _refuser(self, *_):
        raise chiffre()

    def _lire_cellule(self, genre, position):
        ligne, colonne = _DEUX.unpack_from(self._octets, position)
        self._courant.remplir(ligne + 1, colonne)
        if genre == TEXTE_PARTAGE:
            self._peser(struct.unpack_from("<I", self._octets, position + 6)[0])
        elif genre == ERREUR and self._octets[position + 7] == 1:
            self._noter_erreur(ligne, colonne, self._octets[position + 6])
        elif genre == FORMULE:
            self._courant.formules += 1
            # A result whose last two bytes are FF FF is no number: its first byte is its kind, 2 for an error.
            if self._octets[position + 6] == 2 and self._octets[position + 12 : position + 14] == b"\xff\xff":
                self._noter_erreur(ligne, colonne, self._octets[position + 8])

    def _peser(self, texte):
        """A shared text is copied in each cell that refers to it."""
        if self._longueurs is None:
            self._longueurs = longueurs_des_textes(self._morceaux_de_textes)
        self._caracteres += self._longueurs[texte] if texte < len(self._longueurs) else 0
        if self._caracteres > limites.TEXTE_MAX:
            raise limites.trop_de_texte(self._nom)

    def _noter_erreur(self, ligne, colonne, code):
        self._courant.noter_erreur(self._nom, ligne + 1, colonne, MOTS.get(code, "#N/A"))

    def _lire_ligne(self, position, _):
        if self._octets[position + 12] & LIGNE_MASQUEE:
            self._courant.masquer_ligne(_DEUX.unpack_from(self._octets, position)[0] + 1)

    def _lire_colonnes(self, position, _):
        if self._octets[position + 8] & 1:
            self._courant.masquer_colonnes(*_DEUX.unpack_from(self._octets, position))

    def _lire_filtre(self, *_):
        self._courant.filtre = True

    def _lire_note(self, position, _):
        ligne, colonne = _DEUX.unpack_from(self._octets, position)
        self._courant.commenter(ligne + 1, colonne)

    def _lire_calendrier(self, position, _):
        self.epoque = 1904 if self._octets[position] else 1900

    def _lire_nombres(self, position, longueur):
        ligne, _ = _DEUX.unpack_from(self._octets, position)
        self._courant.remplir(ligne + 1, struct.unpack_from("<H", self._octets, position + longueur - 2)[0])


class SourceXls:
    """A workbook of Excel 97 to 2003."""

    def __init__(self, vue, compose):
        flux = next(nom for nom in FLUX if nom in compose.flux)
        lecture = FluxXls(compose.lire(flux), ancien=flux == "Book")
        self._details, self.epoque = lecture.details, lecture.epoque
        self._lecteur = LecteurCalamine(vue)

    def feuilles(self):
        return self._lecteur.feuilles()

    def remarques(self):
        return [
            Remarque(
                "format_ancien",
                "Format Excel 97-2003 : les couleurs et les formules sans valeur calculée n'y sont pas recherchées. "
                "Préférez le format .xlsx.",
            )
        ]

    def details(self, nom):
        details = self._details.get(nom) or Details()
        details.fusions = [
            Fusion(haut + 1, gauche, bas + 1, droite)
            for (haut, gauche), (bas, droite) in self._lecteur.fusions(nom)[: limites.REPERES_MAX]
        ]
        return details

    def lignes(self, nom):
        return self._lecteur.lignes(nom)

    def fermer(self):
        self._lecteur.fermer()
