"""The programme in the admin."""

from . import catalogue, comites, projets, suivi  # noqa: F401 - register their pages
