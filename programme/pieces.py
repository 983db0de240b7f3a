"""Keeping the files of a project: deposited whole or not at all, withdrawn, cleaned up."""

import hashlib
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from programme.models import DocumentSigne, Piece
from programme.models.pieces import DOSSIER
from programme.types_de_fichier import nettoyer_le_nom
from tableurs.models import stockage_prive

# Long enough to take back a withdrawal, with the help of an administrator.
DUREE_DES_RETIREES = timedelta(days=30)
# A file without a row may belong to a deposit under way.
DUREE_DES_ORPHELINES = timedelta(days=1)


def deposer(projet, par, fichier, type_de_piece, **champs):
    """Keep a file whose type is known, and its row. When the row can't be written, the file goes. Returns the row."""
    piece = Piece(projet=projet, deposee_par=par, **champs)
    garder(piece, fichier, type_de_piece, piece.save)
    return piece


def garder(ligne, fichier, type_de_piece, ecrire):
    """Keep a file with its row, which `ecrire` writes in a transaction; when it can't be, the file goes."""
    ligne.type = type_de_piece
    ligne.nom_fichier = nettoyer_le_nom(fichier.name, type_de_piece)
    ligne.taille = fichier.size
    ligne.empreinte = _empreinte(fichier)
    # The disk first: a row never lacks its file. What a crash leaves there, `nettoyer` takes away.
    ligne.fichier.save(ligne.nom_fichier, fichier, save=False)
    try:
        with transaction.atomic():
            ecrire()
    except BaseException:
        ligne.fichier.storage.delete(ligne.fichier.name)
        raise


def _empreinte(fichier):
    fichier.seek(0)
    empreinte = hashlib.file_digest(fichier, "sha256").hexdigest()
    fichier.seek(0)
    return empreinte


def retirer(piece, par):
    """Serve it no more. Returns whether it was served until now: of two people, one withdraws."""
    return bool(Piece.objects.servies().filter(pk=piece.pk).update(retiree_par=par, retiree_le=timezone.now()))


def nettoyer(maintenant=None):
    """Take away the files withdrawn for long, and those of no row. Returns how many. The worker does it every day."""
    maintenant = maintenant or timezone.now()
    stockage = stockage_prive()
    anciennes = Piece.objects.filter(retiree_le__lt=maintenant - DUREE_DES_RETIREES).exclude(fichier="")
    anciennes.update(fichier="")
    if not stockage.exists(DOSSIER):
        return 0
    gardees = set(Piece.objects.exclude(fichier="").values_list("fichier", flat=True))
    gardees |= set(DocumentSigne.objects.values_list("fichier", flat=True))
    enlevees = 0
    for nom in stockage.listdir(DOSSIER)[1]:
        chemin = f"{DOSSIER}/{nom}"
        if chemin not in gardees and _est_ancien(stockage, chemin, maintenant):
            stockage.delete(chemin)
            enlevees += 1
    return enlevees


def _est_ancien(stockage, chemin, maintenant):
    try:
        return stockage.get_modified_time(chemin) < maintenant - DUREE_DES_ORPHELINES
    except FileNotFoundError:
        return False
