"""What checks read, and the sentences they yield."""

from collections import defaultdict

from django.utils import timezone

from tableurs.francais import enumeration, nombre
from territoires.enums import NatureCollectivite
from territoires.models import Collectivite, Composition, Couverture, Departement, Inscription, Liste, Rattachement

NOMBRE_CITE = 10


class Anomalie(str):
    """A sentence about something that must be mended."""

    __slots__ = ()


class Information(str):
    """A sentence about something known."""

    __slots__ = ()


def citer(elements):
    """Return « a, b et c », or the first ones and how many more there are."""
    elements = sorted(map(str, elements))
    if len(elements) > NOMBRE_CITE:
        elements = [*elements[:NOMBRE_CITE], f"{nombre(len(elements) - NOMBRE_CITE)} de plus"]
    return enumeration(elements)


class Base:
    """The rows that several checks read, each table once."""

    def __init__(self):
        self.collectivites = {
            ligne.code: ligne
            for ligne in Collectivite.objects.order_by().values_list(
                "code", "nature", "nom", "departement_id", "population", "superficie", "du", "au", "remplacee_par_id",
                named=True,
            )
        }  # fmt: skip
        self.region_de = dict(Departement.objects.values_list("code", "region_id"))
        self.actuelles = [
            commune
            for commune in self.collectivites.values()
            if commune.nature == NatureCollectivite.COMMUNE and commune.au is None
        ]
        self.rattachements = defaultdict(list)
        for ligne in Rattachement.objects.order_by().values_list("groupement", "commune", "du", "au"):
            self.rattachements[ligne[0]].append(ligne[1:])
        self.listes = list(Liste.objects.order_by("date").select_related("phase"))
        self.inscriptions = defaultdict(list)
        inscriptions = Inscription.objects.select_related("territoire", "region").prefetch_related("regions")
        for inscription in inscriptions.order_by("code"):
            self.inscriptions[inscription.liste_id].append(inscription)
        self.membres = defaultdict(list)
        for composition in Composition.objects.order_by():
            self.membres[composition.inscription_id].append(composition)
        self.couvertures = defaultdict(dict)
        for inscription, commune, partielle in Couverture.objects.values_list("inscription", "commune", "partielle"):
            self.couvertures[inscription][commune] = partielle

    def communes(self, code, date):
        """Return {commune code: day} of a member of a list of that date."""
        membre = self.collectivites[code]
        le = max(date, membre.du or date)
        if membre.nature == NatureCollectivite.COMMUNE:
            return {code: le}
        return {
            commune: le
            for commune, du, au in self.rattachements[code]
            if (du is None or du <= le) and (au is None or au >= le)
        }

    def couvertes(self, inscription, liste):
        """Return {commune code: day} of all the members of today of an inscription."""
        aujourdhui, couvertes = timezone.localdate(), {}
        for membre in self.membres[inscription.pk]:
            if (membre.du is None or membre.du <= aujourdhui) and (membre.au is None or membre.au >= aujourdhui):
                couvertes.update(self.communes(membre.collectivite_id, liste.date))
        return couvertes

    def actuelle(self, code):
        """Return the code of today's commune, or None when the successors lead nowhere or go round."""
        vus = set()
        while code not in vus and (suivante := self.collectivites[code].remplacee_par_id):
            vus.add(code)
            code = suivante
        return code if self.collectivites[code].au is None else None
