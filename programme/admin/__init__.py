"""The programme in the admin."""

from . import campagnes, catalogue, comites, projets, suivi  # noqa: F401 - register their pages
