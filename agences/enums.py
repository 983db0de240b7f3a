"""Closed lists of the room."""

from django.db import models


class NiveauAgence(models.TextChoices):
    """From the widest area to the narrowest."""

    REGIONALE = "regionale", "Régionale"
    DEPARTEMENTALE = "departementale", "Départementale"
    METROPOLITAINE = "metropolitaine", "Métropolitaine"
    INTERCOMMUNALE = "intercommunale", "Intercommunale"


class QualiteAgence(models.TextChoices):
    CORRESPONDANT = "correspondant", "Correspondant ou correspondante"
    LECTURE = "lecture", "Lecture"


class QualiteCner(models.TextChoices):
    GESTION = "gestion", "Gestion du réseau"
    LECTURE = "lecture", "Lecture"


class QualiteFederation(models.TextChoices):
    REFERENT = "referent", "Référent ou référente"
    LECTURE = "lecture", "Lecture"
