"""Writing a fiche: begun with a title, saved as often as one likes, brought together when two write at once."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire
from programme import propositions
from programme.forms.projets import FormulaireNouveau
from programme.models import Projet
from programme.pages_de_redaction import page_de_fusion, page_de_la_fiche
from programme.redaction import droits_sur
from programme.remarques import noter_les_reponses
from programme.saisie import Saisie
from tableurs.views.acces import envoi

ENREGISTREE = "La fiche est enregistrée."


@lire_ou_ecrire
@never_cache
def nouveau(request):
    """A title and a territory; then the form."""
    if not Projet.objects.ajoutables_par(request.user):
        raise PermissionDenied
    donnees, _ = envoi(request)
    formulaire = FormulaireNouveau(donnees, auteur=request.user, territoire=request.GET.get("territoire", "")[:150])
    if formulaire.is_bound and formulaire.is_valid():
        projet = formulaire.save()
        messages.success(request, f"« {projet.titre} » est une idée de projet : complétez sa fiche quand vous voulez.")
        return redirect("projet_modifier", cle=projet.cle)
    fil = [("Projets", reverse("projets")), ("Nouveau projet", "")]
    return render(request, "programme/projet_nouveau.html", {"form": formulaire, "fil_ariane": fil})


@lire_ou_ecrire
@never_cache
def modifier(request, cle):
    """The whole fiche. The porteur sees the same page: what they write is a proposal."""
    if request.method == "POST":
        with transaction.atomic():
            return _ecrire(request, cle)
    projet, droits = ouvrir(request, cle)
    proposition = propositions.en_attente(projet, request.user) if propositions.propose(droits) else None
    saisie = Saisie(
        projet, droits, proposees=proposition.valeurs if proposition else None, de_plus=request.GET.get("ligne", "")
    )
    return page_de_la_fiche(request, saisie, droits, proposition)


def _ecrire(request, cle):
    """Under the lock of the project, as it is now."""
    projet, droits = ouvrir(request, cle, Projet.objects.select_for_update(of=("self",)))
    saisie = Saisie(projet, droits, request.POST)
    if not saisie.is_valid():
        return page_de_la_fiche(request, saisie, droits, None)
    if propositions.propose(droits):
        messages.success(request, propositions.proposer(projet, request.user, saisie))
    elif saisie.a_ete_changee and (saisie.changements or saisie.non_choisis):
        return page_de_fusion(request, saisie)
    elif any([saisie.enregistrer(), noter_les_reponses(projet, request.user, request.POST)]):
        messages.success(request, ENREGISTREE)
    else:
        messages.info(request, "Vous n'aviez rien changé : la fiche est restée telle quelle.")
    return _suite(saisie, projet)


def _suite(saisie, projet):
    """Another row, on the same page, or the fiche as it is read: the button says."""
    if saisie.partie_a_ajouter:
        partie = saisie.partie_a_ajouter
        return redirect(f"{reverse('projet_modifier', args=[projet.cle])}?ligne={partie}#{partie}")
    return redirect(projet) if saisie.est_terminee else redirect("projet_modifier", cle=projet.cle)


def ouvrir(request, cle, projets=None):
    """Return (project, rights): 404 outside what one sees, 403 for whoever may neither write it nor propose."""
    vus = Projet.objects.visibles_par(request.user).select_related("territoire")
    if projets is not None:
        vus = projets.filter(pk__in=vus.values("pk")).select_related("territoire")
    projet = get_object_or_404(vus, cle=cle)
    droits = droits_sur(projet, request.user)
    if not droits & {"redigeables_par", "proposables_par"}:
        raise PermissionDenied
    return projet, droits
