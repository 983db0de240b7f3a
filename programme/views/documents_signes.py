"""Signed documents: downloaded, whatever they are of; those of contracts and of lines of money are deposited here."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire, lire_seulement
from programme import documents_signes
from programme.forms.financements import FormulaireDocumentJoint
from programme.forms.perimetres import FormulaireDocument
from programme.models import Contrat, DocumentSigne
from programme.types_de_fichier import ACCEPTES
from programme.views.financements import fil_ariane, financement_ou_404
from programme.views.pieces import servir
from tableurs.views.acces import envoi


@lire_seulement
@never_cache
def telecharger(request, cle):
    """A download, whatever it is: never a page. Kept in no cache. Those that were replaced too: it is their history."""
    return servir(get_object_or_404(DocumentSigne.objects.visibles_par(request.user), cle=cle))


@lire_ou_ecrire
@never_cache
def deposer(request, cle):
    """Who reads the document sees what became of it; who keeps the contract deposits another. Else 403."""
    contrat = get_object_or_404(Contrat.objects.visibles_par(request.user).select_related("territoire"), cle=cle)
    peut_deposer = Contrat.objects.modifiables_par(request.user).filter(pk=contrat.pk).exists()
    lisible = Contrat.objects.documentes_pour(request.user).filter(pk=contrat.pk).exists()
    if not peut_deposer and (request.method == "POST" or not lisible):
        raise PermissionDenied
    formulaire = FormulaireDocument(*envoi(request))
    if formulaire.is_bound and formulaire.is_valid():
        fichier, genre = formulaire.cleaned_data["fichier"], formulaire.type_de_piece
        document = documents_signes.deposer(contrat, request.user, fichier, genre)
        messages.success(request, f"{contrat.territoire} : « {document} » est le document du contrat.")
        return redirect("contrat_document", cle=contrat.cle)
    contexte = {
        "fil_ariane": [("Contrats", reverse("contrats")), ("Document signé", "")],
        "contrat": contrat,
        "form": formulaire,
        "acceptes": ACCEPTES,
        "documents": contrat.documents.select_related("depose_par"),
        "peut_deposer": peut_deposer,
    }
    return render(request, "programme/contrat_document.html", contexte)


@lire_ou_ecrire
@never_cache
def joindre(request, cle):
    """Attach a document to a line of money. 404 outside the scope; 403 inside it without the right."""
    financement = financement_ou_404(request, cle, "documentables_par")
    formulaire = FormulaireDocumentJoint(*envoi(request), financement=financement)
    if formulaire.is_bound and formulaire.is_valid():
        fichier, remplace = formulaire.cleaned_data["fichier"], formulaire.cleaned_data.get("remplace")
        document = documents_signes.joindre(financement, request.user, fichier, formulaire.type_de_piece, remplace)
        messages.success(request, f"« {document} » est joint à ce financement.")
        return redirect(f"{financement.get_absolute_url()}#documents")
    contexte = {
        "fil_ariane": fil_ariane(financement, "Joindre un document"),
        "financement": financement,
        "form": formulaire,
        "acceptes": ACCEPTES,
    }
    return render(request, "programme/financement_document.html", contexte)
