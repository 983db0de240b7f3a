"""Fields of models."""

import re

from django.core.exceptions import ValidationError
from django.db import models

from tableurs.valeurs.codes import cle_de_luhn, siret_valide

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


def valider_siret(siret):
    """Raise `ValidationError` unless it is fourteen digits whose key is right."""
    if not re.fullmatch(r"\d{14}", siret, re.ASCII):
        raise ValidationError("Un SIRET a quatorze chiffres : le SIREN, puis cinq chiffres.")
    if not siret_valide(siret):
        raise ValidationError("Ce SIRET n'existe pas : un chiffre est faux, ou deux sont échangés. Recopiez-le.")


class ChampEuros(models.DecimalField):
    """An amount in euros, to the cent."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{**kwargs, "max_digits": 14, "decimal_places": 2})

    def deconstruct(self):
        nom, chemin, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return nom, chemin, args, kwargs


class ChampDeChiffres(models.CharField):
    """Digits, typed with or without spaces."""

    def deconstruct(self):
        nom, chemin, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return nom, chemin, args, kwargs

    def to_python(self, value):
        return _SEPARATEURS.sub("", super().to_python(value) or "")

    def formfield(self, **kwargs):
        # Longer than what is kept: spaces go.
        return super().formfield(**{"max_length": 40, **kwargs})


class ChampSiren(ChampDeChiffres):
    default_validators = [valider_siren]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{**kwargs, "max_length": 14})


class ChampSiret(ChampDeChiffres):
    default_validators = [valider_siret]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{**kwargs, "max_length": 14})
