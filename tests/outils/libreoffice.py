"""Documents opened by LibreOffice, without a screen."""

import shutil
import subprocess

DELAI = 120


def convertir(dossier, fichiers, *formats):
    """Convert files to formats (`--convert-to` of LibreOffice) in a folder: the same names, other suffixes."""
    libreoffice = shutil.which("soffice")
    assert libreoffice, "LibreOffice manque : tests/outils/installer.sh libreoffice"
    commande = [libreoffice, f"-env:UserInstallation={(dossier / 'profil').as_uri()}", "--headless"]
    for vers in formats:
        subprocess.run(
            [*commande, "--convert-to", vers, "--outdir", str(dossier), *map(str, fichiers)],
            check=True,
            capture_output=True,
            timeout=DELAI,
        )


def pages_du_pdf(chemin):
    return chemin.read_bytes().count(b"/Type/Page/")
