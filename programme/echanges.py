"""Writing to a circle of a project: kept and told in one transaction."""

from django.db import transaction

from comptes import courrier
from programme.cercles import lecteurs
from programme.genres_de_courrier import MESSAGES
from programme.models import Message


def ecrire(projet, auteur, cercle, texte):
    """Keep a message and tell its readers that there is one: its text stays here, where it can be taken back."""
    with transaction.atomic():
        message = Message.objects.create(projet=projet, auteur=auteur, cercle=cercle, texte=texte)
        lien = f"{projet.adresse_des_echanges}#message-{message.cle}"
        contexte = {"message": message, "projet": projet}
        for compte in lecteurs(projet, cercle):
            if compte.pk != auteur.pk:
                courrier.ecrire(MESSAGES, compte, "message_recu", contexte, lien=lien)
    return message
