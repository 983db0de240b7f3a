"""What can be exported: a declaration of columns for each list, one file in four formats.

A room declares its exports in its `exports.py`. An export whose columns are those of an import names that resource:
its file, brought back, changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice

from django.db.models import QuerySet

from tableurs.ecriture import ColonneExport, FormatExport, Table, TypeColonne, fichier_de

TAILLE_DE_LOT = 2000

_exports = {}


@dataclass(frozen=True)
class Export:
    """A list that can be taken away. `queryset(options)` gives what it holds when the screen doesn't.

    `deplier(queryset)` gives the rows when they aren't those of the queryset: another queryset, or an iterable of
    tuples in the order of the columns. `ressource` is the import that reads this file back. `publie`: headers are the
    keys, as the file is published, rather than labels. `du_lecteur(person, options)` gives what it holds instead, when
    it depends on who takes it away.
    """

    cle: str
    titre: str
    colonnes: tuple[ColonneExport, ...]
    queryset: Callable[[dict], QuerySet] | None = None
    deplier: Callable | None = None
    ressource: str = ""
    publie: bool = False
    mentions: tuple[str, ...] = ()
    du_lecteur: Callable | None = None

    def fichier(self, format, queryset=None, options=None, nom=""):
        """Return the `Fichier` of these rows, in their order; nothing is read before it is written.

        `nom` (without extension) replaces the key of the export in the name of the file.
        """
        table = self._table(partial(self._lots, self.queryset(options or {}) if queryset is None else queryset))
        return fichier_de(table, FormatExport(format), nom or self.cle)

    def definitions(self):
        """Return the CSV that says what each column holds: the companion of formats that hold one table."""
        colonnes = tuple(
            ColonneExport(cle, libelle)
            for cle, libelle in (
                ("colonne", "Colonne"),
                ("cle", "Clé"),
                ("type", "Type"),
                ("definition", "Définition"),
                ("valeurs", "Valeurs possibles"),
            )
        )
        lignes = [
            (nom, colonne.cle, colonne.type.label, colonne.definition, colonne.valeurs)
            for nom, colonne in zip(self._table(None).noms(), self.colonnes, strict=True)
        ]
        table = Table(f"Colonnes : {self.titre}", colonnes, lambda: [lignes])
        return fichier_de(table, FormatExport.CSV, f"{self.cle}_colonnes")

    def _table(self, lots):
        entetes = tuple(colonne.cle for colonne in self.colonnes) if self.publie else ()
        return Table(self.titre, self.colonnes, lots, entetes, self.mentions)

    def _lots(self, queryset):
        """Yield batches of rows: one query, and one more a batch for each column that needs it."""
        lignes = self.deplier(queryset) if self.deplier else queryset
        if not isinstance(lignes, QuerySet):
            yield from par_lots(lignes)
            return
        nues = lignes.select_related(None).prefetch_related(None)
        chemins = [colonne.chemin for colonne in self.colonnes if not colonne.par_lot]
        if len(chemins) == len(self.colonnes):
            yield from par_lots(nues.values_list(*chemins).iterator(chunk_size=TAILLE_DE_LOT))
            return
        for lot in par_lots(nues.values_list("pk", *chemins).iterator(chunk_size=TAILLE_DE_LOT)):
            yield self._completer(lot)

    def _completer(self, lot):
        """Return the rows (key first) with the values that come by batch, each at its place."""
        cles = [ligne[0] for ligne in lot]
        sources = [colonne.par_lot(cles) if colonne.par_lot else None for colonne in self.colonnes]
        complets = []
        for ligne in lot:
            suivante = iter(ligne)
            cle = next(suivante)
            complets.append([next(suivante) if source is None else source.get(cle) for source in sources])
        return complets


def par_lots(lignes):
    """Yield lists of at most `TAILLE_DE_LOT` rows."""
    iterateur = iter(lignes)
    while lot := list(islice(iterateur, TAILLE_DE_LOT)):
        yield lot


def enregistrer(export):
    """Make an export known by its key; return it."""
    _exports[export.cle] = export
    return export


def export(cle):
    """Return the `Export` of this key. Raises KeyError."""
    return _exports[cle]


def exports_de(ressource):
    """Return the exports that an import resource reads back, the first declared first."""
    return [un for un in _exports.values() if un.ressource == ressource]


__all__ = [
    "ColonneExport",
    "Export",
    "FormatExport",
    "TypeColonne",
    "enregistrer",
    "export",
    "exports_de",
    "par_lots",
]
