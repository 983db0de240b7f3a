"""Invitations: what they will give, to whom."""

from django.core.exceptions import ValidationError


def inviter(auteur, *, adresse, genre, qualite, portee=None, prenom="", nom="", remplace=None):
    raise ValidationError("Les invitations ne sont pas encore ouvertes.")
