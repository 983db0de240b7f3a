"""What checks read, and the sentences they yield."""

from collections import defaultdict

from django.utils import timezone
from django.utils.functional import cached_property

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
    """The rows that several checks read, each table once and only if a check asks for it."""

    @cached_property
    def collectivites(self):
        colonnes = ("code", "nature", "nom", "departement_id", "population", "superficie", "du", "au")
        lignes = Collectivite.objects.order_by().values_list(*colonnes, "remplacee_par_id", named=True)
        return {ligne.code: ligne for ligne in lignes}

    @cached_property
    def actuelles(self):
        """The communes of today."""
        return [
            collectivite
            for collectivite in self.collectivites.values()
            if collectivite.nature == NatureCollectivite.COMMUNE and collectivite.au is None
        ]

    @cached_property
    def region_de(self):
        return dict(Departement.objects.values_list("code", "region_id"))

    @cached_property
    def rattachements(self):
        """{group code: [(commune code, from, to)]}"""
        rattachements = defaultdict(list)
        for groupement, *rattachement in Rattachement.objects.order_by().values_list(
            "groupement", "commune", "du", "au"
        ):
            rattachements[groupement].append(rattachement)
        return rattachements

    @cached_property
    def listes(self):
        return list(Liste.objects.order_by("date").select_related("phase"))

    @cached_property
    def inscriptions(self):
        """{list id: its inscriptions}"""
        inscriptions = defaultdict(list)
        lignes = Inscription.objects.select_related("territoire", "region").prefetch_related("regions")
        for inscription in lignes.order_by("code"):
            inscriptions[inscription.liste_id].append(inscription)
        return inscriptions

    @cached_property
    def membres(self):
        """{inscription id: its compositions}"""
        membres = defaultdict(list)
        for composition in Composition.objects.order_by():
            membres[composition.inscription_id].append(composition)
        return membres

    @cached_property
    def couvertures(self):
        """{inscription id: {commune code: whether in part only}}"""
        couvertures = defaultdict(dict)
        for inscription, commune, partielle in Couverture.objects.values_list("inscription", "commune", "partielle"):
            couvertures[inscription][commune] = partielle
        return couvertures

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
