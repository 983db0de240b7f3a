"""Names as they are compared: put in order and looked for whatever their accents and case, on every database alike."""

import re
import unicodedata

_NON_ALPHANUMERIQUE = re.compile(r"[\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o"})


def simplifier(texte):
    """Return `texte` in lower-case words without accents, separated by a space."""
    # As `tableurs.francais.normaliser`, which this room doesn't know; here other alphabets stay.
    decompose = unicodedata.normalize("NFKD", texte.casefold().translate(_LIGATURES))
    sans_accents = "".join(caractere for caractere in decompose if not unicodedata.combining(caractere))
    return _NON_ALPHANUMERIQUE.sub(" ", sans_accents).strip()
