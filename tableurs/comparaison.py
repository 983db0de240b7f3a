"""Reading a lot and comparing each row with the base: nothing is written but the lot, in short transactions.

Each gives a sign of life and checks the lot's token: whoever was thought dead and wakes up writes nothing more.
"""

import time
from collections import Counter
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from tableurs import lecture, masse
from tableurs.cellules import afficher
from tableurs.colonnes import Correspondance, mots_connus
from tableurs.disparus import AnciensDisparus
from tableurs.enums import SEAUX_DU_FICHIER, EtatLot, Seau
from tableurs.models import LigneImport, LotImport
from tableurs.ressources import Verdict, ressource
from tableurs.verrous import patiemment

SECONDES_ENTRE_DEUX_BATTEMENTS = 5
INATTENDU = (
    "Une erreur imprévue a interrompu la lecture : l'équipe technique en est prévenue. Rien n'a été écrit dans la base."
)

_COMPTEURS = {
    Seau.CREEE: "crees",
    Seau.MODIFIEE: "modifies",
    Seau.INCHANGEE: "inchanges",
    Seau.REFUSEE: "refuses",
    Seau.DOUBLON: "doublons",
    Seau.DISPARU: "disparus",
}
_VERDICT = ["seau", "libelle", "changements", "problemes", "operations"]
# What PostgreSQL doesn't store: shown as « not a character ».
_IMPOSSIBLES = dict.fromkeys([0, *range(0xD800, 0xE000)], "\N{REPLACEMENT CHARACTER}")


class Detail(NamedTuple):
    """A row of `LigneImport` about to be written: making 100 000 models takes as long as writing them."""

    id: int | None
    lot_id: int
    numero: int
    seau: str
    libelle: str
    cellules: list
    changements: list
    problemes: list
    operations: list
    retenue: bool

    @property
    def pk(self):
        return self.id


class Depasse(Exception):
    """Somebody else reads this lot now."""


@masse.sans_ramassage()
def lire(lot, message=""):
    """Compare the rows of a lot « lecture en cours », from its file or, once this is gone, from the rows kept.

    The lot is then to be verified, with `message`; its file is erased. When it can't be read the lot has failed and
    says why: raises `lecture.FichierIllisible`, or what was not foreseen.
    """
    passage = _Passage(lot)
    try:
        if lot.fichier:
            _depuis_le_fichier(passage, message)
        else:
            _depuis_les_lignes(passage, message)
    except Depasse:
        lot.refresh_from_db()
        return
    except Exception as erreur:
        passage.echouer(str(erreur) if isinstance(erreur, lecture.FichierIllisible) else INATTENDU)
        raise
    effacer_le_fichier(lot)


def effacer_le_fichier(lot):
    """Forget the file of a lot, and erase it."""
    nom, lot.fichier = lot.fichier.name, ""
    if nom:
        LotImport.objects.filter(pk=lot.pk).update(fichier="")
        LotImport._meta.get_field("fichier").storage.delete(nom)


def stockable(texte):
    """Return a text that both databases keep: what no cell of a spreadsheet should hold is shown as « � »."""
    return texte if texte.isprintable() else texte.translate(_IMPOSSIBLES)


def _depuis_le_fichier(passage, message):
    lot = passage.lot
    modele = ressource(lot.ressource)(lot.options, lot.depose_par)
    passage.verser(lambda: lot.details.all()._raw_delete(lot.details.db))
    with lot.fichier.open("rb") as fichier, lecture.ouvrir(fichier, lot.nom_fichier, **lot.lecture_forcee) as classeur:
        tableau = classeur.tableau(lot.feuille, mots_connus(modele.colonnes), lot.tableau)

        def lignes():
            for numero, cellules in tableau.lignes():
                yield None, numero, cellules

        _comparer(passage, modele, lignes, lambda details: masse.inserer(LigneImport, details), message)


def _depuis_les_lignes(passage, message):
    """The rows stay where they are, only what becomes of them changes: an interruption loses none, nor any choice."""
    lot = passage.lot

    def lignes():
        derniere = 0
        while True:
            page = list(
                lot.details.filter(pk__gt=derniere, numero__gt=0)
                .order_by("pk")
                .values_list("pk", "numero", "cellules")[: masse.TAILLE_DE_LOT]
            )
            yield from page
            if len(page) < masse.TAILLE_DE_LOT:
                return
            derniere = page[-1][0]

    def ecrire(details):
        masse.modifier(LigneImport, _VERDICT, [detail for detail in details if detail.pk])
        masse.inserer(LigneImport, [detail for detail in details if not detail.pk])

    _comparer(passage, ressource(lot.ressource)(lot.options, lot.depose_par), lignes, ecrire, message)


def _comparer(passage, modele, lignes, ecrire, message):
    """Put each row in its bucket. `lignes()` yields (key of the kept row, number, cells), as often as asked."""
    lot = passage.lot
    places = Correspondance(lot.correspondance, [], [], "")
    lettres = [colonne for colonne, _ in lot.entetes]
    ou = _adresses(modele, lot.correspondance, lettres)

    def premier_regard():
        for _, numero, cellules in lignes():
            passage.battre()
            yield modele.lire(numero, cellules, places, lettres)

    modele.commencer(premier_regard)
    anciens = AnciensDisparus(lot)
    comptes, tampon = Counter(), []

    def noter(detail, lue):
        comptes[detail.seau] += 1
        passage.lues += lue
        tampon.append(detail)
        if len(tampon) == masse.TAILLE_DE_LOT:
            passage.verser(lambda: ecrire(tampon))
            tampon.clear()

    for cle, numero, cellules in lignes():
        ligne = modele.lire(numero, cellules, places, lettres)
        verdict = Verdict(Seau.REFUSEE, problemes=ligne.problemes) if ligne.problemes else modele.comparer(ligne)
        if verdict.seau == Seau.REFUSEE:
            modele.noter_refusee(ligne)
        for probleme in verdict.problemes:
            _situer(probleme, cellules, ou)
        noter(_detail(lot, cle, numero, cellules, verdict), 1)
    for verdict in modele.disparus():
        noter(_detail(lot, anciens.reprendre(verdict), 0, [], verdict), 0)
    passage.verser(lambda: ecrire(tampon))
    passage.verser(anciens.effacer_les_autres)
    passage.finir(modele.operations_initiales(), comptes, " ".join(filter(None, (message, anciens.bilan()))))


def _detail(lot, cle, numero, cellules, verdict):
    """Return the row to keep. What disappeared is kept in the base unless the user says otherwise."""
    return Detail(
        id=cle,
        lot_id=lot.pk,
        numero=numero,
        seau=verdict.seau.value,
        libelle=stockable(verdict.libelle[:300]),
        cellules=[stockable(afficher(cellule)) for cellule in cellules],
        changements=verdict.changements,
        problemes=verdict.problemes,
        operations=verdict.operations,
        retenue=verdict.seau != Seau.DISPARU,
    )


def _adresses(modele, places, lettres):
    """Return {name that a refusal may give to a column: (label, letter, place)}, the last two if the file has it."""
    adresses = {}
    for colonne in modele.colonnes:
        place = places.get(colonne.cle)
        adresse = (colonne.libelle, "" if place is None else lettres[place], place)
        noms = (colonne.cle, colonne.libelle, modele.attributs.get(colonne.cle, colonne.cle))
        adresses.update(dict.fromkeys(noms, adresse))
    return adresses


def _situer(probleme, cellules, adresses):
    """Complete a refusal with the label, the letter and the value of the cell it is about."""
    if probleme["colonne"] in adresses:
        probleme["colonne"], probleme["lettre"], place = adresses[probleme["colonne"]]
        if place is not None:
            probleme["valeur"] = probleme["valeur"] or afficher(cellules[place])
    for nom in ("valeur", "raison"):
        probleme[nom] = stockable(probleme[nom])


class _Passage:
    """One comparison of a lot, by one process, with the token that allows it to write."""

    def __init__(self, lot):
        self.lot, self.lues = lot, 0
        self._dernier = time.monotonic()

    def _ecrire_le_lot(self, **valeurs):
        lot = LotImport.objects.filter(pk=self.lot.pk, etat=EtatLot.LECTURE, jeton=self.lot.jeton)
        if not lot.update(**valeurs):
            raise Depasse

    def battre(self):
        """Say from time to time that somebody is there, while no row is written."""
        if time.monotonic() - self._dernier > SECONDES_ENTRE_DEUX_BATTEMENTS:
            self.verser(lambda: None)

    def verser(self, ecrire):
        """Write rows in a transaction of their own: a long reading never keeps others from writing."""

        def transaction_breve():
            with transaction.atomic():
                self._ecrire_le_lot(battement=timezone.now(), lues=self.lues)
                ecrire()

        patiemment(transaction_breve)
        self._dernier = time.monotonic()

    def finir(self, operations, comptes, message):
        valeurs = {_COMPTEURS[seau]: comptes[seau] for seau in _COMPTEURS}
        valeurs |= {
            "etat": EtatLot.A_VERIFIER,
            "lignes": sum(comptes[seau] for seau in SEAUX_DU_FICHIER),
            "lues": self.lues,
            "operations": operations,
            "message": message,
        }
        patiemment(lambda: self._ecrire_le_lot(**valeurs))
        for nom, valeur in valeurs.items():
            setattr(self.lot, nom, valeur)

    def echouer(self, message):
        """Leave nothing of what could not be read but the reason."""
        lot = self.lot

        def ecrire():
            with transaction.atomic():
                self._ecrire_le_lot(etat=EtatLot.ECHOUE, message=message)
                lot.details.all()._raw_delete(lot.details.db)

        try:
            patiemment(ecrire)
        except Depasse:
            return
        lot.etat, lot.message = EtatLot.ECHOUE, message
        effacer_le_fichier(lot)
