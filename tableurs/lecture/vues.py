"""Independent views on one uploaded file, so that two readings never disturb each other nor close it."""

import io


class Vue(io.RawIOBase):
    """A read-only file over another one, with its own position. Closing it leaves the other one open."""

    def __init__(self, fichier):
        super().__init__()
        self._fichier = fichier
        self._position = 0
        self.taille = fichier.seek(0, io.SEEK_END)

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, decalage, origine=io.SEEK_SET):
        bases = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.taille}
        self._position = max(0, bases[origine] + decalage)
        return self._position

    def tell(self):
        return self._position

    def readinto(self, tampon):
        self._fichier.seek(self._position)
        lus = self._fichier.read(len(tampon))
        tampon[: len(lus)] = lus
        self._position += len(lus)
        return len(lus)


def ouvrir_vue(fichier):
    """Return a buffered view on `fichier`, a binary file that can seek (an upload, an open file)."""
    return io.BufferedReader(Vue(fichier), 64 * 1024)


def lire_a(vue, position, longueur):
    """Return up to `longueur` bytes found at `position`."""
    vue.seek(position)
    return vue.read(longueur)
