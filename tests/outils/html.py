"""What must not be in a page: code that runs inline, and the syntax of templates."""

import re
from html.parser import HTMLParser

_FUITE = re.compile(r"\{\{|\{%|\{#|%\}|\}\}")
# Data that scripts read: browsers do not run them.
_TYPES_DE_DONNEES = {"application/json", "application/ld+json"}
# What is not a sentence in a template: its syntax, comments, tags.
_HORS_DES_PHRASES = re.compile(
    r"\{% comment.*?endcomment %\}|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<!--.*?-->|<[^<>]*>", re.DOTALL
)
_ESPACE_SECABLE = re.compile(r" [:;?!»%€](?!\w)|« ")


class _Lecteur(HTMLParser):
    def __init__(self):
        super().__init__()
        self.fautes = []

    def handle_starttag(self, balise, attributs):
        valeurs = dict(attributs)
        if balise == "script" and "src" not in valeurs and valeurs.get("type") not in _TYPES_DE_DONNEES:
            self._noter("script écrit dans la page")
        if balise == "style":
            self._noter("feuille de style écrite dans la page")
        for nom, valeur in attributs:
            if nom.startswith("on") or nom == "style":
                self._noter(f"attribut {nom} de <{balise}>")
            if (valeur or "").strip().lower().startswith("javascript:"):
                self._noter(f"adresse javascript: de <{balise}>")

    handle_startendtag = handle_starttag

    def _noter(self, quoi):
        self.fautes.append(f"ligne {self.getpos()[0]} : {quoi}")


def code_en_ligne(html):
    """Return what a strict Content-Security-Policy would refuse in a page or a template."""
    lecteur = _Lecteur()
    lecteur.feed(html)
    return lecteur.fautes


def fuites_de_gabarit(html):
    """Return the template syntax left in a page, with what surrounds it."""
    return [html[max(0, fuite.start() - 40) : fuite.end() + 40] for fuite in _FUITE.finditer(html)]


def espaces_secables(gabarit):
    """Return the ordinary spaces of a template that French forbids to break, with what surrounds them."""
    phrases = _HORS_DES_PHRASES.sub("¤", gabarit)
    return [phrases[max(0, faute.start() - 30) : faute.end() + 10] for faute in _ESPACE_SECABLE.finditer(phrases)]
