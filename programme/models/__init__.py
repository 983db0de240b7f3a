"""What the programme does: its catalogue, its projects and their life."""

from .actualisations import Actualisation, DecisionDActualisation
from .avis import Avis
from .campagnes import Campagne, PointDeSuivi
from .catalogue import Besoin, ChiffreAnnonce, Enveloppe, Mesure
from .comites import Comite, PointDeComite
from .contrats import Contrat
from .documents_signes import DocumentSigne
from .dotations import ActeDeDotation, Dotation, Exercice, Ouverture
from .etiquettes import Etiquette
from .faits_importes import FaitImporte
from .financements import Financement, VersementPrevu
from .habilitations import Operateur, Porteur
from .messages import Message
from .mouvements import Ecart, Mouvement
from .numeros import Compteur
from .perimetres import DeliberationDePerimetre, DemandeDePerimetre, PassageDePerimetre
from .pieces import Piece
from .projets import Projet
from .propositions import PropositionDeFiche
from .propositions_de_dotation import PropositionDeDotation
from .remarques import Remarque
from .scenarios import LigneDeScenario, Scenario
from .suivi import Frein, Indicateur, Jalon, Releve
from .vie import Decision
from .vues import VueDeProjets

__all__ = [
    "ActeDeDotation",
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
    "Dotation",
    "Ecart",
    "Enveloppe",
    "Etiquette",
    "Exercice",
    "FaitImporte",
    "Financement",
    "Frein",
    "Indicateur",
    "Jalon",
    "LigneDeScenario",
    "Message",
    "Mesure",
    "Mouvement",
    "Operateur",
    "Ouverture",
    "PassageDePerimetre",
    "Piece",
    "PointDeComite",
    "PointDeSuivi",
    "Porteur",
    "Projet",
    "PropositionDeDotation",
    "PropositionDeFiche",
    "Releve",
    "Remarque",
    "Scenario",
    "VersementPrevu",
    "VueDeProjets",
]
