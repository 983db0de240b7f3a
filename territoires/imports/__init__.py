"""What is imported in this room: lists of territories in the layouts that are published, administrative map."""

from territoires.imports.collectivites import ImportCollectivites
from territoires.imports.listes import ImportTerritoires

__all__ = ["ImportCollectivites", "ImportTerritoires"]
