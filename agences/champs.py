"""Fields of models."""

from django.core.validators import URLValidator
from django.db import models


class ChampSite(models.URLField):
    """The address of a web site; what is typed without « https:// » is given it."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def formfield(self, **kwargs):
        return super().formfield(**{"assume_scheme": "https", **kwargs})
