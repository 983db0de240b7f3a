"""For whoever lost everything: their second factor is set up anew."""

from django.core.management.base import BaseCommand, CommandError

from comptes.models import Utilisateur
from comptes.second_facteur import retirer_facteurs


class Command(BaseCommand):
    help = "Retire le second facteur d'une personne qui a tout perdu, et met fin à ses connexions."

    def add_arguments(self, parser):
        parser.add_argument("adresse")

    def handle(self, *args, **options):
        personne = Utilisateur.objects.filter(email=options["adresse"].lower()).first()
        if personne is None:
            raise CommandError("Aucun compte n'a cette adresse.")
        retirer_facteurs(personne)
        self.stdout.write("Second facteur retiré, connexions terminées.")
