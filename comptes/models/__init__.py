"""People, and what they may do."""

from .equipe import EquipeNationale
from .utilisateurs import Utilisateur

__all__ = ["EquipeNationale", "Utilisateur"]
