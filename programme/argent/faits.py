"""Acts already taken elsewhere: counted, or kept apart until they can be (*Écarts à régulariser*, DESIGN rule 3)."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from comptes.parcours import TransitionImpossible, passer
from programme.argent.ecritures import MontantRefuse
from programme.models import Ecart

# What is decided elsewhere, that the portal records: never refused into oblivion.
FAITS = ("attribuer", "augmenter", "verser", "solder")
# What an `Ecart` keeps of it, for the day when it is counted.
GARDES = ("dotation", "montant", "autorite", "autorite_precision", "date", "acte", "genre_versement", "exercice")


@transaction.atomic
def enregistrer_un_fait(financement, transition, par, **champs):
    """Record an act: returns its `Mouvement`; or, when it exceeds what there is, the `Ecart` that keeps it.

    Raises what `passer` raises for any other reason.
    """
    try:
        return passer(financement, transition, par, **champs)
    except MontantRefuse as refus:
        if transition not in FAITS or not champs.get("acte"):
            raise
        ecart = Ecart(
            financement=financement, transition=transition, raison=str(refus), saisi_par=par,
            **{nom: champs[nom] for nom in GARDES if nom in champs},
        )  # fmt: skip
        ecart.full_clean(exclude=["saisi_par"])
        ecart.save()
        return ecart


@transaction.atomic
def regulariser(ecart, par):
    """Count an act that was kept apart. Returns its `Mouvement`; raises what `passer` raises."""
    ecart = _ouvert(ecart)
    champs = {nom: getattr(ecart, nom) for nom in GARDES}
    ecart.mouvement = passer(ecart.financement, ecart.transition, par, **champs)
    _regler(ecart, par)
    return ecart.mouvement


@transaction.atomic
def ecarter(ecart, motif, par):
    """Set aside an act that never was, or was entered twice: `motif` says why."""
    ecart = _ouvert(ecart)
    if not type(ecart.financement).objects.attribuables_par(par).filter(pk=ecart.financement_id).exists():
        raise PermissionDenied
    ecart.motif = motif.strip()
    if not ecart.motif:
        raise ValidationError({"motif": "Dites pourquoi : le motif est gardé et montré."})
    _regler(ecart, par)


def _ouvert(ecart):
    ecart = Ecart.objects.select_for_update(of=("self",)).select_related("financement", "dotation").get(pk=ecart.pk)
    if ecart.regle_le:
        raise TransitionImpossible("Cet écart est déjà réglé.")
    return ecart


def _regler(ecart, par):
    ecart.regle_par, ecart.regle_le = par, timezone.now()
    ecart.save()
