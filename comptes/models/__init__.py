"""People, what they may do, and what they are told."""

from .courriers import Courrier, EtatCourrier, PreferenceCourrier
from .equipe import EquipeNationale
from .invitations import EtatInvitation, Invitation
from .utilisateurs import Utilisateur

__all__ = [
    "Courrier",
    "EquipeNationale",
    "EtatCourrier",
    "EtatInvitation",
    "Invitation",
    "PreferenceCourrier",
    "Utilisateur",
]
