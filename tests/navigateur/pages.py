"""The pages that a browser visits: every public one, and what they answer when asked something."""

from tests.maison.test_urls import PUBLIQUES
from tests.outils.adresses import adresses

# Read by scripts, robots and spreadsheets, not by people.
SANS_PAGE = {"communes_suggestions", "sante", "robots", "sitemap"}
LE_PLUS_LONG = "/territoires/vitry-le-francois-saint-dizier-bar-le-duc-bassin-de-joinville/"
QUESTIONS = [
    "/communes/59183/",  # yes
    "/communes/75056/",  # no
    "/communes/97611/",  # no, and none near
    "/communes/?q=saint-denis",  # a choice
    "/communes/?q=dunkerke",
    "/communes/?q=zzzz",
    "/carte/?region=32",
    "/carte/?region=06",
    "/territoires/?liste=2018-11-22&q=val&region=44&fiabilite=reconstitue",
    "/territoires/?q=zzzz",
    "/territoires/?region=ZZ",
    "/territoires/?page=3&tri=-population",
    LE_PLUS_LONG,
    "/territoires/vallee-de-lhuisne/",
    "/territoires/communaute-dagglomeration-cap-excellence/",
    "/agences/?region=32&niveau=regionale",
    "/agences/?q=zzzz",
    "/agences/?region=ZZ",
    # Not found, not understood.
    "/absente/",
    "/?" + "a=1&" * 1001,
]


def pages_publiques():
    """Return the address of every public page with its own example, then those of `QUESTIONS`."""
    propres = [a.exemple() for a in adresses() if a.nom in PUBLIQUES - SANS_PAGE and not a.nom.endswith("_export")]
    return propres + QUESTIONS
