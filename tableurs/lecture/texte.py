"""CSV, TSV and other delimited texts, read line by line: memory does not depend on the size of the file."""

import csv
import io

from tableurs.lecture import dialectes, encodages, limites
from tableurs.lecture.constats import FichierIllisible, Remarque
from tableurs.lecture.reperes import Details
from tableurs.lecture.vues import ouvrir_vue

FEUILLE_UNIQUE = "Fichier"


def _verifier_choix(code, choix, possibles):
    """Refuse an encoding or a separator that is not one of those that we offer."""
    if choix is not None and choix not in possibles:
        raise FichierIllisible(
            code, f"« {choix} » n'est pas un choix possible.", f"Choisissez parmi : {', '.join(possibles.values())}."
        )


class SourceTexte:
    """A delimited text. `tete`: its first characters; `encodage`, `separateur`: detected, or imposed by the caller."""

    def __init__(self, fichier, encodage=None, separateur=None):
        self._fichier = fichier
        _verifier_choix("encodage", encodage, encodages.NOMS)
        _verifier_choix("separateur", separateur, dialectes.SEPARATEURS)
        vue = ouvrir_vue(fichier)
        self.encodage = encodage or encodages.detecter(vue)
        encodages.verifier(vue, self.encodage)
        with self._texte() as texte:
            self.tete = texte.read(dialectes.ECHANTILLON)
        self._consigne = dialectes.consigne(self.tete)
        detecte, self._incertain = (self._consigne, False) if self._consigne else dialectes.detecter(self.tete)
        self.separateur = separateur or detecte
        self._incertain = self._incertain and not separateur

    def _texte(self):
        encodage = "utf-8-sig" if self.encodage == "utf-8" else self.encodage
        return io.TextIOWrapper(ouvrir_vue(self._fichier), encodage, newline="")

    def feuilles(self):
        return [(FEUILLE_UNIQUE, False, True)]

    def remarques(self):
        if not self._incertain:
            return []
        return [
            Remarque(
                "separateur_incertain",
                f"Le séparateur {dialectes.SEPARATEURS[self.separateur]} a été retenu, mais un autre conviendrait "
                "aussi : vérifiez que les colonnes sont bien celles de votre tableau.",
            )
        ]

    def details(self, _nom):
        return Details()

    def lignes(self, _nom):
        """Yield the cells of each record. Rows are numbered as Excel does: a record is a row, whatever its lines."""
        with self._texte() as texte:
            if self._consigne:
                texte.readline()
            lecteur = csv.reader(texte, delimiter=self.separateur, strict=True)
            numero = 0
            try:
                for numero, ligne in enumerate(lecteur, 1):
                    if len(ligne) > limites.COLONNES_MAX:
                        raise self._trop_large(numero)
                    yield ligne
            except csv.Error as erreur:
                raise self._guillemets(numero + 1, erreur) from erreur

    def _trop_large(self, numero):
        return FichierIllisible(
            "trop_de_colonnes",
            f"La ligne {numero} compte plus de {limites.COLONNES_MAX} cellules.",
            "Vérifiez le séparateur choisi, ou enregistrez le tableau au format .xlsx.",
        )

    @staticmethod
    def _guillemets(numero, erreur):
        if "field larger" in str(erreur):
            raison = f"La ligne {numero} contient une cellule démesurée, sans doute un guillemet jamais refermé."
        else:
            raison = f"Un guillemet est mal placé ou n'est pas refermé à la ligne {numero}."
        return FichierIllisible(
            "guillemets",
            raison,
            "Ouvrez le fichier dans votre tableur et enregistrez-le au format .xlsx, ou corrigez ce guillemet : à "
            "l'intérieur d'une cellule il s'écrit deux fois.",
        )

    def fermer(self):
        """Nothing stays open between two readings."""
