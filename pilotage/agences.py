"""What the public page of an agency shows, gathered in a number of queries that doesn't grow."""

from agences import zones
from agences.enums import NiveauAgence
from agences.models import LIEUX, Agence, Desserte
from territoires.models import Inscription, Liste, liste_en_vigueur

# Of the nearest first: what a company of the territory looks for.
RANGS = {niveau: rang for rang, niveau in enumerate(reversed(NiveauAgence))}


class FicheAgence:
    """An agency, its area of today and the territories of the list in force that it covers."""

    def __init__(self, agence):
        self.agence = agence
        dessertes = Desserte.objects.en_cours().filter(agence=agence)
        self.lieux = par_genre(dessertes.select_related(*LIEUX))
        self.liste = liste_en_vigueur(Liste.objects.select_related("phase"))
        couvertes = Inscription.objects.filter(zones.inscriptions_couvertes(dessertes), liste=self.liste)
        # Without an area, none: not even asked.
        self.territoires = list(couvertes.select_related("territoire")) if self.lieux else []


def agences_du_territoire(territoire):
    """Return the agencies that cover a territory today, the nearest first."""
    agences = Agence.objects.ouvertes().couvrant([territoire.pk])
    return sorted(agences, key=lambda agence: (RANGS[agence.niveau], agence.nom_normalise))


def par_genre(dessertes):
    """Return [(kind of place, places, by name)] of the kinds that there are, the widest first."""
    lieux = {lieu: [] for lieu in LIEUX}
    for desserte in dessertes:
        genre = next(lieu for lieu in LIEUX if getattr(desserte, f"{lieu}_id") is not None)
        lieux[genre].append(desserte.lieu)
    return [(genre, sorted(siens, key=lambda lieu: lieu.nom)) for genre, siens in lieux.items() if siens]
