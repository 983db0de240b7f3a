"""What is imported in this room: agencies and their areas; invitations of their correspondents."""

from agences.imports import agences, invitations  # noqa: F401 - register their resources
