"""`manage.py importer RESSOURCE FICHIER`: the engine of the screens, for the command line. Previews unless told."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from tableurs import lots
from tableurs.enums import Seau
from tableurs.lecture import FichierIllisible
from tableurs.ressources import toutes

ILLISIBLE, REFUS = 2, 1
PROBLEMES_MONTRES = 20


class Command(BaseCommand):
    help = "Compare un fichier avec la base, et l'applique si on le demande."

    def add_arguments(self, parser):
        ressources = parser.add_subparsers(dest="ressource", required=True, metavar="RESSOURCE")
        for cle, classe in toutes().items():
            sous = ressources.add_parser(cle, help=classe.nom)
            sous.add_argument("fichier", metavar="FICHIER")
            sous.add_argument("--feuille", metavar="NOM", help="nom de la feuille, ou son rang (1 pour la première)")
            sous.add_argument("--appliquer", action="store_true", help="applique ce qui a été comparé")
            sous.add_argument("--partiel", action="store_true", help="applique même si des lignes sont refusées")
            sous.add_argument("--json", action="store_true", help="résultat en JSON sur la sortie")
            classe.arguments(sous)

    def handle(self, *args, ressource, fichier, feuille, appliquer, partiel, **options):
        choisies = toutes()[ressource].options_de(options)
        try:
            with Path(fichier).open("rb") as ouvert:
                lot = lots.deposer(ouvert, Path(fichier).name, ressource, choisies, feuille=feuille)
        except (FichierIllisible, lots.ColonnesIncompletes, OSError) as erreur:
            self.stderr.write(str(erreur))
            sys.exit(ILLISIBLE)
        try:
            if appliquer and (partiel or not lot.refuses):
                lots.appliquer(lot, partiel=partiel)
        except lots.ActionImpossible as erreur:
            self.stderr.write(str(erreur))
            sys.exit(REFUS)
        if options["json"]:
            self.stdout.write(json.dumps(self._resultat(lot), ensure_ascii=False))
        else:
            self._raconter(lot)
        if lot.refuses:
            sys.exit(REFUS)

    def _problemes(self, lot):
        for ligne in lot.details.filter(seau=Seau.REFUSEE).order_by("pk").iterator():
            for probleme in ligne.problemes:
                yield {
                    "feuille": lot.feuille,
                    "ligne": ligne.numero,
                    "colonne": probleme["lettre"] or probleme["colonne"],
                    "valeur": probleme["valeur"],
                    "raison": f"{probleme['raison']} {probleme['remede']}",
                }

    def _resultat(self, lot):
        noms = ("lignes", "crees", "modifies", "inchanges", "refuses", "doublons", "disparus")
        return {**{nom: getattr(lot, nom) for nom in noms}, "problemes": list(self._problemes(lot))}

    def _raconter(self, lot):
        self.stdout.write(f"{lot.nom_fichier} ({lot.lu_comme}), feuille « {lot.feuille} »")
        for remarque in lot.remarques:
            self.stdout.write(f"  {remarque['texte']}")
        self.stdout.write(
            f"{lot.lignes} lignes = {lot.crees} créées + {lot.modifies} modifiées + {lot.inchanges} inchangées "
            f"+ {lot.refuses} refusées + {lot.doublons} doublons ; {lot.disparus} disparus"
        )
        for probleme, _ in zip(self._problemes(lot), range(PROBLEMES_MONTRES), strict=False):
            self.stdout.write(f"  ligne {probleme['ligne']}, {probleme['colonne']} : {probleme['raison']}")
        self.stdout.write(f"État : {lot.get_etat_display()} ({lot.cle})")
