"""Closed lists of the room."""

from django.db import models


class NatureCollectivite(models.TextChoices):
    COMMUNE = "COM", "Commune"
    COMMUNAUTE_DE_COMMUNES = "CC", "Communauté de communes"
    COMMUNAUTE_AGGLOMERATION = "CA", "Communauté d'agglomération"
    COMMUNAUTE_URBAINE = "CU", "Communauté urbaine"
    METROPOLE = "METRO", "Métropole"
    METROPOLE_DE_LYON = "MET69", "Métropole de Lyon"
    ETABLISSEMENT_PUBLIC_TERRITORIAL = "EPT", "Établissement public territorial"


class Fiabilite(models.TextChoices):
    """How sure we are that a territory stands in a list, from the surest to the least sure."""

    OFFICIEL = "officiel", "Officiel"
    CONFIRME = "confirme", "Confirmé par une source"
    PROBABLE = "probable", "Probable"
    RECONSTITUE = "reconstitue", "Reconstitué"


class PrecisionDate(models.TextChoices):
    JOUR = "jour", "au jour près"
    MOIS = "mois", "au mois près"
    ANNEE = "annee", "à l'année près"


class NatureFiliation(models.TextChoices):
    CONTINUE = "continue", "Se poursuit dans"
    FUSIONNE = "fusionne", "Fusionne dans"
    SE_SCINDE = "scinde", "Se scinde vers"


class NatureAppellation(models.TextChoices):
    """By what a commune is looked for, in the order in which answers are given."""

    NOM = "nom", "nom actuel"
    CODE_INSEE = "insee", "code Insee"
    CODE_POSTAL = "postal", "code postal"
    ANCIEN_NOM = "ancien", "ancien nom ou commune déléguée"
