"""What the tests of invitations share: who is invited, pages read, time that passes."""

import re
from datetime import timedelta

from django.utils.html import strip_tags

from comptes.models import Invitation

ADRESSE = "claude.martin@ville.example"


def texte(reponse):
    """Return what a reader sees of a page, on one line, all spaces alike."""
    brut = strip_tags(reponse.content.decode()).replace("&#x27;", "'").replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", brut)


def erreurs(reponse):
    """Return the fields of the form that the page refuses."""
    assert reponse.status_code == 200
    return set(reponse.context["formulaire"].errors)


def vieillir(invitation, jours):
    """Sent some days earlier."""
    Invitation.objects.filter(pk=invitation.pk).update(envoyee_le=invitation.envoyee_le - timedelta(days=jours))
    invitation.refresh_from_db()
