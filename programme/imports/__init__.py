"""What is imported in this room: the programme's measures and envelopes, the projects of a region, their porteurs."""

from programme.imports import catalogue, invitations, projets, suivi  # noqa: F401 - declare themselves
