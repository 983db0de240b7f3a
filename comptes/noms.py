"""Names put in order and looked for by the database itself: whatever their accents and case, on both engines alike."""

from django.db.models import TextField, Value
from django.db.models.functions import Lower, Replace

# SQLite's LOWER knows ASCII only.
_ACCENTUEES = {
    "a": "àâäáãÀÂÄÁÃ",
    "c": "çÇ",
    "e": "éèêëÉÈÊË",
    "i": "îïíÎÏÍ",
    "n": "ñÑ",
    "o": "ôöóõÔÖÓÕ",
    "u": "ùûüúÙÛÜÚ",
    "y": "ÿŸ",
    "ae": "æÆ",
    "oe": "œŒ",
    " ": "-'’",
}


def sans_accents(expression):
    """Return the expression of a text in lower case, without accents, its hyphens and apostrophes as spaces."""
    for lettre, accentuees in _ACCENTUEES.items():
        for accentuee in accentuees:
            expression = Replace(expression, Value(accentuee), Value(lettre), output_field=TextField())
    return Lower(expression, output_field=TextField())
