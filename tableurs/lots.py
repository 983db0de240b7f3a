"""The life of an import: a file is read and compared (nothing is written but the lot), applied whole, undone whole."""

import hashlib
from collections import Counter
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from tableurs import lecture, masse
from tableurs.cellules import afficher
from tableurs.colonnes import Correspondance, empreinte, mots_connus, reconnaitre
from tableurs.enums import SEAUX_DU_FICHIER, EtatLot, Seau
from tableurs.lecture.reperes import lettre
from tableurs.models import CorrespondanceRetenue, LigneImport, LotImport
from tableurs.operations import Conflit, Execution
from tableurs.ressources import Verdict, ressource

ATTENTE_MAX_SECONDES = 20
# Without a sign of life for this long, whoever was reading or applying is gone.
SILENCE_MAX = timedelta(minutes=2)

_COMPTEURS = {
    Seau.CREEE: "crees",
    Seau.MODIFIEE: "modifies",
    Seau.INCHANGEE: "inchanges",
    Seau.REFUSEE: "refuses",
    Seau.DOUBLON: "doublons",
}


class ActionImpossible(Exception):
    """What was asked of a lot can't be done now; the message says why and what to do, in French."""


class ColonnesIncompletes(ActionImpossible):
    """The columns of the file could not all be recognised: `correspondance` says what is missing."""

    def __init__(self, correspondance):
        self.correspondance = correspondance
        super().__init__(" ".join(probleme.texte for probleme in correspondance.problemes))


def deposer(fichier, nom, cle_ressource, options=None, auteur=None, *, feuille=None, choix=None, **lecture_forcee):
    """Read a file, compare each row with the base and return the `LotImport` to verify. Nothing else is written.

    `fichier` is a binary file that can seek. `choix` maps columns to places, as the user decided; `lecture_forcee`
    is `encodage` and `separateur`. Raises `lecture.FichierIllisible` or `ColonnesIncompletes`.
    """
    modele = ressource(cle_ressource)(options)
    with lecture.ouvrir(fichier, nom, **lecture_forcee) as classeur:
        tableau = classeur.tableaux(feuille, mots_connus(modele.colonnes))[0]
        entetes = [entete.texte for entete in tableau.entetes]
        correspondance = reconnaitre(modele.colonnes, entetes, choix or _choix_retenu(cle_ressource, entetes))
        correspondance.problemes += modele.verifier(correspondance)
        if not correspondance.complete:
            raise ColonnesIncompletes(correspondance)
        if choix:
            CorrespondanceRetenue.objects.update_or_create(
                ressource=cle_ressource, empreinte=correspondance.empreinte, defaults={"places": choix}
            )
        fichier.seek(0)
        lot = LotImport.objects.create(
            ressource=cle_ressource,
            options=modele.options,
            nom_fichier=nom[:255],
            empreinte=hashlib.file_digest(fichier, "sha256").hexdigest(),
            taille=fichier.seek(0, 2),
            lu_comme=classeur.lu_comme,
            feuille=tableau.feuille,
            entetes=[[entete.colonne, entete.texte] for entete in tableau.entetes],
            correspondance=correspondance.places,
            remarques=[
                {"texte": remarque.texte, "ligne": remarque.ligne, "colonne": remarque.colonne}
                for remarque in [*classeur.remarques, *tableau.remarques]
            ],
            depose_par=auteur,
        )
        _comparer(lot, modele, tableau.lignes)
    return lot


def _choix_retenu(cle_ressource, entetes):
    retenue = CorrespondanceRetenue.objects.filter(ressource=cle_ressource, empreinte=empreinte(entetes)).first()
    return retenue.places if retenue else None


def _comparer(lot, modele, lignes):
    """Write the rows of the lot, each in its bucket. `lignes()` yields (number, cells), as often as asked."""
    places = Correspondance(lot.correspondance, [], [], "")
    lettres = [colonne for colonne, _ in lot.entetes] or [lettre(rang) for rang in range(len(lot.correspondance))]

    def lire():
        for numero, cellules in lignes():
            yield modele.lire(numero, cellules, places, lettres)

    modele.commencer(lire)
    comptes, tampon = Counter(), []
    for ligne in lire():
        verdict = Verdict(Seau.REFUSEE, problemes=ligne.problemes) if ligne.problemes else modele.comparer(ligne)
        comptes[verdict.seau] += 1
        tampon.append(_detail(lot, ligne.numero, ligne.cellules, verdict))
        if len(tampon) == masse.TAILLE_DE_LOT:
            _verser(lot, tampon)
    for verdict in modele.disparus():
        comptes[Seau.DISPARU] += 1
        tampon.append(_detail(lot, 0, [], verdict, retenue=False))
        if len(tampon) == masse.TAILLE_DE_LOT:
            _verser(lot, tampon)
    _verser(lot, tampon)
    for seau in SEAUX_DU_FICHIER:
        setattr(lot, _COMPTEURS[seau], comptes[seau])
    lot.lignes = sum(comptes[seau] for seau in SEAUX_DU_FICHIER)
    lot.disparus = comptes[Seau.DISPARU]
    lot.operations = modele.operations_initiales()
    lot.etat = EtatLot.A_VERIFIER
    lot.save()


def _detail(lot, numero, cellules, verdict, retenue=True):
    return LigneImport(
        lot=lot,
        numero=numero,
        seau=verdict.seau,
        libelle=verdict.libelle[:300],
        cellules=[afficher(cellule) for cellule in cellules],
        changements=verdict.changements,
        problemes=verdict.problemes,
        operations=verdict.operations,
        retenue=retenue,
    )


def _verser(lot, tampon):
    """Write rows in a transaction of their own: a long reading never keeps others from writing."""
    with transaction.atomic():
        for detail, cle in zip(tampon, masse.reserver_cles(LigneImport, len(tampon)), strict=True):
            detail.pk = cle
        masse.inserer(LigneImport, tampon)
        LotImport.objects.filter(pk=lot.pk).update(battement=timezone.now())
    tampon.clear()


def appliquer(lot, auteur=None, partiel=False):
    """Do exactly what was previewed, all or nothing. Returns the lot.

    Raises `ActionImpossible` when the lot isn't to be verified any more, when rows are refused (unless `partiel`),
    when the base is too busy, or when it has changed meanwhile: the preview is then made anew.
    """
    if lot.refuses and not partiel:
        raise ActionImpossible(
            f"{lot.refuses} lignes sont refusées : corrigez le fichier, ou demandez à n'appliquer que les autres."
        )
    _changer_etat(lot, EtatLot.A_VERIFIER, EtatLot.EN_COURS, "Cet import n'est plus à vérifier : rechargez la page.")
    modele = ressource(lot.ressource)(lot.options)
    try:
        with _transaction_courte():
            execution = Execution(modele.modeles, lambda: _operations(lot), auteur, lot.motif)
            lot.creees = execution.faire()
            modele.suites()
            lot.etat, lot.applique_par, lot.applique_le = EtatLot.APPLIQUE, auteur, timezone.now()
            lot.save()
    except Conflit as conflit:
        comparer_de_nouveau(lot)
        raise ActionImpossible(
            f"La base a changé depuis l'aperçu ({conflit}). Rien n'a été appliqué : vérifiez le nouvel aperçu."
        ) from conflit
    except OperationalError as erreur:
        _changer_etat(lot, EtatLot.EN_COURS, EtatLot.A_VERIFIER, "")
        raise ActionImpossible("La base est occupée : rien n'a été appliqué. Réessayez dans un instant.") from erreur
    except BaseException:
        _changer_etat(lot, EtatLot.EN_COURS, EtatLot.A_VERIFIER, "")
        raise
    return lot


def annuler(lot, auteur=None):
    """Restore the state before the import. Raises `ActionImpossible` saying what has changed since."""
    modele = ressource(lot.ressource)(lot.options)
    try:
        with _transaction_courte():
            verrouille = LotImport.objects.select_for_update().get(pk=lot.pk)
            if verrouille.etat != EtatLot.APPLIQUE:
                raise ActionImpossible("Seul un import appliqué peut être annulé.")
            modele.avant_de_defaire()
            execution = Execution(modele.modeles, lambda: _operations(lot), auteur, f"Annulation : {lot.motif}")
            execution.defaire(verrouille.creees)
            modele.suites()
            lot.etat, lot.annule_par, lot.annule_le = EtatLot.ANNULE, auteur, timezone.now()
            lot.save()
    except Conflit as conflit:
        raise ActionImpossible(f"Impossible d'annuler : {conflit}. Rien n'a été changé.") from conflit
    except OperationalError as erreur:
        raise ActionImpossible("La base est occupée : rien n'a été changé. Réessayez dans un instant.") from erreur
    return lot


def abandonner(lot):
    """Set aside a lot that was never applied; its rows stay for the audit."""
    _changer_etat(lot, EtatLot.A_VERIFIER, EtatLot.ABANDONNE, "Seul un import à vérifier peut être abandonné.")


def comparer_de_nouveau(lot):
    """Make the preview anew from the rows that were kept, against the base as it is now."""
    lignes = list(lot.details.filter(numero__gt=0).order_by("pk").values_list("numero", "cellules"))
    with transaction.atomic():
        lot.details.all().delete()
        LotImport.objects.filter(pk=lot.pk).update(etat=EtatLot.LECTURE)
    _comparer(lot, ressource(lot.ressource)(lot.options), lambda: iter(lignes))


def reprendre_les_abandons(maintenant=None):
    """Give back to their authors the lots whose worker died: nothing of them was applied. Returns how many."""
    limite = (maintenant or timezone.now()) - SILENCE_MAX
    return LotImport.objects.filter(etat=EtatLot.EN_COURS, battement__lt=limite).update(etat=EtatLot.A_VERIFIER)


def _operations(lot):
    """Yield the operations to do, row after row, in one query."""
    yield lot.operations
    lignes = lot.details.filter(retenue=True).exclude(operations=[]).order_by("pk")
    yield from lignes.values_list("operations", flat=True).iterator(chunk_size=masse.TAILLE_DE_LOT)


def _changer_etat(lot, de, vers, sinon):
    """Pass from one state to another, once: of two people clicking, the second is told."""
    if not LotImport.objects.filter(pk=lot.pk, etat=de).update(etat=vers, battement=timezone.now()):
        raise ActionImpossible(sinon)
    lot.etat = vers


def _transaction_courte():
    if connection.vendor == "postgresql":
        with connection.cursor() as curseur:
            curseur.execute(f"SET lock_timeout = '{ATTENTE_MAX_SECONDES}s'")
    return transaction.atomic()
