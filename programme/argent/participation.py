"""What a collectivité that leads an investment keeps to pay of it, as the law says; nothing is refused for it."""

from dataclasses import dataclass
from decimal import Decimal

from programme.argent.enums import Financeur, NatureFinancement
from programme.enums import GenrePorteur
from programme.montants import RIEN, total

# In %, of what public persons bring. Code général des collectivités territoriales, article L. 1111-10, III: « toute
# collectivité territoriale ou tout groupement de collectivités territoriales, maître d'ouvrage d'une opération
# d'investissement », keeps at least « 20 % du montant total des financements apportés par des personnes publiques à
# ce projet ». Not overseas; with exceptions (urban renewal, protected monuments, public calamities…). Private money is
# out of the count; a loan is the borrower's own. For other porteurs no number is certain: it is their scheme's.
PART_MINIMALE = Decimal(20)


@dataclass
class Participation:
    """`part` of a collectivité in what public persons bring, and the `aides` of the others, in %."""

    part: Decimal

    @property
    def aides(self):
        return 100 - self.part

    @property
    def insuffisante(self):
        return self.part < PART_MINIMALE


def participation(projet, lignes):
    """Return that of a collectivité; None for other porteurs, and when the cost, hence its part, is unknown.

    What no source brings is counted as its own: it will be, unless another is found.
    """
    if projet.porteur_genre != GenrePorteur.COLLECTIVITE or projet.cout_total is None:
        return None
    aides = total(une.retenu for une in lignes if une.est_une_subvention_publique)
    autres = total(une.retenu for une in lignes if not _est_a_elle(une))
    sienne = max(total([projet.cout_total, -autres]), RIEN)
    publics = total([aides, sienne])
    return Participation(100 * sienne / publics) if publics else None


def _est_a_elle(ligne):
    return ligne.financeur == Financeur.AUTOFINANCEMENT or ligne.nature == NatureFinancement.PRET
