"""Load the catalogue from `fixtures/programme/`: rows that people have edited since are left as they are."""

from decimal import Decimal

from django.db import transaction

from programme.models import Besoin, ChiffreAnnonce, Enveloppe, Mesure
from territoires.models import Phase
from territoires.reference import lire, synchroniser


@transaction.atomic
def charger():
    """Create the needs, measures, envelopes and announced figures that don't exist yet. Returns {label: Bilan}."""
    phases = {phase.numero: phase.pk for phase in Phase.objects.all()}
    bilans = {
        Besoin: synchroniser(
            Besoin,
            ["code"],
            (
                {"phase_id": phases[int(ligne.pop("phase"))], **ligne, "ordre": int(ligne["ordre"])}
                for ligne in lire("programme/besoins.csv")
            ),
            mettre_a_jour=False,
        )
    }
    besoins = dict(Besoin.objects.values_list("code", "pk"))
    bilans[Mesure] = synchroniser(
        Mesure,
        ["code"],
        (
            {"besoin_id": besoins[ligne.pop("besoin")], **ligne, "ordre": int(ligne["ordre"])}
            for ligne in lire("programme/mesures.csv")
        ),
        mettre_a_jour=False,
    )
    bilans[Enveloppe] = synchroniser(
        Enveloppe,
        ["code"],
        (
            {
                **ligne,
                "phase_id": phases[1],
                "ordre": ordre,
                "montant_annonce": Decimal(ligne["montant_annonce"]),
            }
            for ordre, ligne in enumerate(lire("programme/enveloppes.csv"), start=1)
        ),
        mettre_a_jour=False,
    )
    bilans[ChiffreAnnonce] = synchroniser(
        ChiffreAnnonce,
        ["cle"],
        ({**ligne, "valeur": Decimal(ligne["valeur"])} for ligne in lire("programme/chiffres_annonces.csv")),
        mettre_a_jour=False,
    )
    return {modele._meta.verbose_name_plural: bilan for modele, bilan in bilans.items()}
