"""`make bench`: loads the real programme in the database of the environment, measures, exits 1 over a goal.

`make bench FOIS=100` also reads lists of a hundred times as many projects, on PostgreSQL.
"""

import os
import sys

import django


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command

    from benchmarks.argent import mesurer_argent
    from benchmarks.exports import mesurer_exports
    from benchmarks.imports import mesurer_imports
    from benchmarks.pages import mesurer_pages
    from benchmarks.projets import mesurer_projets

    call_command("migrate", verbosity=0)
    call_command("charger_reference", verbosity=0)
    fois = int(os.environ.get("FOIS", "1"))
    depassements = [*mesurer_pages(), *mesurer_exports(), *mesurer_imports(), *mesurer_projets(fois), *mesurer_argent()]
    if depassements:
        print(f"\nAu-delà du but : {', '.join(depassements)}")
    sys.exit(bool(depassements))


if __name__ == "__main__":
    main()
