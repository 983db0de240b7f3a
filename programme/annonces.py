"""What was announced, told apart from what is known: the sum of the named envelopes and what no source breaks down."""

from dataclasses import dataclass
from decimal import Decimal

from programme import montants
from programme.enums import PrecisionMontant
from programme.models import Enveloppe

# Colours of the bar, in css/pages.css; more envelopes take them again from the first.
NOMBRE_DE_COULEURS = 6


@dataclass
class Annonce:
    """Amounts in euros. `non_detaille` is an upper bound when there are `planchers`: envelopes of « plus de ».

    Each of `enveloppes` has its `couleur`, from 1.
    """

    enveloppes: list
    total: Decimal | None
    nomme: Decimal
    non_detaille: Decimal | None

    def __post_init__(self):
        for rang, enveloppe in enumerate(self.enveloppes):
            enveloppe.couleur = rang % NOMBRE_DE_COULEURS + 1

    @property
    def planchers(self):
        return [enveloppe for enveloppe in self.enveloppes if enveloppe.precision == PrecisionMontant.AU_MOINS]

    @property
    def segments(self):
        """Return the bar in thousandths: [{couleur, debut, largeur}], what is not broken down last."""
        total = max(self.total or 0, self.nomme)
        parts = [
            (enveloppe.couleur, enveloppe.montant_annonce)
            for enveloppe in self.enveloppes
            if enveloppe.montant_annonce is not None
        ]
        if self.non_detaille:
            parts.append(("reste", self.non_detaille))
        segments, debut = [], 0
        for couleur, valeur in parts:
            largeur = round(1000 * valeur / total) if total else 0
            segments.append({"couleur": couleur, "debut": debut, "largeur": largeur})
            debut += largeur
        return segments


def annonce_financiere(total):
    """Return the `Annonce` of the programme, given the announced total (`ChiffreAnnonce`, or None when unknown)."""
    enveloppes = list(Enveloppe.objects.all())
    nomme = montants.total(enveloppe.montant_annonce for enveloppe in enveloppes)
    annonce = total.valeur if total else None
    reste = max(montants.total([annonce, -nomme]), Decimal(0)) if total else None
    return Annonce(enveloppes, annonce, nomme, reste)
