"""In which files a document is taken away."""

from collections.abc import Callable
from typing import NamedTuple

from tableurs.documents import docx, odt


class Format(NamedTuple):
    """`ecrire(document)` returns the bytes of the file."""

    nom: str
    type_mime: str
    ecrire: Callable


# By extension.
FORMATS = {
    "docx": Format("Word", docx.TYPE_MIME, docx.ecrire),
    "odt": Format("LibreOffice", odt.TYPE_MIME, odt.ecrire),
}
