"""`manage.py recalculer_perimetres`: for a timer, every night. The worker does it too, on the days that it knows of."""

from django.core.management.base import BaseCommand, CommandError

from tableurs.typographie import typographier
from territoires import echeances


class Command(BaseCommand):
    help = "Recalcule les périmètres des listes dont un membre est entré ou sorti depuis le dernier calcul."

    def handle(self, *args, **options):
        bilan = echeances.recalculer()
        if not bilan:
            self.stdout.write("Aucun membre n'est entré ni sorti depuis le dernier calcul.")
        for liste, phrases in bilan:
            resultat = " ".join(phrases) if phrases else "recalculés."
            self.stdout.write(typographier(f"Périmètres de « {liste} » : {resultat}"))
        if any(phrases for _, phrases in bilan):
            raise CommandError("Une liste se contredit : corrigez ses membres dans l'administration, puis recommencez.")
