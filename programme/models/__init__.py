"""What the programme does: its catalogue, its projects and their life."""

from .actualisations import Actualisation, DecisionDActualisation
from .avis import Avis
from .campagnes import Campagne, PointDeSuivi
from .catalogue import Besoin, ChiffreAnnonce, Enveloppe, Mesure
from .comites import Comite, PointDeComite
from .contrats import Contrat
from .documents_signes import DocumentSigne
from .etiquettes import Etiquette
from .habilitations import Porteur
from .messages import Message
from .numeros import Compteur
from .perimetres import DeliberationDePerimetre, DemandeDePerimetre, PassageDePerimetre
from .pieces import Piece
from .projets import Projet
from .propositions import PropositionDeFiche
from .remarques import Remarque
from .suivi import Frein, Indicateur, Jalon, Releve
from .vie import Decision
from .vues import VueDeProjets

__all__ = [
    "Actualisation",
    "Avis",
    "Besoin",
    "Campagne",
    "ChiffreAnnonce",
    "Comite",
    "Compteur",
    "Contrat",
    "Decision",
    "DecisionDActualisation",
    "DeliberationDePerimetre",
    "DemandeDePerimetre",
    "DocumentSigne",
    "Enveloppe",
    "Etiquette",
    "Frein",
    "Indicateur",
    "Jalon",
    "Message",
    "Mesure",
    "PassageDePerimetre",
    "Piece",
    "PointDeComite",
    "PointDeSuivi",
    "Porteur",
    "Projet",
    "PropositionDeFiche",
    "Releve",
    "Remarque",
    "VueDeProjets",
]
