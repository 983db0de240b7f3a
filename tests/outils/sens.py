"""Who may know whom: a room knows those before it, never those after. Reads code, imports none of it."""

import ast
import re
from pathlib import Path

PIECES = ("comptes", "tableurs", "territoires", "programme", "agences", "pilotage", "config")

_CHEMIN_POINTE = re.compile(rf"({'|'.join(PIECES)})\.\w+")
_FONCTIONS_D_ADRESSE = {"reverse", "reverse_lazy", "redirect", "resolve_url"}
_BALISE_URL = re.compile(r"\{%\s*url\s+['\"]([\w:.-]+)['\"]")
_BALISE_GABARIT = re.compile(r"\{%\s*(?:extends|include)\s+['\"](\w+)/")
_BALISES = re.compile(r"\{[{%](.*?)[%}]\}", re.DOTALL)


def est_en_aval(autre, piece):
    """Tell whether `piece` must not know `autre`. What is not a room of ours is known by all."""
    return autre in PIECES and PIECES.index(autre) > PIECES.index(piece)


def fautes_python(source, piece, adresses=None, accesseurs=None):
    """Return the arrows back of a Python file of `piece`, as « line : what ».

    `adresses`: name of an address → room of its view. `accesseurs`: name of a reverse accessor → room of the
    model that declares it.
    """
    visiteur = _Visiteur(piece, adresses or {}, accesseurs or {})
    visiteur.visit(ast.parse(source))
    return visiteur.fautes


class _Visiteur(ast.NodeVisitor):
    def __init__(self, piece, adresses, accesseurs):
        self.piece, self.adresses, self.accesseurs = piece, adresses, accesseurs
        self.fautes = []
        self._adresse_d_objet = False

    def _noter(self, noeud, piece_visee, quoi):
        if piece_visee and est_en_aval(piece_visee, self.piece):
            self.fautes.append(f"ligne {noeud.lineno} : {quoi} ({self.piece} ne connaît pas {piece_visee})")

    def visit_Import(self, noeud):
        for alias in noeud.names:
            self._noter(noeud, alias.name.partition(".")[0], f"import {alias.name}")

    def visit_ImportFrom(self, noeud):
        if noeud.level == 0:
            self._noter(noeud, noeud.module.partition(".")[0], f"from {noeud.module} import …")

    def visit_FunctionDef(self, noeud):
        # The URL of an object is its public address: a model may name the page that shows it, in any room.
        avant, self._adresse_d_objet = self._adresse_d_objet, noeud.name == "get_absolute_url"
        self.generic_visit(noeud)
        self._adresse_d_objet = avant

    def visit_Call(self, noeud):
        nom = getattr(noeud.func, "attr", None) or getattr(noeud.func, "id", None)
        premier = noeud.args[0].value if noeud.args and isinstance(noeud.args[0], ast.Constant) else None
        if nom in _FONCTIONS_D_ADRESSE and isinstance(premier, str) and not self._adresse_d_objet:
            self._noter(noeud, piece_de_l_adresse(premier, self.adresses), f"{nom}({premier!r})")
        if nom == "get_model" and premier in PIECES:
            self._noter(noeud, premier, f"get_model({premier!r}, …)")
        self.generic_visit(noeud)

    def visit_Constant(self, noeud):
        if isinstance(noeud.value, str):
            # 'programme.Projet', import_string('pilotage.views.x'), but no sentence.
            if _CHEMIN_POINTE.fullmatch(".".join(noeud.value.split(".")[:2])) and " " not in noeud.value:
                self._noter(noeud, noeud.value.partition(".")[0], f"référence {noeud.value!r}")
            self._noter_accesseur(noeud, noeud.value)

    def visit_Attribute(self, noeud):
        self._noter_accesseur(noeud, noeud.attr)
        self.generic_visit(noeud)

    def visit_keyword(self, noeud):
        if noeud.arg:
            self._noter_accesseur(noeud.value, noeud.arg)
        self.generic_visit(noeud)

    def _noter_accesseur(self, noeud, chemin):
        """A reverse accessor, alone or in a look-up: `projets`, `territoire__projets__montant`."""
        for nom in chemin.removeprefix("-").split("__"):
            self._noter(noeud, self.accesseurs.get(nom), f"relation inverse « {nom} »")


def piece_de_l_adresse(nom, adresses):
    """Return the room of a named address; admin pages belong to the room of their model."""
    if nom.startswith("admin:"):
        return nom.removeprefix("admin:").partition("_")[0]
    return adresses.get(nom)


def fautes_gabarit(source, piece, adresses=None, accesseurs=None):
    """Return the arrows back of a template of `piece`."""
    trouvees = [
        (f"{{% url '{nom}' %}}", piece_de_l_adresse(nom, adresses or {})) for nom in _BALISE_URL.findall(source)
    ]
    trouvees += [(f"gabarit de {dossier}", dossier) for dossier in _BALISE_GABARIT.findall(source)]
    for balise in _BALISES.findall(source):
        trouvees += [
            (f"relation inverse « {nom} »", (accesseurs or {}).get(nom)) for nom in re.findall(r"\.(\w+)", balise)
        ]
    return [
        f"{quoi} ({piece} ne connaît pas {visee})" for quoi, visee in trouvees if visee and est_en_aval(visee, piece)
    ]


def fichiers_python(racine, piece):
    return sorted(fichier for fichier in (Path(racine) / piece).rglob("*.py"))
