"""The administrative map, the lists, and who acts for regions, the State and territories.

What is computed from them (coverage, perimeters, outlines, ways to look for a commune) is shown, never typed.
"""

from . import decoupage, habilitations, listes

__all__ = ["decoupage", "habilitations", "listes"]
