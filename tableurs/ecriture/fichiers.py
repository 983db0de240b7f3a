"""A file to give: streamed when its format allows, else written to a temporary file that nothing keeps."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from tableurs.typographie import typographier


class FormatExport(TextChoices):
    """Formats of export; the value is the extension of the file."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"
    ODS = "ods", "ODS"
    JSON = "json", "JSON"

    @property
    def type_contenu(self):
        return _TYPES[self]


_TYPES = {
    FormatExport.CSV: "text/csv; charset=utf-8",
    FormatExport.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FormatExport.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    FormatExport.JSON: "application/json",
}


class ExportTropGrand(Exception):
    """More rows than the format holds: the message says so and what to do, in French."""

    def __init__(self, message):
        super().__init__(typographier(message))


@dataclass
class Fichier:
    """A file not yet written. `nom` has no extension. One of the two: `flux()` yields bytes, `ecrire(file)` writes."""

    nom: str
    format: FormatExport
    flux: Callable | None = None
    ecrire: Callable | None = None

    @property
    def nom_complet(self):
        """The name as downloaded, with today's date: « mesures_2026-11-22.csv »."""
        return f"{self.nom}_{timezone.localdate().isoformat()}.{self.format}"

    @property
    def entetes_http(self):
        return {
            "Content-Type": self.format.type_contenu,
            "Content-Disposition": content_disposition_header(True, self.nom_complet),
        }

    def enregistrer(self, sortie):
        """Write to a binary file that can seek. Raises `ExportTropGrand`."""
        if self.flux is None:
            self.ecrire(sortie)
            return
        for morceau in self.flux():
            sortie.write(morceau)

    def reponse(self):
        """Return the HTTP response: nothing of it is ever whole in memory. Raises `ExportTropGrand`."""
        if self.flux is not None:
            return StreamingHttpResponse(self.flux(), headers=self.entetes_http)
        # No name on disk: it is gone when the response is closed, or if the process dies.
        temporaire = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response
        try:
            self.ecrire(temporaire)
        except BaseException:
            temporaire.close()
            raise
        temporaire.seek(0)
        return FileResponse(temporaire, headers=self.entetes_http)

    def reponse_vide(self):
        """Return what a HEAD request gets: the headers, without making the file."""
        return HttpResponse(headers=self.entetes_http)
