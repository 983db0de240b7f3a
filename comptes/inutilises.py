"""Accounts that nobody uses: their owner is warned at 11 months, they are closed at 12 and erased at 24.

Counted from the last sign-in, or from the creation of an account never used. Closed, an account gives none of its
habilitations, which stay as they were dated: opened again, it has them back. Nobody is shut out without a month's
notice, whatever the worker missed; and the portal keeps an administrator.
"""

import logging
from calendar import monthrange

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from comptes import courrier, effacement
from comptes.genres_de_courrier import COMPTE
from comptes.models import Utilisateur
from comptes.second_facteur import mettre_fin_aux_sessions

journal = logging.getLogger("comptes")

MOIS_AVANT_DE_PREVENIR, MOIS_AVANT_DE_FERMER, MOIS_AVANT_D_EFFACER = 11, 12, 24


def decaler(instant, mois):
    """Return the same time some months later (earlier when negative), on the last day of a month too short."""
    ici = timezone.localtime(instant)
    annees, rang = divmod(ici.month - 1 + mois, 12)
    annee = ici.year + annees
    jour = min(ici.day, monthrange(annee, rang + 1)[1])
    naif = ici.replace(tzinfo=None, year=annee, month=rang + 1, day=jour)
    return timezone.make_aware(naif)


def passer(maintenant=None, a_blanc=False):
    """Do what is due, or only tell it. Returns {"effacer" | "fermer" | "prevenir": [accounts]}; twice a day is as once.

    A failure on one account is journalled and doesn't keep the others from their turn.
    """
    maintenant = maintenant or timezone.now()
    bilan = {}
    # The last step first: an account takes one a day.
    for nom, (a_faire, faire) in ETAPES.items():
        bilan[nom] = []
        for compte in a_faire(maintenant).order_by("pk"):
            if effacement.est_le_dernier_administrateur(compte):
                continue
            if a_blanc or _faire_une_fois(compte, a_faire, faire, maintenant):
                bilan[nom].append(compte)
    return bilan


def _faire_une_fois(compte, a_faire, faire, maintenant):
    """Take the account, look again (they may have signed in, another worker may have come), and do it."""
    try:
        with transaction.atomic():
            effacement.verrouiller_les_administrateurs()
            if not Utilisateur.objects.select_for_update().filter(pk=compte.pk).exists():
                return False
            attendu = a_faire(maintenant).filter(pk=compte.pk).first()
            if attendu is None or effacement.est_le_dernier_administrateur(attendu):
                return False
            faire(attendu, maintenant)
    except Exception:
        journal.exception("Compte %s inutilisé : l'étape n'a pas été faite", compte.pk)
        return False
    return True


def _comptes(maintenant, mois):
    """Return the accounts that nobody has used for so many months."""
    comptes = Utilisateur.objects.annotate(activite=Coalesce("last_login", "date_joined"))
    return comptes.filter(activite__lte=decaler(maintenant, -mois), efface_le=None)


def a_prevenir(maintenant):
    deja = Q(prevenu_le__gte=F("activite"))
    return _comptes(maintenant, MOIS_AVANT_DE_PREVENIR).filter(~deja | Q(prevenu_le=None), is_active=True)


def a_fermer(maintenant):
    """A month after the warning: one sent late postpones the closing."""
    prevenus = Q(prevenu_le__gte=F("activite"), prevenu_le__lte=decaler(maintenant, -_PREAVIS))
    return _comptes(maintenant, MOIS_AVANT_DE_FERMER).filter(prevenus, is_active=True)


def a_effacer(maintenant):
    """Closed for as long as the rule says, whoever closed them and however late."""
    recents = Utilisateur.historique.filter(id=OuterRef("pk"), history_date__gt=decaler(maintenant, -_FERMES))

    return _comptes(maintenant, MOIS_AVANT_D_EFFACER).filter(~Exists(recents), is_active=False)


_PREAVIS = MOIS_AVANT_DE_FERMER - MOIS_AVANT_DE_PREVENIR
_FERMES = MOIS_AVANT_D_EFFACER - MOIS_AVANT_DE_FERMER


def fermeture_prevue(compte, maintenant):
    return max(decaler(compte.activite, MOIS_AVANT_DE_FERMER), decaler(maintenant, _PREAVIS))


def _prevenir(compte, maintenant):
    compte.prevenu_le = maintenant
    # Neither an act of somebody, nor anything about the person: no row of history.
    Utilisateur.objects.filter(pk=compte.pk).update(prevenu_le=maintenant)
    contexte = {"depuis": compte.activite, "fermeture": fermeture_prevue(compte, maintenant)}
    courrier.ecrire(COMPTE, compte, "compte_inutilise", contexte, lien="/connexion/")


def _fermer(compte, maintenant):
    # Whoever has it opened again is warned anew before it closes.
    compte.is_active, compte.prevenu_le = False, None
    compte._change_reason = "Fermé : personne ne s'en servait depuis un an"
    compte.save()
    mettre_fin_aux_sessions(compte)
    contexte = {"depuis": compte.activite, "effacement": decaler(maintenant, _FERMES)}
    courrier.ecrire(COMPTE, compte, "compte_ferme", contexte)


def _effacer(compte, maintenant):
    effacement.anonymiser(compte)


ETAPES = {
    "effacer": (a_effacer, _effacer),
    "fermer": (a_fermer, _fermer),
    "prevenir": (a_prevenir, _prevenir),
}
