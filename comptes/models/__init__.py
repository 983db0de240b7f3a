"""People, and what they may do."""

from .utilisateurs import Utilisateur

__all__ = ["Utilisateur"]
