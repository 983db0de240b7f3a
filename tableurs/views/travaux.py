"""Comparing and applying: at once for a small file, by the worker for a large one."""

from tableurs import lots


def comparer(lot):
    lots.comparer(lot)


def appliquer(lot, auteur, partiel):
    lots.appliquer(lot, auteur, partiel)
