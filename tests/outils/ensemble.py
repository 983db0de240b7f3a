"""Several at once, each with its own connection."""

from threading import Barrier, Thread

from django.db import close_old_connections, connection


def ensemble(*taches):
    """Run tasks at the same time, each in its thread. Returns what each gave, or the error that it raised."""
    depart, resultats = Barrier(len(taches)), [None] * len(taches)

    def courir(rang, tache):
        close_old_connections()
        depart.wait()
        try:
            resultats[rang] = tache()
        except Exception as erreur:  # told to the test
            resultats[rang] = erreur
        finally:
            connection.close()

    fils = [Thread(target=courir, args=(rang, tache)) for rang, tache in enumerate(taches)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(60)
    return resultats
