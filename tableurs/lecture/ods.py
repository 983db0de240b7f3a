"""ODS: values by calamine, and from content.xml itself what calamine does not tell.

calamine reads every sheet at once, so all of them are checked before it is called.
"""

from tableurs.lecture import limites
from tableurs.lecture.archives import chiffre
from tableurs.lecture.balises import Balises, entier
from tableurs.lecture.constats import Remarque
from tableurs.lecture.lecteur_calamine import LecteurCalamine
from tableurs.lecture.reperes import Details, Fusion

CONTENU = "content.xml"
MANIFESTE = "META-INF/manifest.xml"
# Rows and columns of a sheet: nothing can repeat more.
REPETITIONS_MAX = 1_048_576
SANS_FOND = ("transparent", "#ffffff", "")


class Manifeste(Balises):
    """`chiffre`: whether a part is encrypted."""

    def __init__(self, morceaux):
        self.chiffre = False
        self.parcourir(morceaux)

    def debut(self, nom, attributs):
        if nom.endswith("encryption-data"):
            self.chiffre = True


class ContenuOds(Balises):
    """`details` by name of sheet, `liens`: whether a formula refers to another file."""

    def __init__(self, morceaux):
        self.details, self.liens = {}, False
        self._fonds, self._style = {}, ""
        # What stands outside any table is read into nothing.
        self._nom, self._courant = "", Details()
        self._ligne, self._fois, self._colonne, self._numero_colonne = 1, 1, 0, 0
        self._attributs, self._longueur = {}, 0
        self._caracteres = 0
        self._dans_note = 0
        self._erreur = None
        self._actions = {
            "style:style": self._lire_style,
            "style:table-cell-properties": self._lire_fond,
            "table:table": self._commencer_feuille,
            "table:table-column": self._lire_colonne,
            "table:table-row": self._commencer_ligne,
            "table:table-cell": self._commencer_cellule,
            "table:covered-table-cell": self._commencer_cellule,
            "table:database-range": self._lire_plage,
            "office:annotation": self._commencer_note,
        }
        self.parcourir(morceaux)

    def debut(self, nom, attributs):
        action = self._actions.get(nom)
        if action:
            action(attributs)

    def fin(self, nom):
        if nom == "office:annotation":
            self._dans_note -= 1
        elif nom in ("table:table-cell", "table:covered-table-cell"):
            self._finir_cellule()
        elif nom == "table:table-row":
            self._ligne += self._fois
        elif nom == "table:table":
            self._courant.verifier_etendue(self._nom)

    def texte(self, texte):
        if not self._dans_note:
            self._longueur += len(texte)
            if self._erreur is not None:
                self._erreur.append(texte)

    def _lire_style(self, attributs):
        self._style = attributs.get("style:name", "")

    def _lire_fond(self, attributs):
        couleur = attributs.get("fo:background-color", "").lower()
        if couleur not in SANS_FOND:
            self._fonds[self._style] = couleur

    def _lire_plage(self, attributs):
        if attributs.get("table:display-filter-buttons") == "true":
            cible = attributs.get("table:target-range-address", "")
            for nom, details in self.details.items():
                details.filtre = details.filtre or cible.replace("'", "").startswith(f"{nom}.")

    def _commencer_feuille(self, attributs):
        self._nom = attributs.get("table:name", "")
        self._courant = self.details[self._nom] = Details()
        self._ligne, self._fois, self._colonne, self._numero_colonne = 1, 1, 0, 0
        if len(self.details) > limites.FEUILLES_MAX:
            raise limites.trop_de_feuilles()

    def _repetitions(self, attributs, axe):
        fois = entier(attributs.get(f"table:number-{axe}-repeated"), 1)
        if fois > REPETITIONS_MAX:
            raise limites.bombe()
        return fois

    def _lire_colonne(self, attributs):
        fois = self._repetitions(attributs, "columns")
        if attributs.get("table:visibility") in ("collapse", "filter"):
            self._courant.masquer_colonnes(self._numero_colonne, self._numero_colonne + fois - 1)
        self._numero_colonne += fois

    def _commencer_ligne(self, attributs):
        self._colonne = 0
        self._fois = self._repetitions(attributs, "rows")
        if attributs.get("table:visibility") in ("collapse", "filter"):
            for ligne in range(self._ligne, min(self._ligne + self._fois, limites.LIGNES_MAX)):
                self._courant.masquer_ligne(ligne)
        self._courant.filtre |= attributs.get("table:visibility") == "filter"

    def _commencer_cellule(self, attributs):
        self._attributs = attributs
        self._longueur = 0
        self._erreur = [] if attributs.get("calcext:value-type") == "error" else None

    def _finir_cellule(self):
        attributs, details = self._attributs, self._courant
        fois = self._repetitions(attributs, "columns")
        ligne, colonne = self._ligne, self._colonne
        self._colonne += fois
        if "office:value-type" in attributs or self._longueur:
            details.remplir(ligne + self._fois - 1, colonne + fois - 1)
            self._peser(max(self._longueur, len(attributs.get("office:string-value", ""))) * fois * self._fois)
        self._noter_formule(attributs.get("table:formula"), ligne, colonne)
        if self._erreur is not None:
            details.noter_erreur(self._nom, ligne, colonne, "".join(self._erreur))
            self._erreur = None
        self._noter_fusion(attributs, ligne, colonne)
        couleur = self._fonds.get(attributs.get("table:style-name"))
        if couleur and self._fois == 1:
            for decalage in range(min(fois, limites.COLONNES_MAX)):
                details.colorer(ligne, colonne + decalage, couleur)

    def _peser(self, caracteres):
        self._caracteres += caracteres
        if self._caracteres > limites.TEXTE_MAX:
            raise limites.trop_de_texte(self._nom)

    def _noter_formule(self, formule, ligne, colonne):
        if not formule:
            return
        self._courant.formules += 1
        self.liens = self.liens or "file:" in formule
        if "office:value-type" not in self._attributs:
            self._courant.noter_formule_vide(ligne, colonne)

    def _noter_fusion(self, attributs, ligne, colonne):
        hauteur = entier(attributs.get("table:number-rows-spanned"), 1)
        largeur = entier(attributs.get("table:number-columns-spanned"), 1)
        if hauteur > 1 or largeur > 1:
            self._courant.fusionner(Fusion(ligne, colonne, ligne + hauteur - 1, colonne + largeur - 1))

    def _commencer_note(self, _):
        self._dans_note += 1
        self._courant.commenter(self._ligne, self._colonne)


class SourceOds:
    """A workbook of LibreOffice, or any OpenDocument one."""

    epoque = 1900

    def __init__(self, vue, archive):
        if MANIFESTE in archive and Manifeste(archive.morceaux(MANIFESTE)).chiffre:
            raise chiffre()
        self._contenu = ContenuOds(archive.morceaux(CONTENU))
        self._lecteur = LecteurCalamine(vue)

    def feuilles(self):
        return self._lecteur.feuilles()

    def remarques(self):
        if not self._contenu.liens:
            return []
        return [
            Remarque(
                "liens_externes",
                "Ce classeur se réfère à d'autres fichiers : ils ne sont pas ouverts, les dernières valeurs "
                "enregistrées sont lues.",
            )
        ]

    def details(self, nom):
        return self._contenu.details.get(nom) or Details()

    def lignes(self, nom):
        return self._lecteur.lignes(nom)

    def fermer(self):
        self._lecteur.fermer()
