"""When somebody is erased: what they said goes; the documents that they deposited are the project's, and stay.

Their names, when they name the person, do not: neither the file's nor its title.
"""

from django.db.models import Q
from django.utils import timezone

from programme.models import DocumentSigne, Message, Piece

EFFACE = "Effacé"


def effacer(identite):
    """See `comptes.effacement.declarer`."""
    siens = Message.objects.filter(auteur=identite.personne, retire_le=None)
    siens.update(texte="", retire_le=timezone.now())
    for champ in ("intitule", "nom_fichier"):
        nommes = Q(pk__in=[])
        for texte in identite.textes:
            nommes |= Q(**{f"{champ}__icontains": texte})
        Piece.objects.filter(nommes).update(**{champ: EFFACE})
    nommes = Q(pk__in=[])
    for texte in identite.textes:
        nommes |= Q(nom_fichier__icontains=texte)
    DocumentSigne.objects.filter(nommes).update(nom_fichier=EFFACE)
