"""Putting away projects that have ended: a date and who said so, kept in the history; it can be taken back."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.acces import aujourdhui
from comptes.parcours import TransitionImpossible
from programme.enums import EtatProjet
from programme.models import Projet


def archiver(projet, par):
    """Raises `TransitionImpossible`, in words, or `PermissionDenied`."""
    with transaction.atomic():
        _verrouiller(projet, par)
        if projet.archive_le:
            raise TransitionImpossible("Ce projet est déjà archivé.")
        if projet.etat not in EtatProjet.archivables():
            etat = projet.get_etat_display()
            raise TransitionImpossible(f"« {etat} » : seul un projet terminé ou non inscrit s'archive.")
        projet.archive_le, projet.archive_par = aujourdhui(), par
        _enregistrer(projet, par, "Archivé")


def desarchiver(projet, par):
    """Raises `TransitionImpossible`, in words, or `PermissionDenied`."""
    with transaction.atomic():
        _verrouiller(projet, par)
        if not projet.archive_le:
            raise TransitionImpossible("Ce projet n'est pas archivé.")
        projet.archive_le = projet.archive_par = None
        _enregistrer(projet, par, "Sorti des archives")


def _verrouiller(projet, par):
    projet.refresh_from_db(from_queryset=Projet.objects.select_for_update())
    if not Projet.objects.conduits_par(par).filter(pk=projet.pk).exists():
        raise PermissionDenied


def _enregistrer(projet, par, raison):
    projet._change_reason, projet._history_user = raison, par
    projet.save()
