"""What communes were made of on a list's date: where codes of several years can be compared."""

from collections import defaultdict

from territoires.models import Collectivite


class Terres:
    """The ground of communes, as the codes of the communes that existed on the day of a list."""

    def __init__(self, liste):
        self.date = liste.date
        communes = Collectivite.objects.communes()
        self.predecesseurs = defaultdict(list)
        for commune in communes.exclude(remplacee_par=None):
            if commune.n_est_qu_un_code:
                continue
            self.predecesseurs[commune.remplacee_par_id].append(commune)
        self.posterieures = set(communes.filter(du__gt=liste.date).values_list("pk", flat=True))

    def de(self, jours):
        """Return the codes, on the list's date, of what made the communes {code: day at which it existed}."""
        terres = set()
        for code, jour in jours.items():
            # Made since of nothing that we know: stands for itself.
            terres |= self._remonter(code, jour) or {code}
        return terres

    def _remonter(self, code, jour):
        terres = set() if code in self.posterieures else {code}
        for commune in self.predecesseurs[code]:
            if self.date <= commune.au < jour:
                terres |= self._remonter(commune.pk, commune.au)
        return terres
