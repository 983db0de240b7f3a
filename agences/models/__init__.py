"""Who helps: agencies, the areas that they serve, federations, and who acts for them."""

from .habilitations import Cner, Correspondant, MembreFederation
from .organismes import LIEUX, Agence, Desserte, Federation

__all__ = ["LIEUX", "Agence", "Cner", "Correspondant", "Desserte", "Federation", "MembreFederation"]
