import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from territoires.construction.assemblage import construire
from territoires.construction.fichiers import CorrectionInapplicable, ecrire, lire_corrections
from territoires.construction.sources import SourceIndisponible, Sources

DOSSIER = settings.BASE_DIR / "fixtures" / "reference"


class Command(BaseCommand):
    help = (
        "Reconstruit les fichiers de référence (régions, départements, communes, groupements, contours) "
        "à partir des paquets publics. Deux constructions donnent les mêmes fichiers."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--cache",
            type=Path,
            help="Dossier où garder les paquets récupérés (par défaut : un dossier temporaire, effacé).",
        )
        parser.add_argument(
            "--sortie",
            type=Path,
            default=DOSSIER,
            help="Dossier à remplir (par défaut : fixtures/reference).",
        )

    def handle(self, *, cache, sortie, **options):
        try:
            if cache:
                cache.mkdir(parents=True, exist_ok=True)
                self.construire(cache, sortie)
            else:
                with tempfile.TemporaryDirectory() as temporaire:
                    self.construire(Path(temporaire), sortie)
        except (SourceIndisponible, CorrectionInapplicable) as erreur:
            raise CommandError(str(erreur)) from erreur

    def construire(self, cache: Path, sortie: Path) -> None:
        sources = Sources(cache)
        self.stdout.write("Récupération des paquets…")
        sources.recuperer()
        self.stdout.write("Construction (une à deux minutes)…")
        corrections = lire_corrections(DOSSIER / "corrections.csv")
        for nom, contenu in construire(sources, corrections).items():
            chemin = sortie / nom
            avant = chemin.read_bytes() if chemin.exists() else None
            ecrire(chemin, contenu)
            etat = "inchangé" if chemin.read_bytes() == avant else "écrit"
            lignes = len(contenu.splitlines()) - 1
            detail = f"{lignes} lignes, " if ".csv" in nom else ""
            self.stdout.write(f"  {nom} : {etat} ({detail}{chemin.stat().st_size} octets)")
        self.stdout.write(self.style.SUCCESS(f"Référence construite dans {sortie}."))
