"""Exports against stock django-import-export: the same rows and columns, each in a process of its own, in turn."""

import json
import sys
import tempfile
import time

import django

from benchmarks.processus import memoire_maximale, mesurer_ailleurs

LIGNES = 100_000
TOURS = 2
# Goals: how many times faster than stock, and the peak memory of the whole process in MB.
BUTS = {"csv": 5, "xlsx": 2.5}
MEMOIRE_MAX = 130
# No real code begins with it.
PREFIXE = "Z"
CHIFFRES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _code(rang):
    lettres = []
    for _ in range(4):
        rang, reste = divmod(rang, len(CHIFFRES))
        lettres.append(CHIFFRES[reste])
    return PREFIXE + "".join(reversed(lettres))


def _remplir():
    """Copy a commune many times; without history, since what is measured is reading."""
    from territoires.models import Collectivite

    _vider()
    origine = Collectivite.objects.communes().filter(codes_postaux__gt="").order_by("code").first()
    if origine is None:
        raise SystemExit("Pas de commune à copier : lancer d'abord charger_reference.")
    champs = {
        champ.attname: getattr(origine, champ.attname)
        for champ in Collectivite._meta.concrete_fields
        if not champ.primary_key
    }
    Collectivite.objects.bulk_create(
        (
            Collectivite(code=_code(rang), **{**champs, "nom": f"{origine.nom} {rang}", "du": "2019-01-01"})
            for rang in range(LIGNES)
        ),
        batch_size=2000,
    )


def _vider():
    from territoires.models import Collectivite

    Collectivite.objects.filter(code__startswith=PREFIXE)._raw_delete("default")


def _lignes():
    from territoires.models import Collectivite

    return Collectivite.objects.filter(code__startswith=PREFIXE).order_by("code")


def _du_portail(format, sortie):
    from tableurs.exports import ColonneExport, Export, TypeColonne
    from territoires.enums import NatureCollectivite

    colonnes = (
        ColonneExport("code", "Code", type=TypeColonne.CODE),
        ColonneExport("nature", "Nature", choix=NatureCollectivite.choices),
        ColonneExport("nom", "Nom"),
        ColonneExport("departement", "Département", "departement_id", TypeColonne.CODE),
        ColonneExport("nom_departement", "Nom du département", "departement__nom"),
        ColonneExport("population", "Population", type=TypeColonne.ENTIER),
        ColonneExport("superficie", "Superficie", type=TypeColonne.NOMBRE),
        ColonneExport("codes_postaux", "Codes postaux", type=TypeColonne.CODE),
        ColonneExport("du", "Depuis le", type=TypeColonne.DATE),
        ColonneExport("au", "Jusqu'au", type=TypeColonne.DATE),
    )
    Export("mesure", "Mesure", colonnes).fichier(format, _lignes()).enregistrer(sortie)


def _d_origine(format, sortie):
    from import_export import resources
    from import_export.formats import base_formats

    from territoires.models import Collectivite

    class Ressource(resources.ModelResource):
        class Meta:
            model = Collectivite
            fields = (
                "code",
                "nature",
                "nom",
                "departement",
                "departement__nom",
                "population",
                "superficie",
                "codes_postaux",
                "du",
                "au",
            )

    genre = {"csv": base_formats.CSV, "xlsx": base_formats.XLSX}[format]()
    contenu = genre.export_data(Ressource().export(_lignes().select_related("departement")))
    sortie.write(contenu if isinstance(contenu, bytes) else contenu.encode())


def _mesurer_ici(format, qui):
    """Print {secondes, memoire (MB), octets} of one export made in this process."""
    django.setup()
    exporter = {"portail": _du_portail, "origine": _d_origine}[qui]
    debut = time.perf_counter()
    with tempfile.TemporaryFile() as sortie:
        exporter(format, sortie)
        octets = sortie.tell()
    duree = time.perf_counter() - debut
    print(json.dumps({"secondes": duree, "memoire": memoire_maximale(), "octets": octets}))


def mesurer_exports():
    """Print a table; return the goals missed."""
    from django.db import connection

    print(f"\nExports de {LIGNES} lignes, face à django-import-export ({connection.vendor})")
    print(f"{'format':8} {'portail':>10} {'origine':>10} {'rapport':>12} {'Mo':>10} {'Mo origine':>11}")
    manques = []
    _remplir()
    try:
        for format, but in BUTS.items():
            tours = {"portail": [], "origine": []}
            for _ in range(TOURS):
                for qui, mesures in tours.items():
                    mesures.append(mesurer_ailleurs("benchmarks.exports", format, qui))
            if None in (*tours["portail"], *tours["origine"]):
                manques.append(f"export {format} non mesuré")
                continue
            # The best of each: other work on the machine only makes a run slower.
            portail, origine = (min(mesure["secondes"] for mesure in tours[qui]) for qui in ("portail", "origine"))
            memoire, autre = (max(mesure["memoire"] for mesure in tours[qui]) for qui in ("portail", "origine"))
            rapport = origine / portail
            print(
                f"{format:8} {portail:9.1f}s {origine:9.1f}s {rapport:8.1f}/{but:<3} {memoire:6.0f}/{MEMOIRE_MAX} "
                f"{autre:11.0f}"
            )
            if rapport < but:
                manques.append(f"export {format} : {rapport:.1f} fois au lieu de {but}")
            if memoire > MEMOIRE_MAX:
                manques.append(f"export {format} : {memoire:.0f} Mo au lieu de {MEMOIRE_MAX}")
    finally:
        _vider()
    return manques


if __name__ == "__main__":
    _mesurer_ici(*sys.argv[1:])
