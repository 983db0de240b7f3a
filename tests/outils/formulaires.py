"""What a browser would send of a form, read in its page."""

from html.parser import HTMLParser


class _Lecteur(HTMLParser):
    def __init__(self, action):
        super().__init__()
        self.action, self.dedans, self.modele = action, False, 0
        self.champs, self.texte, self.choix = {}, None, None

    def _ajouter(self, nom, valeur):
        if nom and not self.modele:
            self.champs.setdefault(nom, []).append(valeur)

    def handle_starttag(self, balise, attributs):
        a = dict(attributs)
        if balise == "form":
            self.dedans = a.get("method") == "post" and (not self.action or self.action in a.get("action", ""))
        if balise == "template":
            self.modele += 1
        if not self.dedans:
            return
        if balise == "input" and a.get("type") != "submit":
            if a.get("type") not in ("checkbox", "radio") or "checked" in a:
                self._ajouter(a.get("name"), a.get("value", "on" if a.get("type") == "checkbox" else ""))
        elif balise == "select":
            self.choix = [a["name"], []]
        elif balise == "option" and self.choix and "selected" in a:
            self.choix[1].append(a["value"])
        elif balise == "textarea":
            self.texte = [a.get("name"), ""]

    def handle_data(self, donnees):
        if self.texte:
            self.texte[1] += donnees

    def handle_endtag(self, balise):
        if balise == "form":
            self.dedans = False
        if balise == "template":
            self.modele -= 1
        if balise == "textarea" and self.texte:
            self._ajouter(self.texte[0], self.texte[1].removeprefix("\n"))
            self.texte = None
        if balise == "select" and self.choix:
            for valeur in self.choix[1] or [""]:
                self._ajouter(self.choix[0], valeur)
            self.choix = None


def a_envoyer(html, action="", **changes):
    """Return {name: values} of the form of a page that goes to `action`, with `changes` over it."""
    lecteur = _Lecteur(action)
    lecteur.feed(html)
    champs = {nom: valeurs for nom, valeurs in lecteur.champs.items() if nom not in ("csrfmiddlewaretoken", "q")}
    assert champs, "Aucun formulaire dans cette page"
    return {nom: valeurs for nom, valeurs in {**champs, **changes}.items() if valeurs is not None}
