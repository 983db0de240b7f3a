"""What is imported in this room: the programme's measures and envelopes, the projects of a region."""

from programme.imports import catalogue, projets, suivi  # noqa: F401 - declare themselves
