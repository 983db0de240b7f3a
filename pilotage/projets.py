"""Projects as the public pages of other things list them."""

from programme.models import Projet

# The list has the others.
PROJETS_MONTRES = 10


def projets_publics():
    """Return those that anyone may read, the latest to move first, each with its territory."""
    publics = Projet.objects.publics().filter(archive_le=None).select_related("territoire")
    return publics.order_by("-etat_depuis", "-pk")
