"""The desk of those who instruct: what is asked, several programmed together."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.acces import est_administrateur
from comptes.methodes import lire_seulement, methodes
from comptes.parcours import TransitionImpossible
from programme.argent.ensemble import apercu as apercu_de
from programme.argent.ensemble import programmer_en_nombre
from programme.argent.enums import EtatFinancement
from programme.forms.programmation import MAXIMUM, FiltreDemandes, FormulaireProgrammation
from programme.models import Financement
from programme.models.dotations import suit_l_argent
from tableurs.francais import normaliser, pluriel
from tableurs.pages import PagesEnDeuxTemps
from tableurs.views.acces import envoi, page_demandee

LIGNES_PAR_PAGE = 50
recevoir_seulement = methodes("POST")
LU_AVEC = ("projet__territoire", "territoire", "enveloppe", "region", "dotation__exercice__enveloppe")


@lire_seulement
@never_cache
def liste(request):
    """What was asked of the envelopes that the reader follows; what waits longest first."""
    if not suit_l_argent(request.user):
        raise PermissionDenied
    filtre = FiltreDemandes(request.GET)
    demandes = _demandees(request)
    demandes = _filtrer(demandes, filtre) if filtre.is_valid() else demandes.none()
    page = page_demandee(request, PagesEnDeuxTemps(demandes.order_by("etat_depuis", "pk"), LIGNES_PAR_PAGE, LU_AVEC))
    programmables = Financement.objects.programmables_par(request.user).filter(
        pk__in=[ligne.pk for ligne in page], etat__in=EtatFinancement.avant_decision()
    )
    contexte = {
        "fil_ariane": _fil_ariane(),
        "filtre": filtre,
        "page": page,
        "programmables": set(programmables.values_list("pk", flat=True)),
        "actifs": any(request.GET.get(nom) for nom in filtre.fields),
    }
    return render(request, "programme/demande_liste.html", contexte)


@lire_seulement
@never_cache
def apercu(request):
    """Ask on which share and how much for each; then say what it leaves. Nothing is written."""
    return _apercu(request, request.GET, request.GET if "dotation" in request.GET else None)


@recevoir_seulement
@never_cache
def appliquer(request):
    """Programme what the preview showed: all of it, or nothing."""
    donnees, _ = envoi(request)
    lignes = _choisies(request, donnees)
    if not lignes:
        raise PermissionDenied
    formulaire = FormulaireProgrammation(donnees, lignes=lignes, personne=request.user)
    if not formulaire.is_valid():
        return _apercu(request, donnees, donnees)
    dotation = formulaire.cleaned_data["dotation"]
    try:
        programmer_en_nombre(formulaire.choix, dotation, request.user, **formulaire.decision)
    except ValidationError as erreur:
        formulaire._update_errors(erreur)
    except TransitionImpossible as refus:
        formulaire.add_error(None, f"Rien n'est programmé. {refus}")
    else:
        combien = len(lignes)
        mots = pluriel(combien, "financement est programmé", "financements sont programmés")
        messages.success(request, f"{combien} {mots} sur « {dotation} ».")
        return redirect(dotation)
    return _montrer(request, formulaire, lignes, donnees)


def _apercu(request, choisies, donnees):
    lignes = _choisies(request, choisies)
    if not lignes and not suit_l_argent(request.user):
        raise PermissionDenied
    formulaire = FormulaireProgrammation(donnees, lignes=lignes, personne=request.user)
    return _montrer(request, formulaire, lignes, choisies)


def _montrer(request, formulaire, lignes, choisies):
    vu = None
    if lignes and formulaire.is_bound and formulaire.is_valid():
        vu = apercu_de(formulaire.choix, formulaire.cleaned_data["dotation"], request.user)
    contexte = {
        "fil_ariane": [*_fil_ariane()[:-1], ("Demandes", reverse("demandes")), ("Programmer", "")],
        "lignes": lignes,
        "form": formulaire,
        "apercu": vu,
        "maximum": MAXIMUM,
        "inconnues": len(set(choisies.getlist("cle"))) - len(lignes),
    }
    return render(request, "programme/demande_programmer.html", contexte)


def _choisies(request, donnees):
    cles = donnees.getlist("cle")[:MAXIMUM]
    return list(_demandees(request).filter(cle__in=cles).select_related(*LU_AVEC).order_by("etat_depuis", "pk"))


def _demandees(request):
    visibles = Financement.objects.visibles_par(request.user).filter(enveloppe__isnull=False)
    if not est_administrateur(request.user):
        visibles = visibles.exclude(etat=EtatFinancement.A_SOLLICITER)
    return visibles


def _filtrer(demandes, filtre):
    choix, demandes = filtre.cleaned_data, demandes.filter(etat__in=filtre.etats())
    for nom in ("enveloppe", "region"):
        if choix[nom]:
            demandes = demandes.filter(**{nom: choix[nom]})
    for mot in normaliser(choix["q"]).split():
        demandes = demandes.filter(
            Q(projet__recherche__contains=mot)
            | Q(beneficiaire_nom__icontains=mot)
            | Q(beneficiaire_siret__startswith=mot)
            | Q(dossier_operateur__icontains=mot)
        )
    return demandes


def _fil_ariane():
    return [("Enveloppes", reverse("suivi_financier")), ("Demandes", "")]
