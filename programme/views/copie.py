"""A new idea from a fiche that one knows."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire
from programme.copie import FormulaireCopie
from programme.models import Projet
from programme.pages_de_redaction import fil_ariane
from programme.redaction import droits_sur
from tableurs.views.acces import envoi


@lire_ou_ecrire
@never_cache
def dupliquer(request, cle):
    """Say what is taken up, ask a title and a territory, then do it."""
    visibles = Projet.objects.visibles_par(request.user).select_related("territoire")
    modele = get_object_or_404(visibles, cle=cle)
    connu = Projet.objects.connus_par(request.user).filter(pk=modele.pk).exists()
    if not (connu and Projet.objects.ajoutables_par(request.user)):
        raise PermissionDenied
    avec_montants = "montants_visibles_par" in droits_sur(modele, request.user)
    donnees, _ = envoi(request)
    formulaire = FormulaireCopie(donnees, auteur=request.user, modele=modele)
    if formulaire.is_bound and formulaire.is_valid():
        projet = formulaire.copier(modele, avec_montants)
        messages.success(request, f"« {projet.titre} » est une nouvelle idée : relisez ce qui vient de l'autre fiche.")
        return redirect("projet_modifier", cle=projet.cle)
    contexte = {
        "fil_ariane": fil_ariane(modele, "Dupliquer"),
        "projet": modele,
        "form": formulaire,
        "avec_montants": avec_montants,
    }
    return render(request, "programme/projet_dupliquer.html", contexte)
