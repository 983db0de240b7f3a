"""The money of a project: its plan, a line and its journal, what moves it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire, lire_seulement
from comptes.parcours import TransitionImpossible, passer, permises_parmi, possibles, regles
from programme.argent.echeancier import Echeancier
from programme.argent.enums import EtatFinancement
from programme.argent.faits import FAITS, enregistrer_un_fait
from programme.argent.plan import Plan
from programme.forms.financements import FormulaireFinancement, FormulaireHorsFiche, FormulaireMouvement
from programme.models import Ecart, Financement, Mouvement, Projet
from programme.pages_de_redaction import fil_ariane as fil_du_projet
from tableurs.views.acces import envoi

PARCOURS = Financement.parcours
HORS_FICHE = "Enregistrer un financement hors fiche-action"
LU_AVEC = ("projet__territoire", "territoire", "enveloppe", "region", "dotation__exercice__enveloppe", "saisi_par")


@lire_seulement
@never_cache
def plan(request, cle):
    """404 when the reader doesn't know its amounts."""
    projet = _projet_chiffre(request, cle)
    lignes = Financement.objects.visibles_par(request.user).filter(projet=projet).select_related("enveloppe", "region")
    contexte = {
        "fil_ariane": fil_du_projet(projet, "Plan de financement"),
        "projet": projet,
        "plan": Plan(projet, lignes),
        "peut_ajouter": Projet.objects.finances_par(request.user).filter(pk=projet.pk).exists(),
    }
    return render(request, "programme/projet_plan.html", contexte)


@lire_ou_ecrire
@never_cache
def nouveau(request, cle):
    projet = _projet_chiffre(request, cle)
    if not Projet.objects.finances_par(request.user).filter(pk=projet.pk).exists():
        raise PermissionDenied
    return _ecrire(request, Financement(projet=projet), "Ajouter une source")


@lire_ou_ecrire
@never_cache
def hors_fiche(request):
    """Money that goes to a company of a territory without any fiche-action: recorded too, apart."""
    if not Financement.objects.saisissent_hors_fiche(request.user):
        raise PermissionDenied
    donnees, _ = envoi(request)
    formulaire = FormulaireHorsFiche(donnees, personne=request.user)
    if formulaire.is_bound and formulaire.is_valid():
        try:
            financement = formulaire.save()
        except PermissionDenied:
            formulaire.add_error("enveloppe", "Cette enveloppe, ou ce territoire, n'est pas des vôtres.")
        else:
            messages.success(request, "Le financement est enregistré. L'acte s'enregistre depuis cette page.")
            return redirect(financement)
    contexte = {"fil_ariane": [("Enveloppes", reverse("suivi_financier")), (HORS_FICHE, "")], "form": formulaire}
    return render(request, "programme/financement_hors_fiche.html", contexte)


@lire_ou_ecrire
@never_cache
def modifier(request, cle):
    financement = financement_ou_404(request, cle, "modifiables_par")
    return _ecrire(request, financement, "Modifier la source")


@lire_seulement
@never_cache
def fiche(request, cle):
    financement = financement_ou_404(request, cle)
    mouvements = Mouvement.objects.filter(financement=financement).select_related("saisie_par", "dotation__region")
    noms = {*regles(Financement), "modifiables_par", "documentables_par"}
    permises = permises_parmi([financement], request.user, noms)[financement.pk]
    peut_documenter = "documentables_par" in permises
    contexte = {
        "fil_ariane": fil_ariane(financement),
        "financement": financement,
        "mouvements": [(une, PARCOURS.transition(une.transition).verbe) for une in mouvements],
        "actes": possibles(financement, request.user, permises),
        "ecarts": Ecart.objects.filter(financement=financement, regle_le=None),
        "echeancier": Echeancier(financement, financement.versements_prevus.all(), mouvements),
        "peut_modifier": "modifiables_par" in permises,
        "documents": financement.documents.select_related("depose_par"),
        "peut_documenter": peut_documenter,
        "peut_prevoir": peut_documenter and financement.etat in EtatFinancement.en_cours(),
        "voit_le_projet": _voit_le_projet(financement, request.user),
    }
    return render(request, "programme/financement_fiche.html", contexte)


@lire_ou_ecrire
@never_cache
def passer_une_etape(request, cle, etape):
    """Show what follows, ask what it takes, then do it. 404 outside the scope; 403 inside it without the right."""
    financement = financement_ou_404(request, cle)
    transition = next((une for une in PARCOURS.transitions if une.cle == etape), None)
    if transition is None:
        raise Http404("Étape inconnue")
    if not getattr(Financement.objects, transition.qui)(request.user).filter(pk=financement.pk).exists():
        raise PermissionDenied
    donnees, _ = envoi(request)
    formulaire = FormulaireMouvement(donnees, transition=transition, financement=financement)
    if formulaire.is_bound and formulaire.is_valid() and _passer(request, financement, transition, formulaire):
        return redirect(financement)
    contexte = {
        "fil_ariane": fil_ariane(financement, transition.verbe),
        "financement": financement,
        "transition": transition,
        "possible": financement.etat in transition.de,
        "saisi_par_soi": transition.interdit_a_qui_a_saisi and financement.a_ete_saisi_par(request.user),
        "manques": [manque for exigence in transition.exige for manque in exigence(financement)],
        "form": formulaire,
    }
    return render(request, "programme/financement_etape.html", contexte)


def _passer(request, financement, transition, formulaire):
    """Return whether to go back to the line: done, or impossible. False: what was entered is to be corrected."""
    champs = dict(formulaire.cleaned_data)
    faire = enregistrer_un_fait if transition.cle in FAITS else passer
    try:
        obtenu = faire(financement, transition.cle, request.user, **champs)
    except ValidationError as erreur:
        formulaire.ajouter_les_erreurs(erreur)
        return False
    except TransitionImpossible as refus:
        formulaire.add_error(None, str(refus))
        return False
    if isinstance(obtenu, Ecart):
        messages.warning(request, f"L'acte est gardé parmi les écarts à régulariser, hors des totaux. {obtenu.raison}")
    else:
        messages.success(request, f"{transition.verbe} : {financement.financeur_dit}, c'est enregistré.")
    return True


def _ecrire(request, financement, titre):
    donnees, _ = envoi(request)
    formulaire = FormulaireFinancement(donnees, instance=financement, personne=request.user)
    if formulaire.is_bound and formulaire.is_valid():
        try:
            financement = formulaire.save()
        except TransitionImpossible as refus:
            formulaire.add_error(None, str(refus))
        else:
            messages.success(request, f"{financement.financeur_dit} : la source est enregistrée.")
            return redirect("projet_plan", cle=financement.projet.cle)
    projet = financement.projet
    contexte = {"fil_ariane": fil_du_projet(projet, titre), "projet": projet, "form": formulaire, "titre": titre}
    return render(request, "programme/financement_modifier.html", contexte)


def financement_ou_404(request, cle, regle="visibles_par"):
    """Return a line that the reader sees (404), and to which the rule of that name applies (403)."""
    visibles = Financement.objects.visibles_par(request.user)
    financement = get_object_or_404(visibles.select_related(*LU_AVEC), cle=cle)
    siens = getattr(Financement.objects, regle)(request.user)
    if regle != "visibles_par" and not siens.filter(pk=financement.pk).exists():
        raise PermissionDenied
    return financement


def _projet_chiffre(request, cle):
    projets = Projet.objects.connus_par(request.user) & Projet.objects.montants_visibles_par(request.user)
    return get_object_or_404(projets.select_related("territoire"), cle=cle)


def _voit_le_projet(financement, personne):
    return financement.projet_id and Projet.objects.visibles_par(personne).filter(pk=financement.projet_id).exists()


def fil_ariane(financement, titre=""):
    projet, fil = financement.projet, []
    if projet:
        fil = [*fil_du_projet(projet, "")[:-1], ("Plan de financement", reverse("projet_plan", args=[projet.cle]))]
    if titre:
        return [*fil, (financement.financeur_dit, financement.get_absolute_url()), (titre, "")]
    return [*fil, (financement.financeur_dit, "")]
