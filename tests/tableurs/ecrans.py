"""What the tests of the screens of imports share: files sent, lots made, pages read."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import strip_tags

from tableurs.enums import EtatLot, Seau
from tableurs.models import LigneImport, LotImport, nouvelle_cle
from tests.tableurs.fichiers import fichier_csv

ENTETES = ["code", "titre"]
DEPOT = "/imports/nouveau/?ressource=mesures"


def envoi(lignes, nom="mesures.csv", **options):
    return SimpleUploadedFile(nom, fichier_csv(lignes, **options))


def texte(reponse):
    """Return what a reader sees of a page, on one line, all spaces alike."""
    return re.sub(r"\s+", " ", strip_tags(reponse.content.decode())).replace("&#x27;", "'")


def deposer(client, lignes, **options):
    reponse = client.post(DEPOT, {"fichier": envoi(lignes, **options)})
    assert reponse.status_code == 302, texte(reponse)
    return LotImport.objects.latest("pk")


def verifier(client, lignes):
    """Deposit and compare: return the lot to be verified."""
    lot = deposer(client, lignes)
    places = {f"colonne_{rang}": entete for rang, entete in enumerate(lignes[0])}
    assert client.post(reverse("import_colonnes", args=[lot.cle]), places).status_code == 302
    lot.refresh_from_db()
    assert lot.etat == EtatLot.A_VERIFIER
    return lot


def appliquer(client, lot, **donnees):
    page = reverse("import_appliquer", args=[lot.cle])
    apercu = client.get(page).context["formulaire"]["apercu"].value()
    return client.post(page, {"apercu": apercu, **donnees}, follow=True)


def lot_de(nombre, **champs):
    """Return a lot to be verified of so many rows, without reading any file."""
    lot = LotImport.objects.create(
        ressource="mesures",
        nom_fichier="grand.csv",
        empreinte="0" * 64,
        taille=1,
        lu_comme="CSV",
        entetes=[["A", "code"], ["B", "titre"]],
        correspondance={"code": 0, "titre": 1},
        jeton=nouvelle_cle(),
        **{"etat": EtatLot.A_VERIFIER, "lignes": nombre, "modifies": nombre, "attendues": nombre, **champs},
    )
    LigneImport.objects.bulk_create(
        LigneImport(
            lot=lot,
            numero=rang + 2,
            seau=Seau.MODIFIEE,
            libelle=f"Mesure {rang}",
            cellules=[f"M-{rang}", "Titre"],
            changements=[{"champ": "titre", "avant": "a", "apres": "b"}],
        )
        for rang in range(nombre)
    )
    return lot


def disparu(lot, rang, operations=({},)):
    return LigneImport.objects.create(
        lot=lot, numero=0, seau=Seau.DISPARU, libelle=f"Disparu {rang}", operations=list(operations), retenue=False
    )
