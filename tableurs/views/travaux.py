"""Comparing, applying and undoing: at once for a small file, by the worker for a large one."""

from tableurs.lots import annuler, appliquer, comparer

__all__ = ["annuler", "appliquer", "comparer"]
