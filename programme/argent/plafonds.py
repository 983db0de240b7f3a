"""What is opened on an envelope each year, how it is shared, and who asks for another share. Amounts are in euros.

Each change is an act, kept (`Ouverture`, `ActeDeDotation`); shares are locked by key, then their year.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from comptes.acces import aujourdhui, est_administrateur, est_modifiable
from comptes.parcours import A_VENIR, TransitionImpossible
from programme.argent.ecritures import MontantRefuse, verrouiller_par_cle
from programme.argent.enums import SensProposition
from programme.models import Dotation, Exercice, PropositionDeDotation
from programme.montants import RIEN, total
from tableurs.francais import montant as en_euros
from territoires.models import regions_decidees_par


class PlafondTropBas(MontantRefuse):
    """Below what it carries, or above what is opened: the text gives the figures."""


@transaction.atomic
def ouvrir(ouverture, par):
    """Keep that credits are opened, or revised. Raises `PlafondTropBas`, `PermissionDenied` or `ValidationError`.

    Of two acts of the same day, the last one entered is in force.
    """
    if not est_administrateur(par):
        raise PermissionDenied
    ouverture.saisie_par = par
    _refuser_l_avenir(ouverture.date)
    ouverture.full_clean(exclude=["saisie_par"])
    exercice = verrouiller_par_cle(Exercice, {ouverture.exercice_id})[ouverture.exercice_id]
    ouverture.save()
    en_vigueur = exercice.ouvertures.order_by("date", "pk").last()
    if en_vigueur.ae is not None and exercice.reparti > en_vigueur.ae:
        raise PlafondTropBas(
            f"Les plafonds répartis sur « {exercice} » font {en_euros(exercice.reparti)} : on ne peut pas ouvrir "
            f"moins. Abaissez d'abord les enveloppes régionales."
        )
    exercice.ouvert_ae, exercice.ouvert_cp = en_vigueur.ae, en_vigueur.cp
    exercice.save()
    return ouverture


@transaction.atomic
def fixer(dotation, acte, par):
    """Set the amount of a share, new or not, as an act says (`ActeDeDotation`, not saved). Returns the share.

    Raises `PlafondTropBas`, `PermissionDenied` or `ValidationError`.
    """
    _refuser_l_avenir(acte.date)
    if dotation.pk is None:
        dotation = _retrouver(dotation)
    parente = _parente(dotation)
    cles = {dotation.pk, parente.pk if parente else None}
    verrouillees = verrouiller_par_cle(Dotation, cles)
    dotation, parente = verrouillees[dotation.pk], verrouillees.get(parente.pk if parente else None)
    if not est_modifiable(dotation, par):
        raise PermissionDenied
    avant = plafond_de(dotation)
    dotation.genre, dotation.montant = acte.genre, acte.montant
    _verifier_la_charge(dotation)
    difference = total([plafond_de(dotation), -avant])
    if parente:
        _prendre_sur(parente, difference)
    else:
        _prendre_sur_l_ouvert(dotation, difference)
    dotation.save()
    acte.dotation, acte.saisi_par = dotation, par
    acte.full_clean(exclude=["saisi_par"])
    acte.save()
    return dotation


def plafond_de(dotation):
    """Return what a share takes out of the one above: its ceiling; nothing for an aim, or an unknown amount."""
    return dotation.montant if dotation.est_un_plafond else RIEN


def proposer(proposition, par):
    """Keep what a region asks that its share be. Raises `PermissionDenied` or `ValidationError`."""
    proposition.proposee_par = par
    proposition.full_clean(exclude=["proposee_par"])
    if not regions_decidees_par(par).filter(region=proposition.region_id).exists():
        raise PermissionDenied
    proposition.save()
    return proposition


@transaction.atomic
def accepter(proposition, acte, par):
    """Give a region the share that it asks: `acte` says who decided, when. Raises as `fixer`."""
    proposition = _a_decider(proposition, par)
    dotation = Dotation(exercice=proposition.exercice, region=proposition.region)
    acte.genre, acte.montant = proposition.genre, proposition.montant
    fixer(dotation, acte, par)
    _repondre(proposition, SensProposition.ACCEPTEE, par)


@transaction.atomic
def refuser(proposition, reponse, par):
    proposition = _a_decider(proposition, par)
    if not reponse.strip():
        raise ValidationError({"reponse": "Dites pourquoi : la région le lira."})
    proposition.reponse = reponse.strip()
    _repondre(proposition, SensProposition.REFUSEE, par)


def _retrouver(dotation):
    """Return the share of that place and year, made when nobody had: its amount is unknown until an act says it."""
    lieu = {"exercice": dotation.exercice, "region": dotation.region, "territoire": dotation.territoire}
    dotation.full_clean(validate_unique=False, validate_constraints=False)
    trouvee, _ = Dotation._base_manager.get_or_create(**lieu)
    return trouvee


def _parente(dotation):
    """Return the share of the region that a territory's is taken out of; None for the others."""
    if dotation.territoire_id is None:
        return None
    return _retrouver(Dotation(exercice=dotation.exercice, region=dotation.region))


def _verifier_la_charge(dotation):
    if dotation.est_un_plafond and dotation.charge > dotation.montant:
        raise PlafondTropBas(
            f"« {dotation} » porte déjà {en_euros(dotation.porte)}"
            + (f" et répartit {en_euros(dotation.reparti)} entre des territoires" if dotation.reparti else "")
            + f" : son plafond ne descend pas à {en_euros(dotation.montant)}. Déprogrammez ou désengagez d'abord."
        )


def _prendre_sur(parente, difference):
    """Take a territory's share out of its region's."""
    charge = total([parente.charge, difference])
    if difference > 0 and parente.est_un_plafond and charge > parente.montant:
        raise PlafondTropBas(
            f"Il reste {en_euros(parente.montant - parente.charge)} à répartir sur « {parente} », plafond de "
            f"{en_euros(parente.montant)}, et il en faudrait {en_euros(difference)}. {parente.qui_le_change}"
        )
    parente.reparti, parente.charge = total([parente.reparti, difference]), charge
    parente.save()


def _prendre_sur_l_ouvert(dotation, difference):
    """Take a ceiling out of what is opened that year, when it is known."""
    exercice = verrouiller_par_cle(Exercice, {dotation.exercice_id})[dotation.exercice_id]
    reparti = total([exercice.reparti, difference])
    if difference > 0 and exercice.ouvert_ae is not None and reparti > exercice.ouvert_ae:
        raise PlafondTropBas(
            f"Il reste {en_euros(exercice.ouvert_ae - exercice.reparti)} à répartir sur « {exercice} », où "
            f"{en_euros(exercice.ouvert_ae)} sont ouverts. L'équipe nationale enregistre les ouvertures de crédits."
        )
    exercice.reparti = reparti
    exercice.save()


def _a_decider(proposition, par):
    lues = PropositionDeDotation.objects.decidables_par(par)
    verrouillee = PropositionDeDotation.objects.select_for_update().get(pk=proposition.pk)
    if not lues.filter(pk=proposition.pk).exists():
        if verrouillee.sens != SensProposition.ATTENTE:
            raise TransitionImpossible("Cette proposition a déjà reçu sa réponse.")
        raise PermissionDenied
    return verrouillee


def _repondre(proposition, sens, par):
    proposition.sens, proposition.decidee_par, proposition.decidee_le = sens, par, timezone.now()
    proposition.save()


def _refuser_l_avenir(date):
    if date and date > aujourdhui():
        raise ValidationError({"date": A_VENIR})
