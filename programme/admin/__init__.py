"""The programme in the admin."""

from . import argent, campagnes, catalogue, comites, projets, suivi  # noqa: F401 - register their pages
