"""`make bench`: loads the real programme in the database of the environment, measures, exits 1 over a goal."""

import os
import sys

import django


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command

    from benchmarks.exports import mesurer_exports
    from benchmarks.imports import mesurer_imports
    from benchmarks.pages import mesurer_pages

    call_command("migrate", verbosity=0)
    call_command("charger_reference", verbosity=0)
    depassements = [*mesurer_pages(), *mesurer_exports(), *mesurer_imports()]
    if depassements:
        print(f"\nAu-delà du but : {', '.join(depassements)}")
    sys.exit(bool(depassements))


if __name__ == "__main__":
    main()
