"""The administrative map and the lists, for the national team.

What is computed from them (coverage, perimeters, outlines, ways to look for a commune) is shown, never typed.
"""

from . import decoupage, listes

__all__ = ["decoupage", "listes"]
