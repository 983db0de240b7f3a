"""Depositing the signed document of a contract or of a deliberation: it replaces the one before, which is kept."""

from django.utils import timezone

from programme.models import DocumentSigne
from programme.pieces import garder


def deposer(objet, par, fichier, type_de_piece):
    """Keep the document of `objet` (a `Contrat`, a `DeliberationDePerimetre`). Returns its row."""
    de_quoi = DocumentSigne._meta.get_field("contrat")
    nom = "contrat" if isinstance(objet, de_quoi.related_model) else "deliberation"
    document = DocumentSigne(**{nom: objet}, depose_par=par)

    def ecrire():
        # Two people at once take turns: the second replaces what the first deposited.
        type(objet)._base_manager.select_for_update().get(pk=objet.pk)
        objet.documents.en_cours().update(remplace_le=timezone.now())
        document.save()

    garder(document, fichier, type_de_piece, ecrire)
    return document
