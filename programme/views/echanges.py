"""The discussion of a project: each reads what is said to them, and writes to the circles that they belong to."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire, methodes
from programme import echanges
from programme.cercles import cercles_de, cercles_offerts
from programme.forms.pieces import FormulaireMessage
from programme.models import Message, Projet
from programme.pages_de_redaction import fil_ariane
from programme.views.pieces import projet_connu
from tableurs.views.acces import envoi, page_demandee

MESSAGES_PAR_PAGE = 30


@lire_ou_ecrire
@never_cache
def discuter(request, cle):
    projet = projet_connu(request, cle)
    ecrit = Projet.objects.discutables_par(request.user).filter(pk=projet.pk).exists()
    if request.method == "POST" and not ecrit:
        raise PermissionDenied
    cercles = cercles_de(projet, request.user) if ecrit else []
    formulaire = FormulaireMessage(*envoi(request), cercles=cercles, question="Qui lira ce message")
    if formulaire.is_bound and formulaire.is_valid():
        echanges.ecrire(projet, request.user, **formulaire.cleaned_data)
        messages.success(request, "Votre message est publié. Ses lecteurs en sont avertis par courriel.")
        return redirect("projet_echanges", cle=cle)
    lus = Message.objects.visibles_par(request.user).filter(projet=projet).select_related("auteur")
    contexte = {
        "fil_ariane": fil_ariane(projet, "Échanges"),
        "projet": projet,
        "form": formulaire,
        "ecrit": ecrit,
        "cercles": cercles_offerts(projet, request.user, formulaire.choisi) if ecrit else [],
        "page": page_demandee(request, Paginator(lus, MESSAGES_PAR_PAGE)),
        "lecteur": request.user.pk,
    }
    return render(request, "programme/projet_echanges.html", contexte)


@never_cache
@methodes("POST")
def retirer(request, cle, message):
    """Take back one's own: its text goes."""
    visibles = Message.objects.visibles_par(request.user)
    lu = get_object_or_404(visibles, cle=message, projet__cle=cle)
    if lu.auteur_id != request.user.pk:
        raise PermissionDenied
    if not lu.est_retire:
        lu.retirer()
        messages.success(request, "Votre message est retiré : son texte est effacé.")
    return redirect("projet_echanges", cle=cle)
