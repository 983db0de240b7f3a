"""People, what they may do, and what they are told."""

from .adresses import ChangementAdresse, EtatChangement
from .courriers import Courrier, EtatCourrier, PreferenceCourrier
from .equipe import EquipeNationale
from .invitations import EtatInvitation, Invitation
from .utilisateurs import Utilisateur, nom_dit

__all__ = [
    "ChangementAdresse",
    "Courrier",
    "EquipeNationale",
    "EtatChangement",
    "EtatCourrier",
    "EtatInvitation",
    "Invitation",
    "PreferenceCourrier",
    "Utilisateur",
    "nom_dit",
]
