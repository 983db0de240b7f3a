"""Documents of a project: deposited, downloaded, withdrawn. The only address that serves them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from comptes.acces import est_modifiable
from comptes.methodes import lire_ou_ecrire, lire_seulement
from programme import pieces
from programme.cercles import cercles_de, cercles_offerts
from programme.forms.pieces import FormulairePiece
from programme.models import Piece, Projet
from programme.pages_de_redaction import fil_ariane
from programme.types_de_fichier import ACCEPTES
from tableurs.views.acces import envoi

# Were a browser to show it in spite of everything, nothing in it would run nor load.
CSP_D_UN_FICHIER = "default-src 'none'; sandbox"


@lire_ou_ecrire
@never_cache
def deposer(request, cle):
    projet = projet_connu(request, cle)
    if not Projet.objects.documentables_par(request.user).filter(pk=projet.pk).exists():
        raise PermissionDenied
    formulaire = FormulairePiece(
        *envoi(request),
        cercles=cercles_de(projet, request.user),
        question="Qui pourra lire cette pièce",
        dans_le_secret=Projet.objects.secrets_connus_par(request.user).filter(pk=projet.pk).exists(),
    )
    if formulaire.is_bound and formulaire.is_valid():
        fichier = formulaire.cleaned_data["fichier"]
        piece = pieces.deposer(projet, request.user, fichier, formulaire.type_de_piece, **formulaire.champs())
        messages.success(request, f"« {piece.intitule} » est déposée.")
        return redirect(f"{projet.get_absolute_url()}#pieces")
    contexte = {
        "fil_ariane": fil_ariane(projet, "Déposer une pièce"),
        "projet": projet,
        "form": formulaire,
        "acceptes": ACCEPTES,
        "cercles": cercles_offerts(projet, request.user, formulaire.choisi),
    }
    return render(request, "programme/piece_deposer.html", contexte)


@lire_seulement
@never_cache
def telecharger(request, cle, piece):
    """A download, whatever it is: never a page. Kept in no cache."""
    return servir(_lue(request, cle, piece))


@lire_ou_ecrire
@never_cache
def retirer(request, cle, piece):
    """Confirm, then serve it no more."""
    lue = _lue(request, cle, piece)
    if not est_modifiable(lue, request.user):
        raise PermissionDenied
    if request.method == "POST":
        pieces.retirer(lue, request.user)
        messages.success(request, f"« {lue.intitule} » est retirée : plus personne ne peut la télécharger.")
        return redirect(f"{lue.projet.get_absolute_url()}#pieces")
    contexte = {"fil_ariane": fil_ariane(lue.projet, "Retirer une pièce"), "projet": lue.projet, "piece": lue}
    return render(request, "programme/piece_retirer.html", contexte)


def servir(ligne):
    """Return the file of a row as a download: 404 when the disk lost it."""
    try:
        fichier = ligne.fichier.open("rb")
    except FileNotFoundError:
        raise Http404("Fichier absent") from None
    reponse = FileResponse(fichier, as_attachment=True, filename=ligne.nom_servi, content_type=ligne.mime)
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Content-Security-Policy"] = CSP_D_UN_FICHIER
    return reponse


def projet_connu(request, cle):
    """Return a project whose whole fiche the reader knows: what is attached to it is of no public page."""
    visibles = Projet.objects.visibles_par(request.user).select_related("territoire")
    projet = get_object_or_404(visibles, cle=cle)
    if not Projet.objects.connus_par(request.user).filter(pk=projet.pk).exists():
        raise PermissionDenied
    return projet


def _lue(request, cle, piece):
    lues = Piece.objects.visibles_par(request.user).servies().select_related("projet__territoire")
    return get_object_or_404(lues, cle=piece, projet__cle=cle)
