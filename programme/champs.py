"""Fields of models."""

import re

from django.core.exceptions import ValidationError
from django.db import models

from tableurs.valeurs.codes import cle_de_luhn

LONGUEUR_DU_SIREN = 9
_SEPARATEURS = re.compile(r"[\s.\u00a0\u202f-]+")


def valider_siren(siren):
    """Raise `ValidationError` unless it is nine digits whose key is right (Luhn)."""
    if not re.fullmatch(r"\d+", siren, re.ASCII):
        raise ValidationError("Un SIREN ne contient que des chiffres, par exemple 552 100 554.")
    if len(siren) == 14:
        raise ValidationError("C'est un SIRET : écrivez ses neuf premiers chiffres, le SIREN.")
    if len(siren) != LONGUEUR_DU_SIREN:
        raise ValidationError(f"Un SIREN a neuf chiffres : celui-ci en a {len(siren)}.")
    if not cle_de_luhn(siren):
        raise ValidationError("Ce SIREN n'existe pas : un chiffre est faux, ou deux sont échangés. Recopiez-le.")


class ChampSiren(models.CharField):
    """A SIREN, typed with or without spaces."""

    default_validators = [valider_siren]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{**kwargs, "max_length": 14})

    def deconstruct(self):
        nom, chemin, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return nom, chemin, args, kwargs

    def to_python(self, value):
        return _SEPARATEURS.sub("", super().to_python(value) or "")

    def formfield(self, **kwargs):
        # Longer than what is kept: spaces go.
        return super().formfield(**{"max_length": 40, **kwargs})
