#!/usr/bin/env python
"""Command line of the portal: development on SQLite unless the environment says otherwise."""

import os
import sys
from pathlib import Path

from environs import Env


def main():
    # A machine that carries a production key is a production machine: nothing is guessed there, `.env` included.
    env = Env()
    env.read_env(Path(__file__).resolve().parent / ".env", recurse=False)
    if env.str("SECRET_KEY", None) is None and env.str("ENVIRONNEMENT", None) is None:
        os.environ["ENVIRONNEMENT"] = "developpement"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
