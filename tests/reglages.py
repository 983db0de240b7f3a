"""Settings of the tests: those of development, quicker and stricter."""

import os

os.environ["ENVIRONNEMENT"] = "developpement"

from config.settings import *  # noqa: F403
from config.settings import TEMPLATES
from tests.outils.gabarits import VariableIndefinie

# Hashing slowly is the point in production, and most of the time of a test.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = VariableIndefinie()
