"""French typography of the sentences we write: sources stay readable, readers get unbreakable spaces."""

import re

from tableurs.francais import INSECABLE

_AVANT = re.compile(r" (?=[:;?!»%€])|(?<=\d) (?=Mo\b)")


def typographier(phrase):
    """Return `phrase` with the ordinary spaces that French forbids to break made non-breaking."""
    return _AVANT.sub(INSECABLE, phrase.replace("« ", f"«{INSECABLE}"))
