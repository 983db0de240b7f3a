"""Several lines programmed by one decision: all of them, or none."""

from django.db import transaction

from comptes.parcours import passer
from programme.argent.ecritures import verrouiller, verrouiller_par_cle
from programme.models import Dotation


@transaction.atomic
def programmer_en_nombre(choix, dotation, par, **decision):
    """Programme [(line, amount in euros)] on a share; `decision`: authority, date, act. Returns the movements.

    Raises what `passer` raises for the first that can't be: nothing is done then. All are locked first, by key: two
    lists that cross wait for one another.
    """
    verrouiller([ligne for ligne, _ in choix])
    verrouiller_par_cle(Dotation, {dotation.pk})
    return [
        passer(ligne, "programmer", par, montant=montant, dotation=dotation, **decision) for ligne, montant in choix
    ]
