"""XLSX and XLSM: values by calamine, and from the XML itself what calamine does not tell."""

import posixpath
import re
from array import array

from tableurs.lecture import limites
from tableurs.lecture.archives import abime
from tableurs.lecture.balises import Balises, vrai
from tableurs.lecture.constats import Remarque
from tableurs.lecture.lecteur_calamine import LecteurCalamine
from tableurs.lecture.reperes import position
from tableurs.lecture.xlsx_feuille import FeuilleXml, Longueurs
from tableurs.lecture.xlsx_styles import Styles

# The only name under which calamine looks for it.
CLASSEUR = "xl/workbook.xml"
MACROS = "xl/vbaProject.bin"
TEXTES = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
FEUILLES = "xl/worksheets/"
LIENS = "xl/externalLinks/"
_FIN_DE_TEXTE = re.compile(rb"</(?:\w+:)?si\s*>|<(?:\w+:)?si\s*/>")


def longueurs_de(octets):
    """Return an upper bound, in bytes, of each text of a part of shared texts."""
    longueurs, debut = array("I"), 0
    for trouve in _FIN_DE_TEXTE.finditer(octets):
        longueurs.append(trouve.end() - debut)
        debut = trouve.end()
    return longueurs


class Relations(Balises):
    """The parts that a part refers to, by identifier and by kind."""

    def __init__(self, archive, partie):
        self.par_identifiant, self.par_genre = {}, {}
        self._dossier = posixpath.dirname(partie)
        nom = posixpath.join(self._dossier, "_rels", posixpath.basename(partie) + ".rels")
        if nom in archive:
            self.parcourir(archive.morceaux(nom))

    def debut(self, nom, attributs):
        if not nom.endswith("Relationship") or attributs.get("TargetMode") == "External":
            return
        cible = posixpath.normpath(posixpath.join("/", self._dossier, attributs.get("Target", "")))[1:]
        self.par_identifiant[attributs.get("Id")] = cible
        self.par_genre.setdefault(attributs.get("Type", "").rpartition("/")[2], cible)


class Sommaire(Balises):
    """The sheets of a workbook: name → identifier of relation; and the calendar of its dates, 1900 or 1904."""

    def __init__(self, morceaux):
        self.feuilles, self.epoque = {}, 1900
        self.parcourir(morceaux)

    def debut(self, nom, attributs):
        if nom == f"{self.prefixe}sheet":
            identifiant = next((valeur for cle, valeur in attributs.items() if cle.endswith(":id")), "")
            self.feuilles[attributs.get("name", "")] = identifiant
        elif nom == f"{self.prefixe}workbookPr" and vrai(attributs.get("date1904")):
            self.epoque = 1904


class Commentaires(Balises):
    """Cells that carry a comment."""

    def __init__(self, details, morceaux):
        self._details = details
        self.parcourir(morceaux)

    def debut(self, nom, attributs):
        if nom == f"{self.prefixe}comment" and (cellule := position(attributs.get("ref", ""))):
            self._details.commenter(*cellule)


class SourceXlsx:
    """A workbook of Excel 2007 or later."""

    def __init__(self, vue, archive):
        self._archive = archive
        self._parties = self._trouver_feuilles()
        self._styles = None
        self._lecteur = LecteurCalamine(vue)

    def _trouver_feuilles(self):
        relations = Relations(self._archive, CLASSEUR)
        self._textes = relations.par_genre.get("sharedStrings", TEXTES)
        self._partie_styles = relations.par_genre.get("styles", STYLES)
        sommaire = Sommaire(self._archive.morceaux(CLASSEUR))
        self.epoque = sommaire.epoque
        return {nom: relations.par_identifiant.get(identifiant) for nom, identifiant in sommaire.feuilles.items()}

    def feuilles(self):
        return self._lecteur.feuilles()

    def remarques(self):
        """Return what concerns the whole workbook."""
        remarques = []
        if MACROS in self._archive:
            remarques.append(Remarque("macros", "Ce classeur contient des macros : elles sont ignorées."))
        if self._archive.sous(LIENS):
            remarques.append(
                Remarque(
                    "liens_externes",
                    "Ce classeur se réfère à d'autres fichiers : ils ne sont pas ouverts, les dernières valeurs "
                    "enregistrées sont lues.",
                )
            )
        return remarques

    def details(self, nom):
        """Return the `Details` of a sheet; raise `FichierIllisible` when it is too large for memory."""
        partie = self._parties.get(nom)
        if not partie:
            raise abime(f"la feuille « {nom} » manque")
        if self._styles is None:
            morceaux = self._archive.morceaux(self._partie_styles) if self._partie_styles in self._archive else ()
            self._styles = Styles(morceaux).fonds
        lecture = FeuilleXml(nom, self._styles).parcourir(self._archive.morceaux(partie))
        details, textes = lecture.details, lecture.textes_partages
        details.verifier_etendue(nom)
        self._verifier_textes(nom, partie, textes)
        commentaires = Relations(self._archive, partie).par_genre.get("comments")
        if commentaires in self._archive:
            Commentaires(details, self._archive.morceaux(commentaires))
        return details

    def _verifier_textes(self, nom, partie, textes):
        """A shared text is copied in each cell that refers to it: `textes` of them must stay within bounds."""
        if not textes or self._textes not in self._archive:
            return
        octets = self._archive.lire(self._textes)
        # Where a closing tag may be part of a text, no cut can be trusted: the whole is the only bound.
        longueurs = array("I") if b"<![CDATA[" in octets or b"<!--" in octets else longueurs_de(octets)
        if textes * max(longueurs, default=len(octets)) <= limites.TEXTE_MAX:
            return
        if not longueurs or Longueurs(longueurs, self._archive.morceaux(partie)).total > limites.TEXTE_MAX:
            raise limites.trop_de_texte(nom)

    def lignes(self, nom):
        return self._lecteur.lignes(nom)

    def fermer(self):
        self._lecteur.fermer()
