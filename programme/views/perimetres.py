"""Perimeter requests: the list, one of them, writing it, moving it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.acces import habilitations
from comptes.methodes import lire_ou_ecrire, lire_seulement, methodes
from comptes.parcours import TransitionImpossible, passer
from programme import documents_signes
from programme.fiche_perimetre import FicheDemande
from programme.forms.perimetres import ChoixDuTerritoire, FormulaireDeliberation, FormulaireDemande, FormulaireEtape
from programme.models import DeliberationDePerimetre, DemandeDePerimetre, PassageDePerimetre
from programme.perimetres import inscrire
from programme.types_de_fichier import ACCEPTES
from tableurs.views.acces import envoi, page_demandee

LIGNES_PAR_PAGE = 50
recevoir_seulement = methodes("POST")


@lire_seulement
@never_cache
def liste(request):
    if not habilitations(request.user):
        raise PermissionDenied
    demandes = DemandeDePerimetre.objects.visibles_par(request.user).select_related("territoire", "collectivite")
    avis = Prefetch("passages", PassageDePerimetre.objects.exclude(avis=""), to_attr="avis_rendus")
    contexte = {
        "fil_ariane": [("Demandes de périmètre", "")],
        "page": page_demandee(request, Paginator(demandes.prefetch_related(avis), LIGNES_PAR_PAGE)),
        "peut_ajouter": DemandeDePerimetre.objects.ajoutables_par(request.user),
    }
    return render(request, "programme/perimetre_liste.html", contexte)


@lire_ou_ecrire
@never_cache
def nouveau(request):
    """The territory comes in the address; without it, it is asked."""
    if not DemandeDePerimetre.objects.ajoutables_par(request.user):
        raise PermissionDenied
    choix = ChoixDuTerritoire(request.GET if "territoire" in request.GET else None, personne=request.user)
    titre = "Demander un changement de périmètre"
    if not choix.is_valid():
        contexte = {"fil_ariane": _fil_ariane(titre), "form": choix}
        return render(request, "programme/perimetre_territoire.html", contexte)
    return _ecrire(request, DemandeDePerimetre(territoire=choix.cleaned_data["territoire"]), titre, [(titre, "")])


@lire_seulement
@never_cache
def fiche(request, cle):
    demande = demande_ou_404(request, cle)
    contexte = {"fil_ariane": _fil_ariane(str(demande)), "fiche": FicheDemande(demande, request.user)}
    return render(request, "programme/perimetre_fiche.html", contexte)


@lire_ou_ecrire
@never_cache
def modifier(request, cle):
    demande = demande_ou_404(request, cle, "modifiables_par")
    return _ecrire(
        request, demande, "Modifier la demande", [(str(demande), demande.get_absolute_url()), ("Modifier", "")]
    )


def _ecrire(request, demande, titre, suite):
    donnees, _ = envoi(request)
    formulaire = FormulaireDemande(donnees, instance=demande, personne=request.user)
    if formulaire.is_bound and formulaire.is_valid():
        demande = formulaire.save()
        messages.success(request, f"{demande} : la demande est enregistrée. Joignez-y les délibérations.")
        return redirect(demande)
    contexte = {
        "fil_ariane": [("Demandes de périmètre", reverse("perimetres")), *suite],
        "demande": demande,
        "form": formulaire,
        "titre": titre,
    }
    return render(request, "programme/perimetre_modifier.html", contexte)


@lire_ou_ecrire
@never_cache
def deliberer(request, cle):
    """Add a deliberation, with its signed document when there is one."""
    demande = demande_ou_404(request, cle, "modifiables_par")
    formulaire = FormulaireDeliberation(*envoi(request), instance=DeliberationDePerimetre(demande=demande))
    if formulaire.is_bound and formulaire.is_valid():
        with transaction.atomic():
            deliberation = formulaire.save()
            if fichier := formulaire.cleaned_data["fichier"]:
                documents_signes.deposer(deliberation, request.user, fichier, formulaire.type_de_piece)
        messages.success(request, f"La délibération de {deliberation} est dans la demande.")
        return redirect(demande)
    contexte = {
        "fil_ariane": _fil_ariane("Ajouter une délibération", demande),
        "demande": demande,
        "form": formulaire,
        "acceptes": ACCEPTES,
    }
    return render(request, "programme/perimetre_deliberation.html", contexte)


@recevoir_seulement
def retirer_la_deliberation(request, cle, deliberation):
    demande = demande_ou_404(request, cle, "modifiables_par")
    lue = get_object_or_404(demande.deliberations, cle=deliberation)
    with transaction.atomic():
        # Transmitted in the meantime, it stays.
        get_object_or_404(DemandeDePerimetre.objects.modifiables_par(request.user).select_for_update(), pk=demande.pk)
        lue.delete()
    messages.success(request, "La délibération est retirée de la demande.")
    return redirect(demande)


@lire_ou_ecrire
@never_cache
def passer_une_etape(request, cle, etape):
    """Show what follows, ask what it takes, then do it. 404 outside the scope; 403 inside it without the right."""
    demande = demande_ou_404(request, cle)
    transition = next((une for une in DemandeDePerimetre.parcours.transitions if une.cle == etape), None)
    if transition is None:
        raise Http404("Étape inconnue")
    if not getattr(DemandeDePerimetre.objects, transition.qui)(request.user).filter(pk=demande.pk).exists():
        raise PermissionDenied
    donnees, _ = envoi(request)
    formulaire = FormulaireEtape(donnees, transition=transition, demande=demande, personne=request.user)
    if formulaire.is_bound and formulaire.is_valid() and _passer(request, demande, transition, formulaire):
        return redirect(demande)
    contexte = {
        "fil_ariane": _fil_ariane(transition.verbe, demande),
        "demande": demande,
        "transition": transition,
        "vers": dict(demande._meta.get_field("etat").choices)[transition.vers],
        "possible": demande.etat in transition.de,
        "saisi_par_soi": transition.interdit_a_qui_a_saisi and demande.a_ete_saisi_par(request.user),
        "manques": [manque for exigence in transition.exige for manque in exigence(demande)],
        "form": formulaire,
    }
    return render(request, "programme/perimetre_etape.html", contexte)


def _passer(request, demande, transition, formulaire):
    """Return whether to go back to the request: done, or impossible. False: what was entered is to be corrected."""
    champs = dict(formulaire.cleaned_data)
    try:
        if transition.cle == "inscrire":
            inscrire(demande, request.user, champs["effet_le"], champs["motif"])
        else:
            passer(demande, transition, request.user, **champs)
    except ValidationError as erreur:
        formulaire.ajouter_les_erreurs(erreur)
        return False
    except TransitionImpossible as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, f"{demande} : {demande.get_etat_display().lower()}.")
    return True


def demande_ou_404(request, cle, regle="visibles_par"):
    """Return a request that the reader sees (404), and to which the rule of that name applies (403)."""
    visibles = DemandeDePerimetre.objects.visibles_par(request.user)
    demande = get_object_or_404(visibles.select_related("territoire", "collectivite", "liste", "saisi_par"), cle=cle)
    siennes = getattr(DemandeDePerimetre.objects, regle)(request.user)
    if regle != "visibles_par" and not siennes.filter(pk=demande.pk).exists():
        raise PermissionDenied
    return demande


def _fil_ariane(titre, demande=None):
    milieu = [(str(demande), demande.get_absolute_url())] if demande else []
    return [("Demandes de périmètre", reverse("perimetres")), *milieu, (titre, "")]
