"""`manage.py charger_reference`: the real programme, from `fixtures/`, as often as one likes."""

from django.core.management.base import BaseCommand

import programme.reference
import territoires.reference
from tableurs.francais import nombre


class Command(BaseCommand):
    help = "Charge le découpage administratif, les listes de territoires et le catalogue du programme."

    def handle(self, *args, **options):
        for libelle, bilan in {**territoires.reference.charger(), **programme.reference.charger()}.items():
            self.stdout.write(
                f"{libelle.capitalize()} : {nombre(bilan.crees)} créés, {nombre(bilan.modifies)} modifiés, "
                f"{nombre(bilan.inchanges)} inchangés"
            )
