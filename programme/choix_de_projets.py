"""What the filters of projects propose of the reference: many rows that seldom change, kept until one of them does."""

from comptes.pages_publiques import garder
from programme.models import Besoin, Mesure
from territoires.models import Departement, Phase, Region, Territoire

MODELES = (Phase, Besoin, Mesure, Region, Departement, Territoire)


def choix_de_reference():
    """Return {name of the filter: [(key of the address, words, primary key)]}: one query once they were read."""
    return garder("choix-des-projets", MODELES, _lire)


def _lire():
    sources = {
        "besoin": ("code", Besoin.objects.all()),
        "mesure": ("code", Mesure.objects.all()),
        "region": ("pk", Region.objects.all()),
        "departement": ("pk", Departement.objects.all()),
        "territoire": ("slug", Territoire.objects.all()),
    }
    return {
        nom: [(str(getattr(objet, cle)), str(objet), objet.pk) for objet in objets]
        for nom, (cle, objets) in sources.items()
    }
