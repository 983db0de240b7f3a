"""Depositing the signed documents of contracts, deliberations and lines of money: what is replaced is kept."""

from django.utils import timezone

from programme.argent.enums import Preuve
from programme.models import DocumentSigne, Financement
from programme.pieces import garder


def deposer(objet, par, fichier, type_de_piece):
    """Keep the document of `objet` (a `Contrat`, a `DeliberationDePerimetre`), which has one. Returns its row."""
    return _deposer(objet, par, fichier, type_de_piece, lambda: objet.documents.en_cours())


def joindre(financement, par, fichier, type_de_piece, remplace=None):
    """Keep a document of a line, beside the others or in place of one. What was only declared is then proved.

    Returns its row.
    """

    def remplaces():
        lue = Financement._base_manager.get(pk=financement.pk)
        if not lue.enveloppe_id and lue.preuve == Preuve.DECLARE:
            lue.preuve = Preuve.JUSTIFIE
            lue.save(update_fields=["preuve"])
        return lue.documents.en_cours().filter(pk=remplace.pk if remplace else None)

    return _deposer(financement, par, fichier, type_de_piece, remplaces)


def _deposer(objet, par, fichier, type_de_piece, remplaces):
    """Keep a document in place of those that `remplaces` returns, once the row of `objet` is locked."""
    nom = next(champ.name for champ in DocumentSigne._meta.fields if champ.related_model is type(objet))
    document = DocumentSigne(**{nom: objet}, depose_par=par)

    def ecrire():
        # Two people at once take turns: the second replaces what the first deposited.
        type(objet)._base_manager.select_for_update().get(pk=objet.pk)
        remplaces().update(remplace_le=timezone.now())
        document.save()

    garder(document, fichier, type_de_piece, ecrire)
    return document
