"""XML read as a stream: no tree in memory, no entity, no document type, nothing fetched."""

from xml.parsers import expat

from tableurs.lecture.archives import abime


class Balises:
    """Base of our XML readers: subclasses give `debut(name, attributes)` and may give `fin(name)`, `texte(text)`.

    `prefixe` is the namespace prefix of the root element with its colon (« x: »), most often "".
    """

    prefixe = ""

    def parcourir(self, morceaux):
        """Read the bytes of `morceaux` to the end, and return self."""
        self.analyseur = expat.ParserCreate()
        self.analyseur.buffer_text = True
        self.analyseur.StartElementHandler = self._racine
        self.analyseur.StartDoctypeDeclHandler = self._refuser
        try:
            for morceau in morceaux:
                self.analyseur.Parse(morceau, False)
            self.analyseur.Parse(b"", True)
            self.terminer()
        except (expat.ExpatError, ValueError, LookupError) as erreur:
            raise abime() from erreur
        finally:
            # Handlers are bound methods: the cycle would keep what was read until the next garbage collection.
            self.analyseur = None
        return self

    def _racine(self, nom, attributs):
        prefixe, deux_points, _ = nom.rpartition(":")
        self.prefixe = prefixe + deux_points
        self.ouvrir()
        self.analyseur.StartElementHandler = self.debut
        if hasattr(self, "fin"):
            self.analyseur.EndElementHandler = self.fin
        if hasattr(self, "texte"):
            self.analyseur.CharacterDataHandler = self.texte
        self.debut(nom, attributs)

    def ouvrir(self):
        """Called once the prefix is known."""

    def terminer(self):
        """Called once everything is read."""

    def debut(self, nom, attributs):
        raise NotImplementedError

    @staticmethod
    def _refuser(*_):
        raise abime("il contient une déclaration qu'aucun tableur n'écrit")


def entier(texte, defaut=0):
    """Return an attribute as a non-negative integer, `defaut` when it is absent or is none."""
    return int(texte) if texte and texte.isascii() and texte.isdigit() and len(texte) < 10 else defaut


def vrai(texte):
    """Tell whether a boolean attribute is set."""
    return texte in ("1", "true")
