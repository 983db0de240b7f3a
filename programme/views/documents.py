"""The documents of a committee: a page to print, files to edit."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_seulement
from programme import documents_de_comite
from programme.views.comites import comite_ou_404, fil_ariane
from tableurs.documents.formats import FORMATS

DOCUMENTS = {
    "dossier": ("Dossier", documents_de_comite.dossier),
    "releve": ("Relevé de décisions", documents_de_comite.releve),
}


@lire_seulement
@never_cache
def page(request, cle, quoi):
    comite = comite_ou_404(request, cle)
    titre, composer = DOCUMENTS[quoi]
    contexte = {
        "fil_ariane": fil_ariane(comite, titre),
        "comite": comite,
        "document": composer(comite, request.user),
        "fichiers": [
            (format_.nom, reverse(f"comite_{quoi}_fichier", args=[cle, extension]))
            for extension, format_ in FORMATS.items()
        ],
    }
    return render(request, "programme/comite_document.html", contexte)


@lire_seulement
@never_cache
def fichier(request, cle, quoi, extension):
    comite = comite_ou_404(request, cle)
    format_ = FORMATS.get(extension)
    if format_ is None:
        raise Http404("Format inconnu")
    _, composer = DOCUMENTS[quoi]
    contenu = format_.ecrire(composer(comite, request.user))
    nom = f"{quoi}-comite-{comite.date:%Y-%m-%d}.{extension}"
    return HttpResponse(
        contenu,
        content_type=format_.type_mime,
        headers={"Content-Disposition": content_disposition_header(True, nom)},
    )
