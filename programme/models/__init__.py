"""What the programme does: its catalogue, its projects and their life."""

from .campagnes import Campagne, PointDeSuivi
from .catalogue import Besoin, ChiffreAnnonce, Enveloppe, Mesure
from .habilitations import Porteur
from .numeros import Compteur
from .projets import Etiquette, Projet
from .propositions import PropositionDeFiche
from .suivi import Frein, Indicateur, Jalon, Releve
from .vie import Decision

__all__ = [
    "Besoin",
    "Campagne",
    "ChiffreAnnonce",
    "Compteur",
    "Decision",
    "Enveloppe",
    "Etiquette",
    "Frein",
    "Indicateur",
    "Jalon",
    "Mesure",
    "PointDeSuivi",
    "Porteur",
    "Projet",
    "PropositionDeFiche",
    "Releve",
]
