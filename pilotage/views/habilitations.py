"""One habilitation: what it is and what became of it; its end; its transfer to somebody else."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from comptes.acces import est_modifiable, genre_a_l_adresse
from comptes.administration import decrire
from comptes.methodes import lire_ou_ecrire, lire_seulement
from pilotage.forms import FormulaireFin, FormulaireTransfert
from pilotage.membres import avec_les_personnes, restent_a
from pilotage.views.membres import qui_est_habilite
from tableurs.francais import jour
from tableurs.typographie import typographier
from tableurs.views.acces import envoi


def habilitation_ou_404(request, genre, cle, ecrire=False):
    """Return an habilitation that the reader sees (404), and may end when `ecrire` (403)."""
    classe = genre_a_l_adresse(genre)
    if classe is None:
        raise Http404("Habilitation inconnue")
    habilitation = get_object_or_404(avec_les_personnes(classe.objects.visibles_par(request.user)), cle=cle)
    if ecrire and not est_modifiable(habilitation, request.user):
        raise PermissionDenied
    return habilitation


def adresse_de(habilitation, page="membre"):
    return reverse(page, args=[habilitation.adresse(), habilitation.cle])


def _contexte(habilitation, titre=""):
    """Return what the three pages share."""
    fil = [("Membres", reverse("membres")), (str(habilitation.personne), adresse_de(habilitation))]
    return {
        "fil_ariane": [*fil, (titre, "")] if titre else fil,
        "habilitation": habilitation,
        "adresse": adresse_de(habilitation),
    }


@lire_seulement
@qui_est_habilite
def fiche(request, genre, cle):
    habilitation = habilitation_ou_404(request, genre, cle)
    lignes = habilitation.historique.select_related("history_user", "personne", *habilitation.avec)
    modifiable = est_modifiable(habilitation, request.user) and not habilitation.est_finie
    empechement = habilitation.empechement_de_fin(request.user) if modifiable else ""
    return render(
        request,
        "pilotage/membre_fiche.html",
        _contexte(habilitation)
        | {
            "peut_terminer": modifiable and not empechement,
            "peut_transferer": modifiable,
            "empechement": empechement,
            "historique": decrire(lignes),
        },
    )


@lire_ou_ecrire
@qui_est_habilite
def terminer(request, genre, cle):
    habilitation = habilitation_ou_404(request, genre, cle, ecrire=True)
    if habilitation.est_finie:
        messages.info(request, "Cette habilitation a déjà pris fin.")
        return redirect(adresse_de(habilitation))
    empechement = habilitation.empechement_de_fin(request.user)
    formulaire = FormulaireFin(*envoi(request), habilitation=habilitation, auteur=request.user)
    if formulaire.is_bound and formulaire.is_valid() and formulaire.save():
        messages.success(request, _dire_la_fin(habilitation))
        return redirect(adresse_de(habilitation))
    autres = habilitation.pareilles().actuelles().exclude(pk=habilitation.pk).filter(personne__is_active=True)
    return render(
        request,
        "pilotage/membre_terminer.html",
        _contexte(habilitation, "Mettre fin")
        | {
            "formulaire": formulaire,
            "formulaires": [formulaire],
            "empechement": empechement,
            "restent": restent_a(habilitation, request.user),
            "derniere": not autres.exists(),
        },
    )


def _dire_la_fin(habilitation):
    if habilitation.retiree_le:
        texte = f"L'accès de {habilitation.personne} est fermé : {habilitation}."
    else:
        texte = f"L'accès de {habilitation.personne} s'arrêtera le {jour(habilitation.au)} au soir : {habilitation}."
    return typographier(texte)


@lire_ou_ecrire
@qui_est_habilite
def transferer(request, genre, cle):
    habilitation = habilitation_ou_404(request, genre, cle, ecrire=True)
    if habilitation.est_finie:
        messages.info(request, "Cette habilitation a déjà pris fin.")
        return redirect(adresse_de(habilitation))
    donnees, _ = envoi(request)
    formulaire = FormulaireTransfert(donnees, habilitation=habilitation, auteur=request.user)
    if formulaire.is_bound and formulaire.is_valid() and formulaire.save():
        adresse = formulaire.cleaned_data["adresse"]
        texte = f"L'invitation part à {adresse}. {habilitation.personne} garde son accès jusqu'à son acceptation."
        messages.success(request, texte)
        return redirect(adresse_de(habilitation))
    return render(
        request,
        "pilotage/membre_transferer.html",
        _contexte(habilitation, "Transférer") | {"formulaire": formulaire, "formulaires": [formulaire]},
    )
