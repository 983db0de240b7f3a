"""`manage.py purger_pieces`: takes away files withdrawn for long, or of no row. The worker does it every day."""

from django.core.management.base import BaseCommand

from programme import pieces


class Command(BaseCommand):
    help = "Enlève du disque les pièces retirées depuis trente jours, et les fichiers qui ne sont à aucun projet."

    def handle(self, *args, **options):
        self.stdout.write(f"{pieces.nettoyer()} fichiers enlevés.")
