"""When somebody is erased whose address was an agency's: its public page, which is kept, forgets them too."""

from agences.models import Agence


def effacer(identite):
    """See `comptes.effacement.declarer`. What the past of these agencies says goes with the rest."""
    for agence in Agence.objects.filter(courriel__in=identite.adresses):
        agence.courriel = agence.telephone = ""
        agence._change_reason = "Compte effacé"
        agence.save()
