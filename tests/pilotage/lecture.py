"""A public page as its readers have it: words, headings, links, tables."""

import re
from html.parser import HTMLParser

from tests.outils.adresses import adresses

# Not `\s`: a table cell or a heading may hold unbreakable spaces, read here as ordinary ones.
_BLANCS = re.compile(r"[\s\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]+")
_SEPARENT = {"p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "option", "caption", "tr", "section", "div"}
_VIDES = {"br", "img", "input", "link", "meta", "hr"}


def en_mots(texte):
    """Return a text whose spaces of any kind are one ordinary space."""
    return _BLANCS.sub(" ", texte).strip()


class Page(HTMLParser):
    """What stands in `<main>`: `mots` (all the text), `titres` (level, text), `liens` (text → address)."""

    def __init__(self, reponse):
        super().__init__()
        self.html = reponse.content.decode(reponse.charset or "utf-8")
        self.statut = reponse.status_code
        self.titres, self.liens, self.lignes, self.ids, self.champs = [], {}, [], [], {}
        self._texte, self._ouverts, self._dans_main = [], [], False
        self.feed(self.html)
        self.mots = en_mots("".join(self._texte))

    def handle_starttag(self, balise, attributs):
        attributs = dict(attributs)
        if attributs.get("id"):
            self.ids.append(attributs["id"])
        if balise == "main":
            self._dans_main = True
        if balise in _SEPARENT and self._dans_main:
            self._texte.append(" ")
        if balise == "input" and "name" in attributs:
            self.champs[attributs["name"]] = attributs.get("value", "")
        if balise == "tr" and self._dans_main:
            self.lignes.append([])
        if balise not in _VIDES:
            self._ouverts.append((balise, attributs, len(self._texte)))

    def handle_startendtag(self, balise, attributs):
        if balise in _VIDES:
            self.handle_starttag(balise, attributs)

    def handle_endtag(self, balise):
        while self._ouverts:
            ouverte, attributs, debut = self._ouverts.pop()
            if self._dans_main:
                self._fermer(ouverte, attributs, en_mots("".join(self._texte[debut:])))
            if ouverte == balise:
                break
        if balise == "main":
            self._dans_main = False

    def _fermer(self, balise, attributs, texte):
        if balise in _SEPARENT:
            self._texte.append(" ")
        if re.fullmatch("h[1-6]", balise):
            self.titres.append((balise, texte))
        elif balise == "a" and attributs.get("href"):
            self.liens[texte] = attributs["href"]
        elif balise in ("td", "th") and self.lignes:
            self.lignes[-1].append(texte)
        elif balise == "option" and "selected" in attributs:
            self.champs.setdefault("choisis", []).append(texte)

    def handle_data(self, donnees):
        if self._dans_main:
            self._texte.append(donnees)

    @property
    def h1(self):
        (titre,) = [texte for niveau, texte in self.titres if niveau == "h1"]
        return titre

    @property
    def sections(self):
        return [texte for niveau, texte in self.titres if niveau == "h2"]


def ouvrir(client, adresse, statut=200, **parametres):
    """Return the `Page` at an address, after checking its status."""
    reponse = client.get(adresse, parametres)
    assert reponse.status_code == statut, reponse.status_code
    return Page(reponse)


def pages_publiques():
    """Return {name: address} of the pages that anyone reads; exports are files, with tests of their own."""
    publiques = [adresse for adresse in adresses() if hasattr(adresse.vue, "modeles")]
    return {adresse.nom: adresse for adresse in publiques if not adresse.nom.endswith("_export")}
