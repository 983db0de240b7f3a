"""Forget attempts to sign in that no longer count: they hold network addresses."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone


class Command(BaseCommand):
    help = "Efface les comptages d'essais de connexion périmés. Sans effet sur ceux qui comptent encore."

    def handle(self, *args, **options):
        table = connection.ops.quote_name(settings.CACHES["default"]["LOCATION"])
        # As the cache writes them: in UTC, without a zone where the database has none.
        maintenant = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))
        with connection.cursor() as curseur:
            curseur.execute(f"DELETE FROM {table} WHERE expires < %s", [maintenant])  # noqa: S608 - our table
            self.stdout.write(f"{curseur.rowcount} comptages effacés.")
