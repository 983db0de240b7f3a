"""A fictional administrator, to look around on one's own machine."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from comptes.models import Utilisateur

COURRIEL = "equipe@demo.example"
# Known to everyone, hence the refusal outside development.
MOT_DE_PASSE = "demonstration-locale"


class Command(BaseCommand):
    help = "Crée un compte d'administration fictif sur une base de développement sans compte. Sans effet sinon."

    def handle(self, *args, **options):
        if not settings.DEVELOPPEMENT:
            raise CommandError(
                "Le compte de démonstration a un mot de passe connu de tous : "
                "il n'existe qu'en développement (ENVIRONNEMENT=developpement)."
            )
        demo = Utilisateur.objects.filter(email=COURRIEL).first()
        if demo is None:
            if Utilisateur.objects.exists():
                self.stdout.write("La base a déjà des comptes : aucun compte de démonstration n'est ajouté.")
                return
            demo = Utilisateur.objects.create_superuser(
                COURRIEL, MOT_DE_PASSE, prenom="Équipe", nom="Démonstration", fonction="Compte fictif"
            )
        if demo.check_password(MOT_DE_PASSE):
            self.stdout.write(f"Compte de démonstration : {COURRIEL}, mot de passe « {MOT_DE_PASSE} »")
        else:
            self.stdout.write(f"Compte de démonstration : {COURRIEL}, avec le mot de passe que vous avez choisi")
