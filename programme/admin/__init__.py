"""The programme in the admin."""

from . import catalogue  # noqa: F401 - registers its pages
