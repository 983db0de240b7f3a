"""Changing one's address. The new one confirms, by whoever is signed in; the old one is told at once, and may stop it.

Whoever asks has just given their password. So when the old address stops a change, somebody knows a password that they
should not: it no longer opens anything.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from comptes import courrier
from comptes.genres_de_courrier import ADRESSE
from comptes.models import ChangementAdresse, EtatChangement, Utilisateur
from comptes.second_facteur import mettre_fin_aux_sessions

POUR_CONFIRMER = timedelta(hours=24)
POUR_ARRETER = timedelta(hours=72)
DUREE_DES_TRACES = timedelta(days=30)
UN_JOUR = timedelta(days=1)
DEMANDES_PAR_JOUR = 5

CONFIRMER, ARRETER = "adresse_confirmer", "adresse_arreter"
PRISE = "Entre-temps, cette adresse est devenue celle d'un autre compte. Rien n'a changé : la vôtre reste la même."
REPRISE = "L'ancienne adresse est devenue celle d'un autre compte : écrivez à l'équipe du portail, rien n'a changé."
PERIME = "Ce lien ne sert plus : il a déjà servi, son délai est passé, ou une autre demande l'a remplacé."
TROP = "Vous avez déjà demandé cinq changements depuis hier. Attendez demain."


class ChangementImpossible(Exception):
    """It can't be done, or not any more; the text says why, in French."""


def demander(personne, nouvelle):
    """Keep the demand and write to both addresses. Whether the new one already has an account, only its owner learns.

    Raises `ChangementImpossible` after too many.
    """
    maintenant = timezone.now()
    with transaction.atomic():
        personne = Utilisateur.objects.select_for_update().get(pk=personne.pk)
        siens = ChangementAdresse.objects.filter(personne=personne)
        if siens.filter(demande_le__gt=maintenant - UN_JOUR).count() >= DEMANDES_PAR_JOUR:
            raise ChangementImpossible(TROP)
        siens.filter(etat=EtatChangement.EN_ATTENTE).update(etat=EtatChangement.REMPLACE, conclu_le=maintenant)
        changement = ChangementAdresse.objects.create(
            personne=personne, ancienne=personne.email, nouvelle=nouvelle.lower(), demande_le=maintenant
        )
        prise = Utilisateur.objects.filter(email=changement.nouvelle).exists()
        gabarit, lien = ("adresse_prise", "") if prise else ("adresse_nouvelle", _lien(CONFIRMER, changement))
        courrier.ecrire(ADRESSE, changement.nouvelle, gabarit, {"changement": changement}, lien=lien)
        contexte = {"changement": changement, "jusqu_a": maintenant + POUR_ARRETER}
        courrier.ecrire(ADRESSE, personne, "adresse_ancienne", contexte, lien=_lien(ARRETER, changement))
    return changement


def jeton(acte, changement):
    """Return what the link of an act holds."""
    return _signataire(acte).sign(changement.cle)


def lire(acte, texte):
    """Return the change that a link is about, None unless we made it for this act."""
    try:
        cle = _signataire(acte).unsign(texte)
    except BadSignature:
        return None
    return ChangementAdresse.objects.select_related("personne").filter(cle=cle).first()


def en_attente(personne):
    """Return the change that may still be confirmed, or None."""
    return ChangementAdresse.objects.filter(
        personne=personne, etat=EtatChangement.EN_ATTENTE, demande_le__gt=timezone.now() - POUR_CONFIRMER
    ).first()


def se_confirme(changement):
    return changement.etat == EtatChangement.EN_ATTENTE and timezone.now() < changement.demande_le + POUR_CONFIRMER


def s_arrete(changement):
    return timezone.now() < changement.demande_le + POUR_ARRETER and _depuis(changement).exists()


def confirmer(changement, session):
    """Give the account its new address; other sessions than the one of this key end. `ChangementImpossible`."""
    try:
        with transaction.atomic():
            personne = Utilisateur.objects.select_for_update().get(pk=changement.personne_id)
            changement.refresh_from_db()
            if not se_confirme(changement):
                raise ChangementImpossible(PERIME)
            _donner(personne, changement.nouvelle, "Adresse changée et confirmée")
            _conclure(ChangementAdresse.objects.filter(pk=changement.pk), EtatChangement.CONFIRME)
            mettre_fin_aux_sessions(personne, sauf=session)
    except IntegrityError as erreur:
        raise ChangementImpossible(PRISE) from erreur


def arreter(changement):
    """Stop a change and those asked since; give the old address back. The sessions end, and the password with them.

    Raises `ChangementImpossible`.
    """
    try:
        with transaction.atomic():
            personne = Utilisateur.objects.select_for_update().get(pk=changement.personne_id)
            if not s_arrete(changement):
                raise ChangementImpossible(PERIME)
            personne.set_unusable_password()
            _donner(personne, changement.ancienne, "Changement d'adresse arrêté depuis l'ancienne adresse")
            _conclure(_depuis(changement), EtatChangement.ARRETE)
            mettre_fin_aux_sessions(personne)
    except IntegrityError as erreur:
        raise ChangementImpossible(REPRISE) from erreur


def purger(maintenant=None):
    """Forget the demands of more than a month ago. Returns how many."""
    anciens = ChangementAdresse.objects.filter(demande_le__lt=(maintenant or timezone.now()) - DUREE_DES_TRACES)
    return anciens.delete()[0]


def _depuis(changement):
    """Return this change and those asked since, which may come of whoever should not have asked."""
    suivants = ChangementAdresse.objects.filter(personne=changement.personne_id, pk__gte=changement.pk)
    return suivants.filter(etat__in=[EtatChangement.EN_ATTENTE, EtatChangement.CONFIRME])


def _donner(personne, adresse, raison):
    personne.email = adresse
    personne._change_reason = raison
    personne.save()
    # allauth would also find the account by the addresses that it keeps: the portal has only one.
    EmailAddress.objects.filter(user=personne).delete()


def _conclure(changements, etat):
    changements.update(etat=etat, conclu_le=timezone.now())


def _signataire(acte):
    return Signer(salt=f"comptes.{acte}", sep=".")


def _lien(acte, changement):
    return reverse(acte, args=[jeton(acte, changement)])
