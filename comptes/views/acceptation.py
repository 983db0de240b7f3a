"""The page of an invitation's link: for anyone who holds it, kept by nobody."""

from functools import wraps

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from comptes import invitations
from comptes.forms_invitations import FormulaireCompte
from comptes.invitations import Situation
from comptes.methodes import lire_ou_ecrire, methodes

STATUTS = {
    Situation.INCONNUE: 404,
    Situation.REMPLACEE: 410,
    Situation.ANNULEE: 410,
    Situation.ACCEPTEE: 410,
    Situation.EXPIREE: 410,
    Situation.PERIMEE: 410,
    Situation.DROITS_PERDUS: 403,
    Situation.COMPTE_INACTIF: 403,
}


def sans_trace(vue):
    """Decorate a page whose address is a secret: kept by nobody, told to no other page.

    Not « no-referrer »: browsers then say that forms come from nowhere, which the protection of forms refuses.
    """

    @wraps(vue)
    def vue_sans_trace(request, *args, **kwargs):
        reponse = vue(request, *args, **kwargs)
        reponse["Referrer-Policy"] = "strict-origin"
        reponse["X-Robots-Tag"] = "noindex"
        return reponse

    return never_cache(vue_sans_trace)


@login_not_required
@sensitive_post_parameters()
@sans_trace
@lire_ou_ecrire
def ouvrir(request, jeton):
    """Say who invites to do what; on POST, begin the habilitation, and the account when there is none."""
    invitation, situation = invitations.ouvrir(jeton, request.user)
    envoye = request.POST if request.method == "POST" else None
    formulaire = None
    if situation == Situation.A_CREER:
        connus = {"prenom": invitation.prenom, "nom": invitation.nom}
        formulaire = FormulaireCompte(envoye, instance=_compte(invitation), initial=connus)
    if envoye is not None and (formulaire is None or formulaire.is_valid()):
        compte = formulaire.compte() if formulaire else None
        invitation, situation, personne = invitations.accepter(jeton, request.user, compte)
        if personne:
            return _accueillir(request, invitation, personne, nouveau=compte is not None)
    return _montrer(request, jeton, invitation, situation, formulaire)


@login_not_required
@sans_trace
@methodes("POST")
def demander(request, jeton):
    """Ask the inviter for another link, the time of this one having passed."""
    invitation, situation = invitations.demander_a_nouveau(jeton, request.user)
    if situation != Situation.EXPIREE:
        return _montrer(request, jeton, invitation, situation)
    return render(request, "comptes/invitation_demandee.html", invitations.contexte(invitation))


def _compte(invitation):
    """Return the account to be, whose password may not look like its address."""
    compte = FormulaireCompte.Meta.model(email=invitation.adresse)
    compte.prenom, compte.nom = invitation.prenom, invitation.nom
    return compte


def _accueillir(request, invitation, personne, nouveau):
    contexte = invitations.contexte(invitation)
    texte = f"C'est fait\N{NO-BREAK SPACE}: {contexte['titre']}"
    messages.success(request, f"{texte} · {contexte['objet']}." if contexte["objet"] else f"{texte}.")
    if not nouveau:
        return redirect(settings.LOGIN_REDIRECT_URL)
    # As any sign-in: the session changes its key, the second factor is asked of whoever must have one.
    connexion = Login(user=personne, redirect_url=resolve_url(settings.LOGIN_REDIRECT_URL), email=personne.email)
    return perform_password_login(request, {"email": personne.email}, connexion)


def _montrer(request, jeton, invitation, situation, formulaire=None):
    if situation == Situation.ACCEPTEE and request.user.is_authenticated and request.user == invitation.acceptee_par:
        return redirect(settings.LOGIN_REDIRECT_URL)
    if situation == Situation.A_CREER and formulaire is None:
        # Not asked for here, or no longer what it was: the form is on the link's own page.
        return redirect("invitation", jeton)
    if situation in STATUTS:
        delegations = invitation.modele_donne.delegations if invitation else ()
        contexte = {
            "situation": situation.value,
            "jeton": jeton,
            "qui": [delegation.qui for delegation in delegations],
            **(invitations.contexte(invitation) if situation == Situation.EXPIREE else {}),
        }
        return render(request, "comptes/invitation_fermee.html", contexte, status=STATUTS[situation])
    contexte = {
        **invitations.contexte(invitation),
        "formulaire": formulaire,
        "jeton": jeton,
        "a_connecter": situation == Situation.A_CONNECTER,
        "autre_compte": situation == Situation.AUTRE_COMPTE,
        "a_confirmer": situation == Situation.A_CONFIRMER,
        "demande_second_facteur": invitation.modele_donne.second_facteur,
        "plus_tard": resolve_url(settings.LOGIN_REDIRECT_URL),
        "connexion": reverse("account_login", query={"next": reverse("invitation", args=[jeton])}),
    }
    return render(request, "comptes/invitation_ouvrir.html", contexte)
