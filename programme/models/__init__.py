"""What the programme does: its catalogue, its projects and their life."""

from .catalogue import Besoin, ChiffreAnnonce, Enveloppe, Mesure
from .habilitations import Porteur
from .messages import Message
from .numeros import Compteur
from .pieces import Piece
from .projets import Etiquette, Projet
from .propositions import PropositionDeFiche
from .remarques import Remarque
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
    "Message",
    "Mesure",
    "Piece",
    "Porteur",
    "Projet",
    "PropositionDeFiche",
    "Releve",
    "Remarque",
]
