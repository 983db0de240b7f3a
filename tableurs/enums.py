"""Closed lists of the room."""

from django.db import models


class Seau(models.TextChoices):
    """Where each row of a file ends: in exactly one of the first five, which add up to the rows of the file.

    « Disparu » is apart: an object of the base that the file doesn't name.
    """

    CREEE = "creee", "créée"
    MODIFIEE = "modifiee", "modifiée"
    INCHANGEE = "inchangee", "inchangée"
    REFUSEE = "refusee", "refusée"
    DOUBLON = "doublon", "doublon"
    DISPARU = "disparu", "disparu"


SEAUX_DU_FICHIER = (Seau.CREEE, Seau.MODIFIEE, Seau.INCHANGEE, Seau.REFUSEE, Seau.DOUBLON)
SEAUX_APPLIQUES = (Seau.CREEE, Seau.MODIFIEE, Seau.DISPARU)


class EtatLot(models.TextChoices):
    DEPOSE = "depose", "Déposé"
    LECTURE = "lecture", "Lecture en cours"
    A_VERIFIER = "a_verifier", "À vérifier"
    EN_COURS = "en_cours", "En cours d'application"
    APPLIQUE = "applique", "Appliqué"
    ANNULE = "annule", "Annulé"
    ABANDONNE = "abandonne", "Abandonné"
    ECHOUE = "echoue", "Échoué"


# Somebody is at work on the lot, or is going to be.
ETATS_AU_TRAVAIL = (EtatLot.LECTURE, EtatLot.EN_COURS)
