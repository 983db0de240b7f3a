"""When somebody is erased: the rows of imported files that hold their address, the names of files that name them.

The counts of an import stay; the rows that are blanked are applied no more, and undone no more.
"""

import json

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from tableurs.models import LigneImport, LotImport

EFFACE = "Effacé"
# Columns whose text may hold an address.
COLONNES = ("cellules", "changements", "problemes", "operations")


def lignes_de(identite):
    """Return the rows of imports that hold one of a person's addresses. Every row is read: this is rare."""
    textes = {f"{colonne}_texte": Cast(colonne, TextField()) for colonne in COLONNES}
    contiennent = Q(pk__in=[])
    for adresse in identite.adresses:
        contiennent |= Q(libelle__icontains=adresse)
        # As JSON writes it: other letters than ASCII are escaped there.
        for ecrite in {adresse, json.dumps(adresse)[1:-1]}:
            for texte in textes:
                contiennent |= Q(**{f"{texte}__icontains": ecrite})
    return LigneImport.objects.annotate(**textes).filter(contiennent)


def effacer(identite):
    """Blank what names a person in imports; see `comptes.effacement.declarer`."""
    lignes = list(lignes_de(identite))
    for ligne in lignes:
        ligne.libelle, ligne.retenue = EFFACE, False
        # As many cells as headers: exports count on it.
        ligne.cellules = [""] * len(ligne.cellules)
        ligne.changements, ligne.problemes, ligne.operations = [], [], []
    LigneImport.objects.bulk_update(lignes, ["libelle", "retenue", *COLONNES], batch_size=500)
    nommes = Q(pk__in=[])
    for texte in identite.textes:
        nommes |= Q(nom_fichier__icontains=texte)
    LotImport.objects.filter(nommes).update(nom_fichier=EFFACE)


def montrer(identite):
    """Return what imports hold about a person; see `comptes.mes_donnees.declarer`."""
    lignes = lignes_de(identite).select_related("lot").order_by("pk")
    return [{"import": str(ligne.lot), "ligne": ligne.numero, "cellules": ligne.cellules} for ligne in lignes]
