"""Inviting, and accepting: the account and the habilitation begin there, in one transaction, never before.

Who may give what is said by `Habilitation.nommable_par`, asked when the invitation is made and again when it is
accepted. Nothing here tells an inviter whether an address has an account.
"""

from datetime import timedelta
from enum import StrEnum

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from comptes import courrier
from comptes.acces import aujourdhui, est_modifiable, oublier_les_habilitations
from comptes.cles import nouvelle_cle
from comptes.genres_de_courrier import INVITATION, SUITES_D_INVITATION
from comptes.models import EtatInvitation, Invitation, Utilisateur
from comptes.models.invitations import debut_du_jour, lire_les_portees

ENTRE_DEUX_ENVOIS = timedelta(minutes=10)
_SIGNATAIRE = signing.Signer(salt="comptes.invitation", sep=".")
_LONGUEUR_DE_CLE = len(nouvelle_cle())
# What a later invitation to the same address for the same thing writes over the first.
_DETAILS = ("prenom", "nom", "du", "au", "acte_numero", "acte_date", "message", "remplace", "auteur")


class Situation(StrEnum):
    """What whoever opens a link may do."""

    INCONNUE = "inconnue"
    REMPLACEE = "remplacee"
    ANNULEE = "annulee"
    ACCEPTEE = "acceptee"
    EXPIREE = "expiree"
    PERIMEE = "perimee"
    DROITS_PERDUS = "droits_perdus"
    COMPTE_INACTIF = "compte_inactif"
    A_CONNECTER = "a_connecter"
    AUTRE_COMPTE = "autre_compte"
    A_CREER = "a_creer"
    A_CONFIRMER = "a_confirmer"


# --- The link ---------------------------------------------------------------------------------------------------------
def jeton(invitation):
    """Return the signed text of its link: its key and the secret of its last sending, nothing of the person."""
    return _SIGNATAIRE.sign(invitation.cle + invitation.secret)


def lire_le_jeton(texte):
    """Return (key, secret); two empty texts when the link was not made here, or was changed."""
    try:
        valeur = _SIGNATAIRE.unsign(texte)
    except signing.BadSignature:
        return "", ""
    return valeur[:_LONGUEUR_DE_CLE], valeur[_LONGUEUR_DE_CLE:]


# --- Inviting ---------------------------------------------------------------------------------------------------------
def inviter(auteur, *, adresse, genre, qualite, portee=None, remplace=None, **details):
    """Promise an habilitation to an address, and write to it. Returns the invitation.

    `genre`: the kind; `portee`: its region, territory…; `remplace`: the habilitation of the same kind, quality and
    scope that ends when this one begins; `details`: prenom, nom, du, au, acte_numero, acte_date, message. An invitation
    that still waits for an answer is completed and sent again. Raises `ValidationError`, by field where it can.
    """
    champ = next((champ for champ in genre.avec if portee is not None and _va_dans(genre, champ, portee)), "")
    invitation = Invitation(
        adresse=adresse.lower(),
        genre=genre._meta.label_lower,
        qualite=qualite,
        portee=f"{champ}:{portee.pk}" if champ else "",
        auteur=auteur,
        remplace=remplace.pk if remplace else None,
        **details,
    )
    verifier(invitation, remplace)
    # Somebody else may be inviting the same person at the same time: the second sends the first again.
    try:
        return _creer_ou_renvoyer(invitation)
    except IntegrityError:
        return _creer_ou_renvoyer(invitation)


def verifier(invitation, remplace=None):
    """Raise `ValidationError` when an invitation may not be made: rights, scope, dates, already held."""
    promise = invitation.a_donner()
    if not promise.nommable_par(invitation.auteur):
        raise ValidationError({"qualite": "Vous ne pouvez pas donner cette habilitation-là : d'autres la donnent."})
    if invitation.est_perimee:
        raise ValidationError({"au": "Ce jour est passé : choisissez un jour à venir, ou aucun."})
    promise.full_clean(exclude=["personne"], validate_unique=False)
    invitation.full_clean(exclude=["auteur", "courrier"], validate_unique=False, validate_constraints=False)
    if remplace and not _pareilles(promise).filter(pk=remplace.pk).exists():
        raise ValidationError("L'habilitation à remplacer n'est pas la même : même qualité, même périmètre.")
    deja = _couvrant(_pareilles(promise).filter(personne__email=invitation.adresse), promise)
    # What they see takes long to ask, and most have nothing yet.
    if deja.exists() and deja.visibles_par(invitation.auteur).exists():
        raise ValidationError({"adresse": "Cette personne a déjà cette habilitation."})


def _va_dans(genre, champ, portee):
    return isinstance(portee, genre._meta.get_field(champ).related_model)


def _pareilles(habilitation):
    """Return those of the same kind, quality and scope that are not over."""
    portee = {f"{champ}_id": getattr(habilitation, f"{champ}_id") for champ in habilitation.avec}
    return type(habilitation).objects.filter(
        Q(au=None) | Q(au__gte=aujourdhui()), qualite=habilitation.qualite, retiree_le=None, **portee
    )


def _couvrant(habilitations, promise):
    """Keep those that already give, and as long, what is promised."""
    if promise.au is None:
        return habilitations.filter(au=None)
    return habilitations.filter(Q(au=None) | Q(au__gte=promise.au), du__lte=promise.du)


@transaction.atomic
def _creer_ou_renvoyer(invitation):
    pareilles = Invitation.objects.ouvertes().filter(
        adresse=invitation.adresse,
        genre=invitation.genre,
        portee=invitation.portee,
        qualite=invitation.qualite,
    )
    premiere = pareilles.select_for_update().first()
    if premiere is None:
        invitation.save()
        return envoyer(invitation)
    _attendre(premiere, "adresse")
    for champ in _DETAILS:
        setattr(premiere, champ, getattr(invitation, champ))
    return envoyer(premiere)


def _attendre(invitation, champ=None):
    """Raise `ValidationError` when an invitation was sent a few minutes ago."""
    reprise = invitation.envoyee_le and invitation.envoyee_le + ENTRE_DEUX_ENVOIS
    if reprise and reprise > timezone.now():
        # To the minute above: earlier would be refused again.
        heure = timezone.localtime(reprise + timedelta(seconds=59))
        texte = (
            "Une invitation vient de partir à cette adresse. Vous pourrez la renvoyer à partir de "
            f"{heure:%H}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{heure:%M}."
        )
        raise ValidationError({champ: texte} if champ else texte)


def envoyer(invitation):
    """Write the message, with a new link: the one before opens nothing any more. Call it in a transaction."""
    invitation.secret = nouvelle_cle()
    invitation.etat, invitation.envoyee_le = EtatInvitation.ENVOYEE, timezone.now()
    invitation.envois += 1
    invitation.demandee_le = None
    # The address, not its account: with or without one, the message is the same.
    invitation.courrier = courrier.ecrire(
        INVITATION,
        invitation.adresse,
        "invitation",
        {**contexte(invitation), "personne": invitation.destinataire},
        lien=reverse("invitation", args=[jeton(invitation)]),
    )
    invitation._change_reason = "Invitation envoyée" if invitation.envois == 1 else "Invitation renvoyée"
    invitation.save()
    return invitation


def contexte(invitation):
    """Return what pages and messages say of an invitation."""
    (invitation,) = lire_les_portees([invitation])
    return {
        "invitation": invitation,
        "titre": invitation.modele_donne.titre,
        "qualite": invitation.qualite_dite,
        "objet": invitation.objet,
        "du": max(invitation.du, aujourdhui()),
    }


def renvoyer(cle, auteur):
    """Send an invitation again. Raises `ValidationError` when it can't be, or was a few minutes ago."""
    with transaction.atomic():
        invitation = _a_decider(cle)
        _attendre(invitation)
        if not invitation.nommable:
            # Whoever sends it again may give it: they now answer for it.
            invitation.auteur = auteur
        verifier(invitation)
        return envoyer(invitation)


def annuler(cle, auteur):
    """Close an invitation: its link opens nothing any more. Raises `ValidationError` when it is closed already."""
    with transaction.atomic():
        invitation = _a_decider(cle)
        invitation.etat = EtatInvitation.ANNULEE
        invitation.annulee_le, invitation.annulee_par = timezone.now(), auteur
        invitation.demandee_le = None
        invitation._change_reason = "Invitation annulée"
        invitation.save()
        return invitation


def _a_decider(cle):
    invitation = Invitation.objects.select_for_update().get(cle=cle)
    if not invitation.est_ouverte:
        etat = invitation.get_etat_display().lower()
        raise ValidationError(f"Cette invitation est {etat} : rien n'a été fait.")
    return invitation


# --- Accepting --------------------------------------------------------------------------------------------------------
def ouvrir(texte, visiteur):
    """Return (invitation or None, situation) of a link for whoever opens it. Writes nothing."""
    cle, secret = lire_le_jeton(texte)
    invitation = Invitation.objects.select_related("auteur").filter(cle=cle).first() if cle else None
    return invitation, situation(invitation, secret, visiteur)


def situation(invitation, secret, visiteur):
    if invitation is None:
        return Situation.INCONNUE
    if invitation.etat == EtatInvitation.ACCEPTEE:
        return Situation.ACCEPTEE
    if invitation.etat == EtatInvitation.ANNULEE:
        return Situation.ANNULEE
    if invitation.secret != secret:
        return Situation.REMPLACEE
    if invitation.est_perimee:
        return Situation.PERIMEE
    # Before « expirée »: nobody is asked for what they can no longer give.
    if not invitation.nommable or not _remplacement_permis(invitation):
        return Situation.DROITS_PERDUS
    if invitation.est_expiree:
        return Situation.EXPIREE
    return _pour_qui(invitation, visiteur)


def _pour_qui(invitation, visiteur):
    compte = Utilisateur.objects.filter(email=invitation.adresse).first()
    if compte and not compte.is_active:
        return Situation.COMPTE_INACTIF
    if visiteur.is_authenticated and visiteur != compte:
        return Situation.AUTRE_COMPTE
    if compte is None:
        return Situation.A_CREER
    return Situation.A_CONFIRMER if visiteur.is_authenticated else Situation.A_CONNECTER


def _remplacement_permis(invitation):
    """Tell whether its author may still end the habilitation that it replaces; one that is over is left alone."""
    ancienne = _ancienne(invitation)
    return ancienne is None or est_modifiable(ancienne, invitation.auteur)


def _ancienne(invitation):
    if invitation.remplace is None:
        return None
    return _pareilles(invitation.a_donner()).filter(pk=invitation.remplace).first()


def accepter(texte, visiteur, compte=None):
    """Begin the habilitation, and `compte` (not saved yet) with it when the address has none.

    Returns (invitation, situation, person): the situation is `ACCEPTEE` and the person theirs when it is done, else
    nothing was written and the person is None. The invitation is locked: of two at once, one is told it is done.
    What it replaces may have become impossible to end: nobody then has the right to give it.
    """
    cle, secret = lire_le_jeton(texte)
    try:
        with transaction.atomic():
            # Their account first, then the invitation: as an erasure takes them (`comptes.effacement`).
            list(Utilisateur.objects.select_for_update().filter(pk=visiteur.pk).values_list("pk"))
            invitation = (
                Invitation.objects.select_for_update(of=["self"]).select_related("auteur").filter(cle=cle).first()
            )
            ou = situation(invitation, secret, visiteur)
            if ou == Situation.A_CREER and compte is not None:
                personne = _ouvrir_le_compte(invitation, compte)
            elif ou == Situation.A_CONFIRMER and compte is None:
                personne = visiteur
            else:
                return invitation, ou, None
            _donner(invitation, personne)
            return invitation, Situation.ACCEPTEE, personne
    except ValidationError:
        return invitation, Situation.DROITS_PERDUS, None
    except IntegrityError:
        # Another invitation has just opened the account of the same address.
        invitation, ou = ouvrir(texte, visiteur)
        return invitation, ou, None


def _ouvrir_le_compte(invitation, compte):
    compte.email = invitation.adresse
    compte._history_user = compte
    compte._change_reason = "Compte ouvert par une invitation"
    compte.save(force_insert=True)
    return compte


def _donner(invitation, personne):
    promise = invitation.a_donner(personne)
    deja = _couvrant(_pareilles(promise).filter(personne=personne), promise).first()
    if deja is None:
        promise._history_user = personne
        promise._change_reason = "Invitation acceptée"
        promise.save(force_insert=True)
    _finir_l_ancienne(invitation, promise, personne)
    invitation.etat = EtatInvitation.ACCEPTEE
    invitation.acceptee_le, invitation.acceptee_par = timezone.now(), personne
    invitation.obtenue = (deja or promise).pk
    invitation._history_user = personne
    invitation._change_reason = "Invitation acceptée"
    invitation.save()
    # What it lets do counts from now on.
    oublier_les_habilitations(personne)
    courrier.ecrire(
        SUITES_D_INVITATION,
        invitation.auteur,
        "invitation_acceptee",
        {**contexte(invitation), "qui": personne},
        lien=reverse("invitations"),
    )


def _finir_l_ancienne(invitation, promise, personne):
    """End the habilitation that is replaced: at once, or the day before the new one begins."""
    ancienne = _ancienne(invitation)
    if ancienne is None:
        return
    ancienne._history_user = personne
    ancienne._change_reason = "Habilitation transférée"
    veille = promise.du - timedelta(days=1)
    if promise.du <= aujourdhui() or veille < ancienne.du:
        ancienne.terminer(personne)
    elif ancienne.au is None or ancienne.au > veille:
        ancienne.terminer(personne, veille)


def demander_a_nouveau(texte, visiteur):
    """Note that the owner of an expired link asks for another, and tell the inviter: once a day at most.

    Returns (invitation, situation); the situation is `EXPIREE` when it is noted, or already was.
    """
    cle, secret = lire_le_jeton(texte)
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update(of=["self"]).select_related("auteur").filter(cle=cle).first()
        ou = situation(invitation, secret, visiteur)
        deja = (
            ou == Situation.EXPIREE and invitation.demandee_le and invitation.demandee_le >= debut_du_jour(aujourdhui())
        )
        if ou != Situation.EXPIREE or deja:
            return invitation, ou
        invitation.demandee_le = timezone.now()
        invitation._change_reason = "Nouvelle invitation demandée"
        invitation.save()
        courrier.ecrire(
            SUITES_D_INVITATION,
            invitation.auteur,
            "invitation_redemandee",
            contexte(invitation),
            lien=reverse("invitations"),
        )
    return invitation, ou
