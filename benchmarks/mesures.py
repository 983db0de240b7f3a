"""How long pages take, and how many queries, when nothing of them is kept."""

import statistics
import time
from functools import partial
from itertools import count

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.pages import appeler

TOURS = 15
# Makes each address new: what is measured was never kept.
_nouvelle = partial(next, count())


def jamais_lue(adresse):
    return f"{adresse}{'&' if '?' in adresse else '?'}vue={_nouvelle()}"


def durees(application, adresses, cookie, rendre=jamais_lue, tours=TOURS):
    """Return the median time of each, in seconds: runs interleaved. `rendre`: what is asked in place of an address."""
    lues = {adresse: [] for adresse in adresses}
    for adresse in adresses:
        appeler(application, adresse, cookie)
    for _ in range(tours):
        for adresse, liste in lues.items():
            debut = time.perf_counter()
            statut, _ = appeler(application, rendre(adresse), "" if adresse == "/nue/" else cookie)
            liste.append(time.perf_counter() - debut)
            if statut != 200:
                raise SystemExit(f"{adresse} répond {statut}")
    return [statistics.median(lues[adresse]) for adresse in adresses]


def requetes(application, adresse, cookie):
    with CaptureQueriesContext(connection) as captures:
        appeler(application, jamais_lue(adresse), cookie)
    return len(captures)
