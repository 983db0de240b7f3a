"""Check that every stored sum of money is what the journal says."""

from django.core.management.base import BaseCommand, CommandError

from programme.argent.verification import constater
from programme.models import Dotation, Exercice, Financement
from tableurs.francais import INSECABLE, nombre, pluriel


class Command(BaseCommand):
    help = "Recalcule chaque montant gardé depuis le journal. Sort en erreur, et dit lesquels, si l'un est faux."

    def handle(self, *args, **options):
        faux = constater()
        for un in faux:
            self.stdout.write(str(un))
        if faux:
            raise CommandError(f"{_compter(len(faux), 'montant faux', 'montants faux')} : le journal dit autre chose.")
        comptes = (
            (Financement, "financement", "financements"),
            (Dotation, "enveloppe régionale", "enveloppes régionales"),
            (Exercice, "exercice", "exercices"),
        )
        vus = [_compter(modele.objects.count(), *mots) for modele, *mots in comptes]
        self.stdout.write(f"Les comptes sont justes : {', '.join(vus)}, recalculés depuis le journal.")


def _compter(combien, singulier, au_pluriel):
    return f"{nombre(combien)}{INSECABLE}{pluriel(combien, singulier, au_pluriel)}"
