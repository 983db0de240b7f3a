"""`manage.py comptes_inutilises`: warns, closes, erases accounts that nobody uses. The worker does it every day."""

from django.core.management.base import BaseCommand

from comptes import inutilises

# As `tableurs.francais`, which this room doesn't know.
FAITS = {
    "prevenir": ("{} compte prévenu", "{} comptes prévenus", "à prévenir"),
    "fermer": ("{} compte fermé", "{} comptes fermés", "à fermer"),
    "effacer": ("{} compte effacé", "{} comptes effacés", "à effacer"),
}


class Command(BaseCommand):
    help = (
        "Prévient à 11 mois sans connexion, ferme le compte à 12, l'efface à 24. "
        "Le dernier compte administrateur n'est jamais fermé."
    )

    def add_arguments(self, parser):
        parser.add_argument("--a-blanc", action="store_true", help="dit ce qui serait fait, sans rien faire")

    def handle(self, *args, a_blanc, **options):
        bilan = inutilises.passer(a_blanc=a_blanc)
        for etape, (singulier, pluriel, a_faire) in FAITS.items():
            comptes = bilan[etape]
            if a_blanc:
                self.stdout.write(f"{len(comptes)} {a_faire}")
                for compte in comptes:
                    self.stdout.write(f"  {compte.email}, sans connexion depuis le {compte.activite:%d/%m/%Y}")
            else:
                self.stdout.write((pluriel if len(comptes) > 1 else singulier).format(len(comptes)))
