"""Inviting, and what became of the invitations that one sees."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.cache import never_cache

from comptes import acces, invitations
from comptes.forms_invitations import FiltreInvitations, FormulaireInvitation, qualites_nommables
from comptes.invitations import ENTRE_DEUX_ENVOIS
from comptes.methodes import lire_ou_ecrire, lire_seulement, methodes
from comptes.models import EtatCourrier, EtatInvitation, Invitation
from comptes.models.invitations import DUREE, lire_les_portees

PAR_PAGE = 50
BADGES = {
    EtatInvitation.A_ENVOYER: "new",
    EtatInvitation.ENVOYEE: "info",
    EtatInvitation.ACCEPTEE: "success",
    EtatInvitation.ANNULEE: "",
}


@lire_ou_ecrire
@never_cache
def inviter(request):
    """First what for, then whom: only what the author may give is proposed."""
    genres = _genres_nommables(request.user)
    if not genres:
        raise PermissionDenied
    genre = genres.get(request.GET.get("genre", "")) or (next(iter(genres.values())) if len(genres) == 1 else None)
    fil = [("Invitations", reverse("invitations")), ("Inviter", "")]
    if genre is None:
        choix = [(adresse, un, _qualites_dites(un, request.user)) for adresse, un in genres.items()]
        return render(request, "comptes/invitation_genre.html", {"genres": choix, "fil_ariane": fil})
    envoye = request.POST if request.method == "POST" else None
    formulaire = FormulaireInvitation(
        envoye, auteur=request.user, genre=genre, portee=request.GET.get("portee", "")[:150]
    )
    if formulaire.is_bound and formulaire.is_valid() and (invitation := formulaire.save()):
        messages.success(request, _partie(invitation))
        return redirect("invitations")
    if formulaire.portee_a_choisir:
        contexte = {"titre": genre.titre, "adresse_du_choix": reverse(genre.se_choisit_dans), "fil_ariane": fil}
        return render(request, "comptes/invitation_choisir.html", contexte)
    contexte = {
        "formulaire": formulaire,
        "titre": genre.titre,
        "adresse_du_genre": slugify(genre.titre),
        "plusieurs_genres": len(genres) > 1,
        "duree": DUREE.days,
        "fil_ariane": fil,
    }
    return render(request, "comptes/invitation_inviter.html", contexte)


def _genres_nommables(personne):
    """Return {how addresses call it: kind} of those that a person may give, on some scope."""
    return {slugify(genre.titre): genre for genre in acces.genres() if genre.objects.ajoutables_par(personne)}


def _qualites_dites(genre, personne):
    """« Chef de projet, maire, lecture »: what tells the kinds apart for whoever comes for the first time."""
    return ", ".join(f"{libelle[:1].lower()}{libelle[1:]}" for _, libelle in qualites_nommables(genre, personne))


def _partie(invitation):
    return f"L'invitation pour {invitation.adresse} va partir. Elle est valable {DUREE.days}\N{NO-BREAK SPACE}jours."


@lire_seulement
@never_cache
def liste(request):
    """The invitations that one sees, the latest first."""
    visibles = Invitation.objects.visibles_par(request.user)
    peut_inviter = Invitation.objects.ajoutables_par(request.user)
    if not peut_inviter and not acces.voit_tout(request.user) and not visibles.exists():
        raise PermissionDenied
    filtre = FiltreInvitations(request.GET if "etat" in request.GET else {"etat": ""})
    trouvees = filtre.filtrer(visibles).select_related("auteur", "acceptee_par", "annulee_par", "courrier")
    page = Paginator(trouvees, PAR_PAGE).get_page(request.GET.get("page"))
    lues = lire_les_portees(page.object_list)
    siennes = Invitation.objects.modifiables_par(request.user).filter(pk__in=[invitation.pk for invitation in lues])
    modifiables = set(siennes.values_list("pk", flat=True)) if lues else set()
    contexte = {
        "lignes": [_presenter(invitation, invitation.pk in modifiables) for invitation in lues],
        "page": page,
        "filtre": filtre,
        "peut_inviter": peut_inviter,
        "fil_ariane": [("Invitations", "")],
    }
    return render(request, "comptes/invitation_liste.html", contexte)


def _presenter(invitation, modifiable):
    """Return what a row shows: the state in words, since when, and what may be done."""
    ouverte = modifiable and invitation.est_ouverte
    trop_tot = invitation.envoyee_le and invitation.envoyee_le + ENTRE_DEUX_ENVOIS > timezone.now()
    en_souci = invitation.courrier and invitation.courrier.etat in (EtatCourrier.ECHOUE, EtatCourrier.A_VERIFIER)
    a_envoyer = invitation.est_a_envoyer
    etat = EtatInvitation.A_ENVOYER if a_envoyer else invitation.etat
    return {
        "invitation": invitation,
        "etat": invitation.etat_dit,
        "badge": "warning" if invitation.est_expiree else BADGES[etat],
        "est_envoyee": etat == EtatInvitation.ENVOYEE,
        "non_remis": invitation.est_ouverte and en_souci,
        "a_envoyer": a_envoyer,
        "peut_renvoyer": ouverte and not trop_tot and not invitation.est_perimee,
        "peut_annuler": ouverte,
    }


@never_cache
@methodes("POST")
def renvoyer(request, cle):
    _decidable(request, cle)
    try:
        invitation = invitations.renvoyer(cle, request.user)
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
    else:
        messages.success(request, f"{_partie(invitation)} Le lien précédent n'ouvre plus rien.")
    return redirect("invitations")


@lire_ou_ecrire
@never_cache
def annuler(request, cle):
    """Confirm on a page of its own, then close."""
    invitation = _decidable(request, cle)
    if request.method == "POST":
        try:
            invitations.annuler(cle, request.user)
        except ValidationError as erreur:
            messages.error(request, " ".join(erreur.messages))
        else:
            messages.success(
                request, f"L'invitation pour {invitation.adresse} est annulée : son lien n'ouvre plus rien."
            )
        return redirect("invitations")
    fil = [("Invitations", reverse("invitations")), ("Annuler", "")]
    contexte = {**invitations.contexte(invitation), "fil_ariane": fil}
    return render(request, "comptes/invitation_annuler.html", contexte)


def _decidable(request, cle):
    """Return an invitation that the reader may send again or close: 404 if they don't see it, 403 if they only do."""
    invitation = get_object_or_404(Invitation.objects.visibles_par(request.user), cle=cle)
    if not acces.est_modifiable(invitation, request.user):
        raise PermissionDenied
    return invitation
