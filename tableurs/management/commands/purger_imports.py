"""`manage.py purger_imports`: erases what is no longer to be kept of imports. The worker does it every day."""

from django.core.management.base import BaseCommand

from tableurs import veille
from tableurs.francais import INSECABLE, enumeration, nombre, pluriel


class Command(BaseCommand):
    help = "Efface les lignes des imports de plus d'un an, et les fichiers déposés que personne n'a repris."

    def handle(self, *args, **options):
        bilan = veille.purger()
        faits = [
            f"{nombre(combien)}{INSECABLE}{pluriel(combien, quoi, quoi.replace(' ', 's ') + 's')}"
            for quoi, combien in bilan.items()
            if combien
        ]
        self.stdout.write(f"Effacé : {enumeration(faits)}." if faits else "Rien à effacer.")
