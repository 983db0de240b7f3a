#!/usr/bin/env python
"""Command line of the portal: development on SQLite unless the environment says otherwise."""

import os
import sys


def main():
    # A machine that carries a production key is a production machine: nothing is guessed there.
    if "SECRET_KEY" not in os.environ:
        os.environ.setdefault("ENVIRONNEMENT", "developpement")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
