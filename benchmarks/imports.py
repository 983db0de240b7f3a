"""Imports against stock django-import-export: preview then confirm, as its admin does, each in a process of its own.

The rows are groups of communes, half of them new, half of them changed, with their history. Stock reads and writes
every row twice and slows down with them: it is measured on a few thousand rows and its time taken in proportion.
"""

import csv
import datetime
import json
import sys
import tempfile
import time
from pathlib import Path

import django

from benchmarks.processus import memoire_maximale, mesurer_ailleurs

PETIT, PUBLIE, GRAND = 124, 15_697, 100_000
LIGNES_DE_L_ORIGINE = 4_000
TOURS = 2
# Goals: how many times faster than stock, by database; statements; peak memory of the whole process in MB.
BUTS = {PUBLIE: {"sqlite": 10, "postgresql": 10}, GRAND: {"sqlite": 10, "postgresql": 20}}
REQUETES_DU_PETIT = 40
REQUETES, REQUETES_PAR_LIGNES, PAR_LIGNES = 30, 4, 2_000
MEMOIRE_MAX = 300
CHAMPS = ("code", "nature", "nom", "departement", "population", "superficie", "codes_postaux", "du")
# No real SIREN nor INSEE code begins with it.
PREFIXE = "00"


def _siren(rang):
    from tableurs.valeurs.codes import cle_de_luhn

    debut = f"{PREFIXE}{rang + 1:06d}"
    return next(debut + cle for cle in "0123456789" if cle_de_luhn(debut + cle))


def _lignes(nombre):
    for rang in range(nombre):
        yield [_siren(rang), "CC", f"CC de l'Essai n° {rang}", "01", str(rang), str(rang % 900), "01000", "2019-01-01"]


def _preparer(nombre, chemin):
    """Write the file of `nombre` rows, and in the base the half of them that it will change."""
    from tableurs import masse
    from territoires.models import Collectivite

    _vider()
    with chemin.open("w", encoding="utf-8", newline="") as fichier:
        csv.writer(fichier).writerows([CHAMPS, *_lignes(nombre)])
    communs = {"nature": "CC", "departement_id": "01", "population": 1, "du": datetime.date(2019, 1, 1)}
    codes = [ligne[0] for ligne in _lignes(nombre)][::2]
    masse.inserer(Collectivite, [Collectivite(code=code, nom="Ancien nom", **communs) for code in codes])


def _vider():
    from django_tasks_db.models import DBTaskResult

    from tableurs.models import LigneImport, LotImport
    from territoires.models import Collectivite

    for lignes in (
        LigneImport.objects.all(),
        LotImport.objects.all(),
        DBTaskResult.objects.all(),
        Collectivite.historique.filter(code__startswith=PREFIXE),
        Collectivite.objects.filter(code__startswith=PREFIXE),
    ):
        lignes._raw_delete("default")


def _du_portail(chemin):
    from tableurs import lots

    with chemin.open("rb") as fichier:
        lot = lots.deposer(fichier, chemin.name, "collectivites")
    lots.appliquer(lot)
    return lot.crees, lot.modifies


def _d_origine(chemin):
    from import_export import resources
    from import_export.formats import base_formats

    from territoires.models import Collectivite

    class Ressource(resources.ModelResource):
        class Meta:
            model = Collectivite
            fields = CHAMPS
            import_id_fields = ("code",)

    for essai in (True, False):
        donnees = base_formats.CSV().create_dataset(chemin.read_text(encoding="utf-8"))
        resultat = Ressource().import_data(
            donnees, dry_run=essai, raise_errors=False, retain_instance_in_row_result=not essai
        )
        if resultat.has_errors() or resultat.has_validation_errors():
            raise SystemExit("django-import-export refuse le fichier de mesure")
    return resultat.totals["new"], resultat.totals["update"]


def _mesurer_ici(qui, nombre, compter):
    """Print {secondes, memoire (MB), requetes} of one import made in this process."""
    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tableurs import masse

    importer = {"portail": _du_portail, "origine": _d_origine}[qui]
    copies = []
    if compter:
        # Django does not see COPY.
        copier = masse._copier
        masse._copier = lambda *arguments: (copies.append(1), copier(*arguments))
    with tempfile.TemporaryDirectory() as dossier:
        chemin = Path(dossier) / "mesure.csv"
        _preparer(nombre, chemin)
        del copies[:]
        debut = time.perf_counter()
        if compter:
            with CaptureQueriesContext(connection) as requetes:
                faits = importer(chemin)
        else:
            requetes, faits = [], importer(chemin)
        duree = time.perf_counter() - debut
    if faits != (nombre // 2, nombre - nombre // 2):
        raise SystemExit(f"{qui} : {faits} lignes au lieu de {nombre}")
    _vider()
    mesure = {"secondes": duree, "memoire": memoire_maximale(), "requetes": len(requetes) + len(copies)}
    print(json.dumps(mesure))


def mesurer_imports():
    """Print a table; return the goals missed."""
    from django.db import connection

    print(
        f"\nImports face à django-import-export, aperçu et confirmation ({connection.vendor}) ; son temps est mesuré "
        f"sur {LIGNES_DE_L_ORIGINE} lignes et compté en proportion"
    )
    print(f"{'lignes':>8} {'portail':>10} {'origine':>10} {'rapport':>12} {'requêtes':>10} {'Mo':>9}")
    manques, origines, portails = [], [], {PUBLIE: [], GRAND: []}
    for _ in range(TOURS):
        origines.append(mesurer_ailleurs("benchmarks.imports", "origine", LIGNES_DE_L_ORIGINE))
        for nombre, mesures in portails.items():
            mesures.append(mesurer_ailleurs("benchmarks.imports", "portail", nombre))
    comptes = {
        nombre: mesurer_ailleurs("benchmarks.imports", "portail", nombre, "compter")
        for nombre in (PETIT, PUBLIE, GRAND)
    }
    if None in (*origines, *portails[PUBLIE], *portails[GRAND], *comptes.values()):
        return ["imports non mesurés"]
    # The best of each: other work on the machine only makes a run slower.
    par_ligne = min(mesure["secondes"] for mesure in origines) / LIGNES_DE_L_ORIGINE
    for nombre, compte in comptes.items():
        permises = REQUETES_DU_PETIT if nombre == PETIT else REQUETES + REQUETES_PAR_LIGNES * -(-nombre // PAR_LIGNES)
        if compte["requetes"] > permises:
            manques.append(f"import de {nombre} lignes : {compte['requetes']} requêtes au lieu de {permises}")
        if nombre not in BUTS:
            print(f"{nombre:8} {'':34} {compte['requetes']:6}/{permises}")
            continue
        portail = min(mesure["secondes"] for mesure in portails[nombre])
        memoire = max(mesure["memoire"] for mesure in portails[nombre])
        but, rapport = BUTS[nombre][connection.vendor], par_ligne * nombre / portail
        print(
            f"{nombre:8} {portail:9.1f}s {par_ligne * nombre:9.1f}s {rapport:8.1f}/{but:<3} "
            f"{compte['requetes']:6}/{permises} {memoire:5.0f}/{MEMOIRE_MAX}"
        )
        if rapport < but:
            manques.append(f"import de {nombre} lignes : {rapport:.1f} fois au lieu de {but}")
        if memoire > MEMOIRE_MAX:
            manques.append(f"import de {nombre} lignes : {memoire:.0f} Mo au lieu de {MEMOIRE_MAX}")
    return manques


if __name__ == "__main__":
    _mesurer_ici(sys.argv[1], int(sys.argv[2]), compter="compter" in sys.argv[3:])
