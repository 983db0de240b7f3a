"""Telephone numbers as people write them."""

import re

from django.core.exceptions import ValidationError

INVALIDE = "Ce numéro n'est pas complet. Exemples : 03 28 12 34 56, +262 262 12 34 56."
_POSTE = re.compile(r"[\s,;-]*(?:poste|p\.)\s*(\d{1,6})\s*$", re.IGNORECASE)
_SEPARATEURS = re.compile(r"[\s.\-/()]")
_FRANCE = re.compile(r"(?:\+33|0033|0)0?([1-9]\d{8})")
_AILLEURS = re.compile(r"(?:\+|00)([1-9]\d{6,14})")


def lire(texte):
    """Return a number in the French way, « 03 28 12 34 56 poste 12 ». Raises `ValidationError`.

    Lenient: any separator, with or without +33, numbers of overseas and of other countries as they are.
    """
    texte = texte.strip()
    if not texte:
        return ""
    poste = _POSTE.search(texte)
    chiffres = _SEPARATEURS.sub("", (_POSTE.sub("", texte)).replace("(0)", ""))
    if francais := _FRANCE.fullmatch(chiffres):
        numero = f"0{francais[1]}"
        lisible = " ".join(numero[rang : rang + 2] for rang in range(0, 10, 2))
    elif ailleurs := _AILLEURS.fullmatch(chiffres):
        lisible = f"+{ailleurs[1]}"
    else:
        raise ValidationError(INVALIDE)
    return f"{lisible} poste {poste[1]}" if poste else lisible
