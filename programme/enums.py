"""Closed lists of the room."""

from django.db import models


class FiabiliteMesure(models.TextChoices):
    """How a measure is known, from the surest to the least sure."""

    OFFICIELLE = "officielle", "Intitulé officiel"
    PARAPHRASE = "paraphrase", "Reformulée par une source"
    MENTION = "mention", "Seulement mentionnée"
    POSTERIEURE = "posterieure", "Postérieure à l'annonce"


class PrecisionMontant(models.TextChoices):
    EXACT = "exact", "montant annoncé"
    AU_MOINS = "au_moins", "plus de"


class UniteChiffre(models.TextChoices):
    NOMBRE = "nombre", "nombre"
    POURCENTAGE = "pourcentage", "%"
    EUROS = "euros", "€"
