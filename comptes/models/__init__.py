"""People, what they may do, and what they are told."""

from .courriers import Courrier, EtatCourrier, PreferenceCourrier
from .utilisateurs import Utilisateur

__all__ = ["Courrier", "EtatCourrier", "PreferenceCourrier", "Utilisateur"]
