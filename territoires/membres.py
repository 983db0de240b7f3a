"""What the codes of a list cover: communes of today, to compare; communes of the list's day, to tell who has what.

Communes merged since the list still were several on its day: two territories may each have their part of the commune
of today. A group of communes counts for those it had on the list's day, or on its own first day when it is younger.
"""

import re
from collections import defaultdict

from territoires.models import Collectivite, Rattachement
from territoires.perimetres import Decoupage

# INSEE gives a commune a SIREN made of its code: 21, département, 0 or the third digit overseas, commune, key.
_SIREN_DE_COMMUNE = re.compile(r"21(\d\d)(\d)(\d{3})\d\Z", re.ASCII)
_CORSE, _OUTRE_MER = "20", "97"


class Terrain(Decoupage):
    """The administrative map, read once in three queries, as a list of day `jour` sees it."""

    def __init__(self, jour):
        super().__init__()
        self.jour = jour
        self.groupements = Collectivite.objects.groupements().in_bulk()
        self._rattachements = defaultdict(list)
        for rattachement in Rattachement.objects.all().iterator(chunk_size=2000):
            self._rattachements[rattachement.groupement_id].append(rattachement)
        self._unites, self._communes = {}, {}

    def connu(self, code):
        """Return the code of the collectivité that a code names, or None. Communes are also known by their SIREN."""
        if code in self.toutes or code in self.groupements:
            return code
        siren = _SIREN_DE_COMMUNE.match(code)
        if not siren:
            return None
        departement, outre_mer, commune = siren.groups()
        prefixes = ("2A", "2B") if departement == _CORSE else (departement,)
        candidates = [prefixe + commune for prefixe in prefixes if prefixe + commune in self.toutes]
        sure = outre_mer == (commune[0] if departement == _OUTRE_MER else "0")
        return candidates[0] if len(candidates) == 1 and sure else None

    def nommer(self, code):
        return str(self.toutes.get(code) or self.groupements[code])

    def communes(self, code):
        """Return the communes of today that a member covers, even in part."""
        if code not in self._communes:
            self._communes[code] = frozenset(self.actuelle(unite) for unite in self.unites(code))
        return self._communes[code]

    def unites(self, code):
        """Return the communes of the list's day that a member covers."""
        if code not in self._unites:
            self._unites[code] = frozenset(self._lire_les_unites(code))
        return self._unites[code]

    def _lire_les_unites(self, code):
        if code in self.toutes:
            return self._unites_de_la_commune(code)
        jour = max(self.jour, self.groupements[code].du or self.jour)
        return {
            unite
            for rattachement in self._rattachements[code]
            if (rattachement.du or jour) <= jour <= (rattachement.au or jour)
            for unite in self._unites_de_la_commune(rattachement.commune_id)
        }

    def _unites_de_la_commune(self, code):
        commune = self.toutes[code]
        if commune.du and commune.du > self.jour:
            # Made since: of all that it is made of.
            return self.origines_au(self.actuelle(code), self.jour) or {code}
        return {self.ecrite(code)}

    def ecrite(self, code):
        """Return the code under which a commune is written in the list: one that had ended, by its successor's."""
        while self.toutes[code].au and self.toutes[code].au < self.jour and self.toutes[code].remplacee_par_id:
            code = self.toutes[code].remplacee_par_id
        return code

    def replier(self, unites):
        """Return {commune of the day: group} for the groups of which `unites` hold all the communes, largest first.

        Nothing is folded halfway: a group counts whole, and no commune in two groups.
        """
        entiers = [code for code in self.groupements if self.unites(code) and self.unites(code) <= unites]
        replis = {}
        for code in sorted(entiers, key=lambda code: (-len(self.unites(code)), code)):
            if not self.unites(code) & replis.keys():
                replis |= dict.fromkeys(self.unites(code), code)
        return replis
