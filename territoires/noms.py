"""The names by which files call territories."""

from territoires.models import Territoire
from territoires.models.habilitations import inscriptions_actuelles


def noms_des_territoires():
    """Yield (key, name) for all names of all territories, those that tell them apart best first."""
    for cle, code, slug, nom in Territoire.objects.values_list("pk", "code", "slug", "nom"):
        yield from ((cle, slug), (cle, code), (cle, nom))
    for cle, code, nom in inscriptions_actuelles().values_list("territoire_id", "code", "nom"):
        yield from ((cle, code), (cle, nom))
