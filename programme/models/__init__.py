"""What the programme does: its catalogue, its projects and their life."""

from .catalogue import Besoin, ChiffreAnnonce, Enveloppe, Mesure
from .habilitations import Porteur
from .numeros import Compteur
from .projets import Etiquette, Projet
from .propositions import PropositionDeFiche
from .suivi import Frein, Indicateur, Jalon, Releve
from .vie import Decision

__all__ = [
    "Besoin",
    "ChiffreAnnonce",
    "Compteur",
    "Decision",
    "Enveloppe",
    "Etiquette",
    "Frein",
    "Indicateur",
    "Jalon",
    "Mesure",
    "Porteur",
    "Projet",
    "PropositionDeFiche",
    "Releve",
]
