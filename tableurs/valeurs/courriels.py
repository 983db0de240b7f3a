"""Addresses to write to."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from tableurs.valeurs.base import ValeurRefusee, citer
from tableurs.valeurs.textes import Texte

# As the field of Django's.
LONGUEUR_MAX = 254

# As copied from a mail program: « Luc Petit <luc.petit@exemple.fr>; ».
_ADRESSE = re.compile(r"^[^<>@]*<([^<>]*)>$")


class Courriel(Texte):
    """An e-mail address, in lower case, as accounts have it."""

    nom = "une adresse électronique"

    def __init__(self, **options):
        super().__init__(longueur=LONGUEUR_MAX, **options)

    def convertir(self, brut):
        adresse = _ADRESSE.sub(r"\1", super().convertir(brut).strip(" ;,")).lower().removeprefix("mailto:")
        try:
            validate_email(adresse)
        except ValidationError:
            raise ValeurRefusee(
                f"{citer(brut)} n'est pas une adresse électronique.",
                "Écrivez une seule adresse par ligne, par exemple prenom.nom@collectivite.fr.",
            ) from None
        return adresse
