"""The plan of financing of a project: its sources, what is sure, what misses. Amounts are in euros."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from programme import montants
from programme.argent.enums import EtatFinancement, NatureFinancement
from programme.argent.participation import participation
from programme.montants import RIEN

# Colours of the bar, in css/pages.css.
NOMBRE_DE_COULEURS = 6


@dataclass
class Source:
    """A line, and its share of the whole; `couleur` from 1."""

    ligne: object
    part: Decimal | None
    couleur: int
    debut: int
    largeur: int

    @property
    def certitude(self):
        """Return how sure it is, as the three columns of the plan: à solliciter, sollicité, acquis."""
        if self.ligne.etat == EtatFinancement.A_SOLLICITER:
            return "a_solliciter"
        return "acquis" if self.ligne.etat in EtatFinancement.acquis() else "sollicite"


class Plan:
    """Of a project whose amounts the reader knows. `lignes`: those that count, then those that were lost."""

    def __init__(self, projet, lignes):
        self.projet = projet
        self.lignes = list(lignes)

    @cached_property
    def sources(self):
        reference = max(self.projet.cout_total or RIEN, self.total)
        sources, debut = [], 0
        for rang, ligne in enumerate(une for une in self.lignes if une.retenu):
            part = 100 * ligne.retenu / reference if reference else None
            largeur = round(10 * part) if part is not None else 0
            sources.append(Source(ligne, part, rang % NOMBRE_DE_COULEURS + 1, debut, largeur))
            debut += largeur
        return sources

    @property
    def perdues(self):
        return [ligne for ligne in self.lignes if not ligne.retenu]

    @cached_property
    def total(self):
        return montants.total(ligne.retenu for ligne in self.lignes)

    def _somme(self, certitude):
        return montants.total(source.ligne.retenu for source in self.sources if source.certitude == certitude)

    @property
    def a_solliciter(self):
        return self._somme("a_solliciter")

    @property
    def sollicite(self):
        return self._somme("sollicite")

    @property
    def acquis(self):
        return self._somme("acquis")

    @property
    def manque(self):
        """What is to be found for the plan to balance; None when the cost is unknown."""
        cout = self.projet.cout_total
        return None if cout is None else montants.total([cout, -self.total])

    @property
    def reste_a_charge(self):
        """What the porteur pays: its own money, and what no other source brings; None when the cost is unknown."""
        cout = self.projet.cout_total
        if cout is None:
            return None
        autres = montants.total(une.retenu for une in self.lignes if une.financeur != "porteur")
        return montants.total([cout, -autres])

    @property
    def aides(self):
        """The public subsidies, in euros."""
        return montants.total(ligne.retenu for ligne in self.lignes if ligne.est_une_subvention_publique)

    @property
    def taux(self):
        """The rate of public aid: subsidies over what they are counted on, in %; None when it is unknown."""
        base = self.projet.assiette_eligible or self.projet.cout_total
        return 100 * self.aides / base if base else None

    @cached_property
    def participation(self):
        """What the law asks of the porteur that is a collectivité (`participation.Participation`), or None."""
        return participation(self.projet, self.lignes)

    @property
    def par_nature(self):
        """Return [(nature in words, total)]: natures are never added together silently."""
        return [
            (nature.label, montants.total(une.retenu for une in self.lignes if une.nature == nature))
            for nature in NatureFinancement
            if any(une.nature == nature and une.retenu for une in self.lignes)
        ]
