"""A line of a plan, as it is asked for: written and changed until something is decided."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.parcours import TransitionImpossible
from programme.argent.ecritures import compter_au_plan, subvention_de, verrouiller
from programme.argent.enums import EtatFinancement
from programme.models import Financement, Projet
from programme.models.regle_financements import region_pilote
from programme.montants import RIEN


def region_par_defaut(financement):
    """Return the code of the region that a line draws on unless its act says otherwise: the lead one."""
    territoire = financement.projet.territoire_id if financement.projet_id else financement.territoire_id
    return region_pilote(territoire)


@transaction.atomic
def enregistrer(financement, par):
    """Write a line, new or not, and count it among the sources of its project.

    Raises `MontantRefuse` beyond the project's cost, `PermissionDenied`, `TransitionImpossible` once it is decided,
    `ValidationError` by field.
    """
    avant = RIEN, RIEN
    if financement.pk is None:
        financement.saisi_par = par
        financement.region_id = financement.region_id or region_par_defaut(financement)
        _verifier_l_ajout(financement, par)
    else:
        lu = verrouiller([financement])[financement.pk]
        _verifier_le_changement(lu, par)
        avant = lu.retenu, subvention_de(lu)
    financement.retenu = financement.demande
    financement.full_clean(exclude=["saisi_par"])
    if financement.projet_id:
        apres = subvention_de(financement)
        compter_au_plan(financement.projet_id, financement.retenu - avant[0], apres - avant[1], False)
    financement.save()
    Financement._base_manager.filter(pk=financement.pk).update(retenu=financement.retenu)
    return financement


def _verifier_l_ajout(financement, par):
    if financement.projet_id:
        permis = Projet.objects.finances_par(par).filter(pk=financement.projet_id).exists()
    else:
        permis = Financement.objects.saisissables_hors_fiche_par(par, financement)
    if not permis:
        raise PermissionDenied


def _verifier_le_changement(lu, par):
    if not Financement.objects.demandables_par(par).filter(pk=lu.pk).exists():
        raise PermissionDenied
    if lu.etat not in EtatFinancement.avant_decision():
        raise TransitionImpossible(
            f"Ce financement est « {lu.etat_dit.lower()} » : il ne change plus que par un acte de son financeur."
        )
