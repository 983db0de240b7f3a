"""Writes the reference files, the same bytes from the same rows; reads and applies the corrections."""

import csv
import lzma
from collections.abc import Iterable
from io import StringIO
from pathlib import Path


class CorrectionInapplicable(Exception):
    """A correction names a row or a field that does not exist; the message is shown as it is."""


def en_csv(colonnes: list[str], lignes: Iterable[dict]) -> bytes:
    """The columns asked for; other keys of the rows are left out."""
    texte = StringIO()
    redacteur = csv.DictWriter(texte, colonnes, extrasaction="ignore", lineterminator="\n")
    redacteur.writeheader()
    redacteur.writerows(lignes)
    return texte.getvalue().encode()


def comprimer(contenu: bytes) -> bytes:
    """Deterministic: xz keeps neither name nor date."""
    return lzma.compress(contenu, preset=9)


def ecrire(chemin: Path, contenu: bytes) -> None:
    chemin.parent.mkdir(parents=True, exist_ok=True)
    chemin.write_bytes(comprimer(contenu) if chemin.suffix == ".xz" else contenu)


def lire_corrections(chemin: Path) -> list[dict[str, str]]:
    with chemin.open(encoding="utf-8", newline="") as fichier:
        return list(csv.DictReader(fichier))


def corriger(corrections: list[dict[str, str]], fichier: str, lignes: list[dict], cle: str) -> None:
    """Applies in place the corrections meant for one file. A correction that corrects nothing is an error:
    the source has changed and the row has to be looked at again."""
    par_cle = {ligne[cle]: ligne for ligne in lignes}
    for correction in corrections:
        if correction["fichier"] != fichier:
            continue
        ligne = par_cle.get(correction["cle"])
        if ligne is None or correction["champ"] not in ligne:
            raise CorrectionInapplicable(
                f"Correction sans objet : {fichier}, {correction['cle']}, champ « {correction['champ']} »."
            )
        ligne[correction["champ"]] = correction["valeur"]
