"""What is imported in this room: lists of territories as they are published, administrative map, invitations."""

from territoires.imports.collectivites import ImportCollectivites
from territoires.imports.invitations import ImportEquipes, ImportPilotes
from territoires.imports.listes import ImportTerritoires

__all__ = ["ImportCollectivites", "ImportEquipes", "ImportPilotes", "ImportTerritoires"]
