"""Keeping an inscribed project from the public, and showing it again: a reason, kept in the history."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from programme.models import Projet


def restreindre(projet, par, motif):
    """Say why it isn't shown; "" shows it again. Raises `PermissionDenied`, or `ValidationError` by field."""
    with transaction.atomic():
        projet.refresh_from_db(from_queryset=Projet.objects.select_for_update())
        if not Projet.objects.instruisibles_par(par).filter(pk=projet.pk).exists():
            raise PermissionDenied
        projet.non_public_motif = motif
        projet.clean_fields(exclude=[champ.name for champ in projet._meta.fields if champ.name != "non_public_motif"])
        projet._change_reason = "Caché au public" if motif else "Montré au public"
        projet._history_user = par
        projet.save()
