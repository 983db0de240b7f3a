"""What is imported here: the programme's measures and envelopes, a region's projects, their porteurs, their money."""

from programme.imports import argent, catalogue, invitations, projets, suivi  # noqa: F401 - declare themselves
