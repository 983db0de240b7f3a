"""Who helps: agencies, the areas that they serve, federations, and who acts for them."""

from .habilitations import Cner, Correspondant, MembreFederation
from .organismes import Agence, Desserte, Federation

__all__ = ["Agence", "Cner", "Correspondant", "Desserte", "Federation", "MembreFederation"]
