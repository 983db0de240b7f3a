"""An invented programme, to look around on one's own machine."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from comptes.models import Utilisateur
from pilotage.demonstration import PREFIXE, Demonstration
from pilotage.management.commands.creer_demo import DOMAINE
from programme.models import Projet


class Command(BaseCommand):
    help = "Invente des projets, dans tous les états, sur une base de développement. Sans effet s'il y en a déjà."

    def add_arguments(self, parser):
        parser.add_argument("--projets", type=int, default=400, help="combien de projets (400 par défaut)")

    def handle(self, *args, projets, **options):
        if not settings.DEVELOPPEMENT:
            raise CommandError(
                "Les projets de démonstration sont inventés : ils n'existent qu'en développement "
                "(ENVIRONNEMENT=developpement)."
            )
        if projets < 1:
            raise CommandError("--projets : au moins un.")
        if deja := Projet.objects.filter(titre__startswith=PREFIXE).count():
            self.stdout.write(f"La base a déjà {deja} projets de démonstration : aucun n'est ajouté.")
            return
        Demonstration(self._auteur()).peupler(projets)
        self.stdout.write(f"{projets} projets inventés, dont le titre commence par « {PREFIXE.strip()} ».")

    def _auteur(self):
        """Return who signs them: nobody, whose account opens nothing."""
        compte, _ = Utilisateur.objects.get_or_create(
            email=f"personne@{DOMAINE}",
            defaults={"prenom": "Personne", "nom": "(démonstration)", "fonction": "Compte fictif", "is_active": False},
        )
        if not compte.password:
            compte.set_unusable_password()
            compte.save()
        return compte
