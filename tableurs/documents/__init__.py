"""Text documents: what one says, in blocks that know no format; then files of each format, or a page.

A block has its `genre`, which the page's template reads. Texts are as people wrote them; what XML can't hold goes.
"""

import re
from dataclasses import dataclass, field
from typing import ClassVar

# What XML 1.0 has no way to write.
_INTERDITS = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def propre(texte):
    """Return a text that any format can hold, its lines ended alike."""
    return _INTERDITS.sub("", str(texte)).replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class Titre:
    genre: ClassVar[str] = "titre"
    texte: str
    niveau: int = 1


@dataclass(frozen=True)
class Paragraphe:
    """`discret`: said aside, in small letters."""

    genre: ClassVar[str] = "paragraphe"
    texte: str
    discret: bool = False


@dataclass(frozen=True)
class Liste:
    genre: ClassVar[str] = "liste"
    elements: list


@dataclass(frozen=True)
class Tableau:
    """`entetes`: those of the columns; without any, the first cell of each row says what the second is."""

    genre: ClassVar[str] = "tableau"
    legende: str
    lignes: list
    entetes: tuple = ()
    # Of the columns, in hundredths.
    largeurs: tuple = ()


@dataclass(frozen=True)
class SautDePage:
    """What follows begins a page."""

    genre: ClassVar[str] = "saut"


@dataclass
class Document:
    titre: str
    blocs: list = field(default_factory=list)

    def ajouter(self, *blocs):
        self.blocs += blocs

    def texte(self, titre, texte, niveau=2):
        """Add a heading and what somebody wrote, paragraph by paragraph; nothing of an empty text."""
        if texte.strip():
            paragraphes = [p.strip() for p in re.split(r"\n\s*\n", propre(texte)) if p.strip()]
            self.ajouter(Titre(titre, niveau), *(Paragraphe(un) for un in paragraphes))
