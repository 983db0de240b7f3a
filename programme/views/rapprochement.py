"""*À rapprocher*: what an operator's file says, and the portal couldn't place by itself."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.acces import voit_tout
from comptes.methodes import lire_ou_ecrire, lire_seulement
from comptes.parcours import TransitionImpossible
from programme.argent import rapprochement
from programme.argent.candidats import candidats
from programme.forms.rapprochement import FormulaireChercher, FormulaireEcarter, FormulaireRattacher
from programme.models import FaitImporte, Operateur
from tableurs.lecture.constats import compter
from tableurs.typographie import typographier
from tableurs.views.acces import page_demandee

LIGNES_PAR_PAGE = 50
TITRE = "À rapprocher"
LU_AVEC = ("enveloppe", "territoire", "lot")


@lire_seulement
@never_cache
def liste(request):
    """The rows that wait, with how many lines are proposed for each."""
    if not (voit_tout(request.user) or Operateur.objects.de(request.user).exists()):
        raise PermissionDenied
    faits = FaitImporte.objects.visibles_par(request.user).a_rapprocher().select_related(*LU_AVEC)
    page = page_demandee(
        request, Paginator(faits.order_by("enveloppe", "repere", "genre", "date", "pk"), LIGNES_PAR_PAGE)
    )
    proposes = candidats(page, request.user)
    modifiables = FaitImporte.objects.modifiables_par(request.user).filter(pk__in=[fait.pk for fait in page])
    contexte = {
        "fil_ariane": [(TITRE, "")],
        "page": page,
        "lignes": [(fait, len(proposes[fait.pk])) for fait in page],
        "modifiables": set(modifiables.values_list("pk", flat=True)),
    }
    return render(request, "programme/rapprocher_liste.html", contexte)


@lire_ou_ecrire
@never_cache
def rapprocher(request, cle):
    """One case: what the file says of it, the lines that are proposed, and what else can be done."""
    visibles = FaitImporte.objects.visibles_par(request.user).select_related(*LU_AVEC)
    fait = get_object_or_404(visibles, cle=cle)
    if not FaitImporte.objects.modifiables_par(request.user).filter(pk=fait.pk).exists():
        raise PermissionDenied
    if not fait.attend:
        messages.info(request, rapprochement.DEJA_REGLE)
        return redirect("a_rapprocher")
    memes = FaitImporte.objects.modifiables_par(request.user).a_rapprocher().select_related(*LU_AVEC)
    faits = list(memes.filter(enveloppe=fait.enveloppe_id, repere=fait.repere))
    geste = request.POST.get("geste", "") if request.method == "POST" else ""
    formulaires = {
        nom: classe(request.POST if geste == nom else None, **champs)
        for nom, classe, champs in (
            ("rattacher", FormulaireRattacher, {"fait": fait, "personne": request.user}),
            ("chercher", FormulaireChercher, {"fait": fait, "personne": request.user}),
            ("ecarter", FormulaireEcarter, {"faits": faits}),
        )
    }
    if geste and _faire(request, fait, geste, formulaires):
        return redirect("a_rapprocher")
    return _montrer(request, fait, faits, formulaires)


def _montrer(request, fait, faits, formulaires):
    trouves = {}
    for proposes in candidats(faits, request.user).values():
        for un in proposes:
            deja = trouves.get(un.financement.pk)
            if deja is None or len(deja.raisons) < len(un.raisons):
                trouves[un.financement.pk] = un
    contexte = {
        "fil_ariane": [(TITRE, reverse("a_rapprocher")), (fait.dit.capitalize(), "")],
        "fait": fait,
        "faits": faits,
        "candidats": sorted(trouves.values(), key=lambda un: -len(un.raisons)),
        "hors_fiche_possible": rapprochement.peut_etre_hors_fiche_action(faits),
        **formulaires,
        "form": next((un for un in formulaires.values() if un.errors), None),
    }
    return render(request, "programme/rapprocher.html", contexte)


def _faire(request, fait, geste, formulaires):
    """Return whether it is done, or can't be any more; False: the page says what to correct."""
    formulaire = formulaires.get(geste)
    if geste != "hors_fiche" and (formulaire is None or not formulaire.is_valid()):
        return False
    try:
        if geste == "ecarter":
            dits = formulaire.cleaned_data
            faits = rapprochement.ecarter(fait, dits["motif"], request.user, dits["lesquelles"])
            phrase = f"{fait.dit.capitalize()} : {compter(len(faits), 'ligne écartée', 'lignes écartées')}."
            messages.success(request, typographier(phrase))
            return True
        if geste == "hors_fiche":
            ligne, faits = rapprochement.placer_hors_fiche_action(fait, request.user)
        else:
            ligne = formulaire.cleaned_data["financement"]
            faits = rapprochement.rapprocher(fait, ligne, request.user)
    except (TransitionImpossible, ValidationError) as refus:
        messages.error(request, typographier(" ".join(getattr(refus, "messages", [str(refus)]))))
        return False
    _dire(request, ligne, faits)
    return True


def _dire(request, ligne, faits):
    """Say what was counted, what is an « écart », what still waits."""
    comptes = sum(bool(un.mouvement) for un in faits)
    ecarts = [un.ecart for un in faits if un.ecart]
    if comptes:
        phrase = f"{ligne} : {compter(comptes, 'ligne enregistrée', 'lignes enregistrées')} au journal."
        messages.success(request, typographier(phrase))
    for ecart in ecarts:
        phrase = f"{ligne} : un acte est gardé parmi les écarts à régulariser, hors des totaux. {ecart.raison}"
        messages.warning(request, typographier(phrase))
    for un in faits:
        if un.attend:
            messages.warning(request, typographier(f"{un} : elle attend encore. {un.raison}"))
