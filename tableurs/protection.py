"""Texts that a spreadsheet would run as formulas: written with one leading apostrophe, read without it.

An apostrophe already there is doubled, so that what was written is always what is read back.
"""

import re

_DANGEREUX = re.compile(r"'*[=+\-@\t\r]")
_PROTEGE = re.compile(r"'+[=+\-@\t\r]")


def proteger(texte):
    """Return a text as a CSV cell may hold it without any spreadsheet running it."""
    return f"'{texte}" if _DANGEREUX.match(texte) else texte


def deproteger(texte):
    """Return the text that `proteger` was given."""
    return texte[1:] if _PROTEGE.match(texte) else texte
