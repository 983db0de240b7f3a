"""The programme in the admin."""

from . import catalogue, projets, suivi  # noqa: F401 - register their pages
