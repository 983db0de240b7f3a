"""The life of an import: a file is read and compared (nothing is written but the lot), applied whole, undone whole."""

import hashlib
from collections import Counter
from datetime import timedelta

from django.core.files import File
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


def recevoir(fichier, nom, cle_ressource, options=None, auteur=None, feuille=None, encodage=None, separateur=None):
    """Return a `LotImport` whose file could be opened; its columns are still to be confirmed.

    `fichier` is a binary file that can seek; `encodage` and `separateur` replace what would be detected. Raises
    `lecture.FichierIllisible`; nothing of the file is then kept.
    """
    modele = ressource(cle_ressource)(options)
    lot = LotImport(ressource=cle_ressource, options=modele.options, nom_fichier=nom[-255:], depose_par=auteur)
    _lire_l_entete(lot, fichier, nom, feuille, {"encodage": encodage, "separateur": separateur})
    fichier.seek(0)
    lot.empreinte = hashlib.file_digest(fichier, "sha256").hexdigest()
    lot.taille = fichier.seek(0, 2)
    fichier.seek(0)
    lot.fichier.save(f"{lot.cle}.fichier", File(fichier), save=False)
    lot.save()
    return lot


def _lire_l_entete(lot, fichier, nom, feuille, forcee):
    """Set what the lot says of its file: how it was read, its headers, its remarks. Raises `FichierIllisible`."""
    mots = mots_connus(ressource(lot.ressource).colonnes)
    with lecture.ouvrir(fichier, nom, **forcee) as classeur:
        tableau = classeur.tableaux(feuille, mots)[0]
        lot.lecture_forcee, lot.lu_comme, lot.feuille = forcee, classeur.lu_comme, tableau.feuille
        lot.entetes = [[entete.colonne, entete.texte] for entete in tableau.entetes]
        lot.attendues = tableau.nombre_de_lignes
        lot.remarques = [
            {"texte": remarque.texte, "ligne": remarque.ligne, "colonne": remarque.colonne}
            for remarque in [*classeur.remarques, *tableau.remarques]
        ]


def relire(lot, feuille=None, encodage=None, separateur=None):
    """Read the kept file otherwise, before its columns are confirmed: another sheet, encoding or separator.

    Raises `lecture.FichierIllisible` or `ActionImpossible`; the lot is then as it was.
    """
    if lot.etat != EtatLot.DEPOSE:
        raise ActionImpossible("Ce fichier a déjà été comparé.")
    with lot.fichier.open("rb") as fichier:
        _lire_l_entete(lot, fichier, lot.nom_fichier, feuille, {"encodage": encodage, "separateur": separateur})
    champs = ("lecture_forcee", "lu_comme", "feuille", "entetes", "attendues", "remarques")
    lues = {champ: getattr(lot, champ) for champ in champs}
    if not LotImport.objects.filter(pk=lot.pk, etat=EtatLot.DEPOSE).update(**lues):
        raise ActionImpossible("Ce fichier a déjà été comparé.")


def reconnaissance(lot, choix=None):
    """Return the `Correspondance` proposed for a lot: what the user chose, else what was retained, else by names."""
    modele = ressource(lot.ressource)(lot.options)
    entetes = [texte for _, texte in lot.entetes]
    if choix is None:
        retenue = CorrespondanceRetenue.objects.filter(ressource=lot.ressource, empreinte=empreinte(entetes)).first()
        choix = retenue.places if retenue else None
    correspondance = reconnaitre(modele.colonnes, entetes, choix)
    correspondance.problemes += modele.verifier(correspondance)
    return correspondance


def choisir_les_colonnes(lot, choix=None):
    """Set the columns of a lot; a choice of the user is remembered for the next file with the same headers.

    Raises `ColonnesIncompletes`.
    """
    correspondance = reconnaissance(lot, choix)
    if not correspondance.complete:
        raise ColonnesIncompletes(correspondance)
    if choix:
        CorrespondanceRetenue.objects.update_or_create(
            ressource=lot.ressource, empreinte=correspondance.empreinte, defaults={"places": choix}
        )
    lot.correspondance = correspondance.places
    lot.save(update_fields=["correspondance"])


def comparer(lot):
    """Read the file of a lot and compare each row with the base. The file is then erased: its rows are kept."""
    _changer_etat(lot, EtatLot.DEPOSE, EtatLot.LECTURE, "Ce fichier a déjà été comparé.")
    modele = ressource(lot.ressource)(lot.options)
    with lot.fichier.open("rb") as fichier, lecture.ouvrir(fichier, lot.nom_fichier, **lot.lecture_forcee) as classeur:
        tableau = classeur.tableaux(lot.feuille, mots_connus(modele.colonnes))[0]
        _comparer(lot, modele, tableau.lignes)
    lot.fichier.delete(save=True)


def deposer(fichier, nom, cle_ressource, options=None, auteur=None, choix=None, **lecture_choisie):
    """Receive, recognise and compare at once: what the command line does. Returns the lot to verify.

    Raises `lecture.FichierIllisible` or `ColonnesIncompletes`; no lot is then left.
    """
    lot = recevoir(fichier, nom, cle_ressource, options, auteur, **lecture_choisie)
    try:
        choisir_les_colonnes(lot, choix)
    except ColonnesIncompletes:
        lot.fichier.delete(save=False)
        lot.delete()
        raise
    comparer(lot)
    return lot


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
    if lot.etat == EtatLot.DEPOSE:
        lot.fichier.delete(save=True)
        _changer_etat(lot, EtatLot.DEPOSE, EtatLot.ABANDONNE, "Cet import n'est plus à l'étape des colonnes.")
    else:
        _changer_etat(lot, EtatLot.A_VERIFIER, EtatLot.ABANDONNE, "Seul un import à vérifier peut être abandonné.")


def choisir_les_disparus(lot, cles, terminer):
    """Keep or end objects that the file doesn't name: `cles` of their `LigneImport`, or None for all of them.

    Raises `ActionImpossible` when the lot isn't to be verified any more.
    """
    with transaction.atomic():
        verrouille = LotImport.objects.select_for_update().get(pk=lot.pk)
        if verrouille.etat != EtatLot.A_VERIFIER:
            raise ActionImpossible("Cet import n'est plus à vérifier : rechargez la page.")
        disparus = LigneImport.objects.filter(lot=lot, seau=Seau.DISPARU).exclude(operations=[])
        if cles is not None:
            disparus = disparus.filter(pk__in=cles)
        disparus.update(retenue=terminer)


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
