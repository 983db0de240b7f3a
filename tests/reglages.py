"""Settings of the tests: those of development, quicker and stricter."""

import os

os.environ["ENVIRONNEMENT"] = "developpement"

from config.settings import *  # noqa: F403
from config.settings import TEMPLATES
from tests.outils.gabarits import VariableIndefinie

# Accounts made by factories come in with their password: the tests of the second factor ask for it.
DOMAINE_SANS_SECOND_FACTEUR = "exemple.example"
# Hashing slowly is the point in production, and most of the time of a test.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = VariableIndefinie()
