"""`manage.py importer RESSOURCE FICHIER`: the engine of the screens, for the command line. Previews unless told."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from tableurs import lots
from tableurs.enums import Seau
from tableurs.exports_de_lots import exporter_refus
from tableurs.lecture import FichierIllisible, ouvrir
from tableurs.ressources import toutes

ILLISIBLE, REFUS = 2, 1
PROBLEMES_MONTRES = 20
SANS_AUTEUR = (
    "Ce contenu ne s'importe pas en ligne de commande : il dépend des droits de la personne qui l'importe. "
    "Déposez le fichier sur la page des imports du portail."
)


def nom_de_la_feuille(fichier, nom, demandee):
    """Return the name of the sheet asked for by its name or its rank, None when any will do.

    A sheet may be named « 2 »: names come first. Raises `FichierIllisible`.
    """
    if demandee is None or not demandee.isdecimal():
        return demandee
    with ouvrir(fichier, nom) as classeur:
        noms = [feuille.nom for feuille in classeur.feuilles]
    rang = int(demandee[:6])
    return noms[rang - 1] if demandee not in noms and 1 <= rang <= len(noms) else demandee


class Command(BaseCommand):
    help = "Compare un fichier avec la base, et l'applique si on le demande."

    def add_arguments(self, parser):
        ressources = parser.add_subparsers(dest="ressource", required=True, metavar="RESSOURCE")
        for cle, classe in toutes().items():
            sous = ressources.add_parser(cle, help=classe.nom)
            sous.add_argument("fichier", metavar="FICHIER")
            sous.add_argument("--feuille", metavar="N", help="nom de la feuille, ou son rang (1 pour la première)")
            sous.add_argument(
                "--tableau",
                type=int,
                default=1,
                metavar="N",
                help="rang du tableau, quand sa feuille en contient plusieurs (1 pour le premier)",
            )
            sous.add_argument("--appliquer", action="store_true", help="applique ce qui a été comparé")
            sous.add_argument("--partiel", action="store_true", help="applique même si des lignes sont refusées")
            sous.add_argument("--json", action="store_true", help="résultat en JSON sur la sortie")
            sous.add_argument("--rejets", metavar="SORTIE.xlsx", help="y écrit les lignes refusées, à corriger")
            classe.arguments(sous)

    def handle(self, *args, ressource, fichier, feuille, tableau, appliquer, partiel, **options):
        if toutes()[ressource].demande_un_auteur:
            self.stderr.write(SANS_AUTEUR)
            sys.exit(ILLISIBLE)
        choisies = toutes()[ressource].options_de(options)
        try:
            with Path(fichier).open("rb") as ouvert:
                nom = Path(fichier).name
                choix = {"feuille": nom_de_la_feuille(ouvert, nom, feuille), "tableau": tableau - 1}
                lot = lots.deposer(ouvert, nom, ressource, choisies, **choix)
        except (FichierIllisible, lots.ColonnesIncompletes, OSError) as erreur:
            self.stderr.write(str(erreur))
            sys.exit(ILLISIBLE)
        try:
            if appliquer and (partiel or not lot.refuses):
                lots.appliquer(lot, partiel=partiel)
        except lots.ActionImpossible as erreur:
            self.stderr.write(str(erreur))
            sys.exit(REFUS)
        if options["rejets"] and lot.refuses:
            self._ecrire_les_rejets(lot, Path(options["rejets"]))
        if options["json"]:
            self.stdout.write(json.dumps(self._resultat(lot), ensure_ascii=False))
        else:
            self._raconter(lot)
        if lot.refuses:
            sys.exit(REFUS)

    def _ecrire_les_rejets(self, lot, chemin):
        try:
            with chemin.open("wb") as sortie:
                exporter_refus(lot).enregistrer(sortie)
        except OSError as erreur:
            # What was asked first is done: its result is told all the same.
            self.stderr.write(f"Les lignes refusées n'ont pas pu être écrites : {erreur}")

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
