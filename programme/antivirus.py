"""What ClamAV says of a file, when the settings name one (`CLAMD`). Without an answer nothing goes through."""

import logging
import socket
import struct

from django.conf import settings
from django.core.exceptions import ValidationError

from tableurs.typographie import typographier

journal = logging.getLogger("programme")

MORCEAU = 64 * 1024
PATIENCE_SECONDES = 60
REPONSE_MAX = 4096
INFECTE = "L'antivirus a trouvé un contenu dangereux dans ce fichier : il n'est pas accepté."
MUET = "L'antivirus ne répond pas : le fichier n'a pas été accepté. Réessayez dans quelques minutes."


def examiner(fichier):
    """Raise `ValidationError` unless the antivirus, when there is one, finds nothing in a file."""
    if not settings.CLAMD:
        return
    try:
        reponse = _demander(fichier)
    except OSError as erreur:
        journal.error("L'antivirus ne répond pas : %s", erreur)
        raise ValidationError(typographier(MUET), code="antivirus_muet") from erreur
    if reponse.endswith(b"OK"):
        return
    if reponse.endswith(b"FOUND"):
        journal.warning("Fichier refusé par l'antivirus : %s", reponse.decode(errors="replace"))
        raise ValidationError(typographier(INFECTE), code="infecte")
    journal.error("Réponse inattendue de l'antivirus : %s", reponse.decode(errors="replace"))
    raise ValidationError(typographier(MUET), code="antivirus_muet")


def _demander(fichier):
    """Send the file as clamd's INSTREAM asks: pieces preceded by their length, then an empty one."""
    with _liaison() as liaison:
        liaison.sendall(b"zINSTREAM\0")
        fichier.seek(0)
        while morceau := fichier.read(MORCEAU):
            liaison.sendall(struct.pack(">I", len(morceau)) + morceau)
        liaison.sendall(struct.pack(">I", 0))
        reponse = b""
        while not reponse.endswith(b"\0") and len(reponse) < REPONSE_MAX and (recu := liaison.recv(REPONSE_MAX)):
            reponse += recu
    fichier.seek(0)
    return reponse.rstrip(b"\0").strip()


def _liaison():
    """« unix:/run/clamav/clamd.ctl » or « host:port »."""
    if settings.CLAMD.startswith("unix:"):
        liaison = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        liaison.settimeout(PATIENCE_SECONDES)
        try:
            liaison.connect(settings.CLAMD.removeprefix("unix:"))
        except OSError:
            liaison.close()
            raise
        return liaison
    hote, _, port = settings.CLAMD.rpartition(":")
    return socket.create_connection((hote, int(port)), PATIENCE_SECONDES)
