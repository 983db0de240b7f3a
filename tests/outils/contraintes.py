"""What the database refuses, said the same way by forms."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction


def verifier_refus(objet, nom, changements):
    """Break a row that is valid: the database refuses it, and so do forms, by the constraint `nom`."""
    objet.full_clean()
    contrainte = {c.name: c for c in objet._meta.constraints}[nom]
    with pytest.raises(IntegrityError) as refus, transaction.atomic():
        type(objet).objects.filter(pk=objet.pk).update(**changements)
    if isinstance(contrainte, models.CheckConstraint):
        assert nom in str(refus.value)
    for champ, valeur in changements.items():
        setattr(objet, champ, valeur)
    with pytest.raises(ValidationError):
        contrainte.validate(type(objet), objet)
