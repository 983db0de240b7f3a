"""The life of an import: a file is read and compared (nothing is written but the lot), applied whole, undone whole."""

import hashlib
from contextlib import contextmanager
from datetime import timedelta

from django.core.files import File
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from tableurs import comparaison, lecture, masse
from tableurs.colonnes import empreinte, mots_connus, reconnaitre
from tableurs.comparaison import effacer_le_fichier, stockable
from tableurs.enums import ETATS_AU_TRAVAIL, EtatLot, Seau
from tableurs.francais import INSECABLE, pluriel
from tableurs.models import CorrespondanceRetenue, LigneImport, LotImport, nouvelle_cle
from tableurs.operations import Conflit, Execution, en_plages
from tableurs.ressources import ressource
from tableurs.typographie import typographier
from tableurs.verrous import est_une_attente, patiemment, transaction_courte

# Without a sign of life for this long, whoever was reading or applying is gone.
SILENCE_MAX = timedelta(minutes=2)
PLUS_A_VERIFIER = "Cet import n'est plus à vérifier : rechargez la page."


class ActionImpossible(Exception):
    """What was asked of a lot can't be done now; the message says why and what to do, in French."""

    def __init__(self, message):
        super().__init__(typographier(message))


class ApercuPerime(ActionImpossible):
    """What was read isn't what would be applied."""

    def __init__(self):
        super().__init__("L'aperçu a changé depuis que vous l'avez lu : vérifiez-le à nouveau.")


class BaseOccupee(ActionImpossible):
    """Somebody else has been writing for 20 seconds: the lot is as it was."""


class ColonnesIncompletes(ActionImpossible):
    """The columns of the file could not all be recognised: `correspondance` says what is missing."""

    def __init__(self, correspondance):
        self.correspondance = correspondance
        super().__init__(" ".join(probleme.texte for probleme in correspondance.problemes))


def recevoir(fichier, nom, cle_ressource, options=None, auteur=None, **lecture_choisie):
    """Return a `LotImport` whose file could be opened; its columns are still to be confirmed.

    `fichier` is a binary file that can seek; `lecture_choisie`: see `_lire_l_entete`. Raises
    `lecture.FichierIllisible`; nothing of the file is then kept.
    """
    modele = ressource(cle_ressource)(options)
    lot = LotImport(ressource=cle_ressource, options=modele.options, depose_par=auteur)
    lot.nom_fichier = stockable(nom[-255:])
    _lire_l_entete(lot, fichier, nom, **lecture_choisie)
    fichier.seek(0)
    lot.empreinte = hashlib.file_digest(fichier, "sha256").hexdigest()
    lot.taille = fichier.seek(0, 2)
    fichier.seek(0)
    lot.fichier.save(f"{lot.cle}.fichier", File(fichier), save=False)
    lot.save()
    return lot


def _lire_l_entete(lot, fichier, nom, feuille=None, tableau=0, encodage=None, separateur=None):
    """Set what the lot says of its file: how it was read, its headers, its remarks. Raises `FichierIllisible`.

    `feuille` and `tableau` (rank on the sheet) replace what would be proposed, `encodage` and `separateur` what would
    be detected.
    """
    mots = mots_connus(ressource(lot.ressource).colonnes)
    forcee = {"encodage": encodage, "separateur": separateur}
    with lecture.ouvrir(fichier, nom, **forcee) as classeur:
        tableau = classeur.tableau(feuille, mots, tableau)
        lot.lecture_forcee, lot.lu_comme = forcee, classeur.lu_comme
        lot.feuille, lot.tableau = stockable(tableau.feuille), tableau.rang
        lot.entetes = [[entete.colonne, stockable(entete.texte)] for entete in tableau.entetes]
        lot.attendues = tableau.nombre_de_lignes
        lot.remarques = [
            {"texte": stockable(remarque.texte), "ligne": remarque.ligne, "colonne": remarque.colonne}
            for remarque in [*classeur.remarques, *tableau.remarques]
        ]


def relire(lot, **lecture_choisie):
    """Read the kept file otherwise, before its columns are confirmed: another sheet, table, encoding or separator.

    Raises `lecture.FichierIllisible` or `ActionImpossible`; the lot is then as it was.
    """
    if lot.etat != EtatLot.DEPOSE:
        raise ActionImpossible("Ce fichier a déjà été comparé.")
    with lot.fichier.open("rb") as fichier:
        _lire_l_entete(lot, fichier, lot.nom_fichier, **lecture_choisie)
    champs = ("lecture_forcee", "lu_comme", "feuille", "tableau", "entetes", "attendues", "remarques")
    lues = {champ: getattr(lot, champ) for champ in champs}
    if not LotImport.objects.filter(pk=lot.pk, etat=EtatLot.DEPOSE).update(**lues):
        raise ActionImpossible("Ce fichier a déjà été comparé.")


def reconnaissance(lot, choix=None):
    """Return the `Correspondance` proposed for a lot: what the user chose, else what was retained, else by names."""
    modele = ressource(lot.ressource)(lot.options)
    entetes = [texte for _, texte in lot.entetes]
    if choix is None:
        retenue = CorrespondanceRetenue.objects.filter(ressource=lot.ressource, empreinte=_memoire(lot)).first()
        choix = retenue.places if retenue else None
    correspondance = reconnaitre(modele.colonnes, entetes, choix)
    correspondance.problemes += modele.verifier(correspondance)
    return correspondance


def _memoire(lot):
    """Return what tells headers apart for who remembers them: where anybody imports, nobody chooses for a neighbour."""
    cle = empreinte([texte for _, texte in lot.entetes])
    return f"{cle}-{lot.depose_par_id}" if ressource(lot.ressource).demande_un_auteur else cle


def choisir_les_colonnes(lot, choix=None):
    """Set the columns of a lot; a choice of the user is remembered for the next file with the same headers.

    Raises `ColonnesIncompletes`.
    """
    correspondance = reconnaissance(lot, choix)
    if not correspondance.complete:
        raise ColonnesIncompletes(correspondance)
    if choix:
        CorrespondanceRetenue.objects.update_or_create(
            ressource=lot.ressource, empreinte=_memoire(lot), defaults={"places": choix}
        )
    lot.correspondance = correspondance.places
    lot.save(update_fields=["correspondance"])


def comparer(lot):
    """Read the file of a lot and compare each row with the base. The file is then erased: its rows are kept.

    Raises `ActionImpossible` when somebody already asked for it, `lecture.FichierIllisible` when the file that could
    be opened can't be read to its end: the lot has then failed and says why.
    """
    mettre_en_lecture(lot, nouvelle_cle(), timezone.now())
    comparaison.lire(lot)


def mettre_en_lecture(lot, jeton, battement):
    """Take a lot from « déposé » to « lecture en cours »: who holds `jeton` will compare it."""
    passer(lot, (EtatLot.DEPOSE,), EtatLot.LECTURE, "Ce fichier a déjà été comparé.", jeton=jeton, battement=battement)


def deposer(fichier, nom, cle_ressource, options=None, auteur=None, choix=None, **lecture_choisie):
    """Receive, recognise and compare at once: what the command line does. Returns the lot to verify.

    Raises `lecture.FichierIllisible` or `ColonnesIncompletes`; no lot is then left.
    """
    lot = recevoir(fichier, nom, cle_ressource, options, auteur, **lecture_choisie)
    try:
        choisir_les_colonnes(lot, choix)
        comparer(lot)
    except (ColonnesIncompletes, lecture.FichierIllisible):
        effacer_le_fichier(lot)
        lot.delete()
        raise
    return lot


def appliquer(lot, auteur=None, partiel=False, depuis=EtatLot.A_VERIFIER, apercu=None):
    """Do exactly what was previewed, in one transaction, all or nothing. Returns the lot.

    `depuis`: « en cours » for the worker, to whom the lot was entrusted. `apercu`: the token of the preview that was
    read, when somebody did. Raises `ActionImpossible` when the lot isn't
    to be verified any more, when rows are refused (unless `partiel`), when the base is too busy, or when it has
    changed meanwhile: the preview is then made anew. Until the commit the lot stays in the state it was in: if this
    process dies, or waits in vain, there is nothing to repair.
    """
    modele = _ressource_de(lot, auteur, lot.motif)
    try:
        with ecriture():
            verrouiller_l_apercu(lot, partiel, depuis, apercu)
            execution = _execution(lot, modele)
            creees = execution.faire() | en_plages(modele.agir(_actes(lot)))
            modele.suites()
            fait = {"etat": EtatLot.APPLIQUE, "message": "", "creees": creees}
            fait |= {"applique_par": auteur, "applique_le": timezone.now()}
            LotImport.objects.filter(pk=lot.pk).update(**fait)
    except Conflit as conflit:
        message = typographier(
            f"La base a changé depuis l'aperçu : {conflit}. Rien n'a été appliqué : vérifiez le nouvel aperçu."
        )
        comparer_de_nouveau(lot, message)
        raise ActionImpossible(lot.message) from conflit
    _affecter(lot, fait)
    return lot


def verrouiller_l_apercu(lot, partiel, depuis=EtatLot.A_VERIFIER, apercu=None):
    """Hold a lot about to be applied: its preview is the one that was read, and can't change any more.

    Raises `ActionImpossible`, also when rows are refused and nobody said to apply the others.
    """
    verrouille = _verrouiller(lot, depuis, PLUS_A_VERIFIER)
    if apercu is not None and verrouille.jeton != apercu:
        raise ApercuPerime
    refuses = verrouille.refuses
    if refuses and not partiel:
        lignes = f"{refuses}{INSECABLE}{pluriel(refuses, 'ligne est refusée', 'lignes sont refusées')}"
        raise ActionImpossible(f"{lignes} : corrigez le fichier, ou demandez à n'appliquer que les autres.")


def annuler(lot, auteur=None, depuis=EtatLot.APPLIQUE):
    """Restore the state before the import, in one transaction. Raises `ActionImpossible` saying what has changed."""
    modele = _ressource_de(lot, auteur, f"Annulation : {lot.motif}")
    try:
        with ecriture():
            verrouille = _verrouiller(lot, depuis, "Seul un import appliqué peut être annulé.")
            if verrouille.purge_le:
                raise ActionImpossible("Les lignes de cet import ont été effacées : il ne peut plus être annulé.")
            if empechement := modele.empechement_d_annuler():
                raise ActionImpossible(empechement)
            modele.avant_de_defaire()
            modele.revenir(verrouille.creees)
            _execution(lot, modele).defaire(verrouille.creees)
            modele.suites()
            fait = {"etat": EtatLot.ANNULE, "message": "", "annule_par": auteur, "annule_le": timezone.now()}
            LotImport.objects.filter(pk=lot.pk).update(**fait)
    except Conflit as conflit:
        raise ActionImpossible(f"Impossible d'annuler : {conflit}. Rien n'a été changé.") from conflit
    _affecter(lot, fait)
    return lot


def abandonner(lot):
    """Set aside a lot that was never applied; its rows stay for the audit."""
    attendus = (EtatLot.DEPOSE, EtatLot.LECTURE, EtatLot.A_VERIFIER)
    passer(lot, attendus, EtatLot.ABANDONNE, "Seul un import qui n'a pas été appliqué peut être abandonné.")
    effacer_le_fichier(lot)


def choisir_les_disparus(lot, cles, terminer):
    """Keep or end objects that the file doesn't name: `cles` of their `LigneImport`, or None for all of them.

    The preview is then another one. Raises `ActionImpossible` when the lot isn't to be verified any more.
    """
    with ecriture():
        _verrouiller(lot, EtatLot.A_VERIFIER, PLUS_A_VERIFIER)
        disparus = LigneImport.objects.filter(lot=lot, seau=Seau.DISPARU, retenue=not terminer).exclude(operations=[])
        if cles is not None:
            disparus = disparus.filter(pk__in=cles)
        if disparus.update(retenue=terminer):
            LotImport.objects.filter(pk=lot.pk).update(jeton=nouvelle_cle())


def comparer_de_nouveau(lot, message=""):
    """Make the preview anew from the rows that were kept, against the base as it is now; the lot keeps `message`."""
    etats = (EtatLot.A_VERIFIER, EtatLot.EN_COURS)
    passer(lot, etats, EtatLot.LECTURE, PLUS_A_VERIFIER, jeton=nouvelle_cle())
    comparaison.lire(lot, message)


# --- States ------------------------------------------------------------------------------------------------------
def passer(lot, depuis, vers, sinon, **valeurs):
    """Pass from one of the states `depuis` to another, once: of two people clicking, the second is told `sinon`."""
    if vers in ETATS_AU_TRAVAIL:
        valeurs = {"battement": timezone.now(), "lues": 0, **valeurs}
    try:
        passes = LotImport.objects.filter(pk=lot.pk, etat__in=depuis).update(etat=vers, **valeurs)
    except OperationalError as erreur:
        raise _occupee(erreur) from erreur
    if not passes:
        raise ActionImpossible(sinon)
    _affecter(lot, {"etat": vers, **valeurs})


def rendre(lot, message):
    """Give back a lot that was to be applied or undone, and wasn't: it is again as it was, with `message`."""
    valeurs = {"etat": EtatLot.APPLIQUE if lot.applique_le else EtatLot.A_VERIFIER, "message": message}
    a_moi = LotImport.objects.filter(pk=lot.pk, etat=EtatLot.EN_COURS, jeton=lot.jeton)
    if patiemment(lambda: a_moi.update(**valeurs)):
        _affecter(lot, valeurs)


def _affecter(lot, valeurs):
    for nom, valeur in valeurs.items():
        setattr(lot, nom, valeur)


def _verrouiller(lot, depuis, sinon):
    """Hold the row of a lot until the end of the transaction, if it is still in the state `depuis`.

    It is also the sign that somebody is at work: see `tableurs.veille`.
    """
    attendu = {"etat": depuis, "jeton": lot.jeton} if depuis in ETATS_AU_TRAVAIL else {"etat": depuis}
    verrouille = LotImport.objects.select_for_update(no_key=True).filter(pk=lot.pk, **attendu).first()
    if verrouille is None:
        raise ActionImpossible(sinon)
    return verrouille


@contextmanager
def ecriture():
    """A transaction on the base: what a constraint refuses is a `Conflit`, waiting in vain a `BaseOccupee`."""
    try:
        with transaction_courte():
            yield
    except IntegrityError as erreur:
        raise Conflit(["des objets sont utilisés ailleurs depuis"]) from erreur
    except OperationalError as erreur:
        raise _occupee(erreur) from erreur


def _occupee(erreur):
    """Return what to raise for an error of the database: `BaseOccupee` if somebody else holds what was needed."""
    if est_une_attente(erreur):
        return BaseOccupee("La base est occupée : rien n'a été changé. Réessayez dans un instant.")
    return erreur


def _ressource_de(lot, auteur, motif):
    """Return the resource of a lot about to be written, which signs what it writes itself."""
    modele = ressource(lot.ressource)(lot.options, auteur)
    modele.motif, modele.lot, modele.actes = motif, lot, lambda: _actes(lot)
    return modele


def _execution(lot, modele):
    derives = getattr(modele, "derives", ())
    return Execution(modele.modeles, lambda inverse: _operations(lot, inverse), modele.auteur, modele.motif, derives)


def _actes(lot):
    """Yield what the rows ask the resource to do itself."""
    for operations in _operations(lot, inverse=False):
        yield from (operation["agir"] for operation in operations if "agir" in operation)


def _operations(lot, inverse):
    """Yield the operations to do, row after row, in one query; to undo, the last ones first."""
    lignes = lot.details.filter(retenue=True).exclude(operations=[]).order_by("-pk" if inverse else "pk")
    if not inverse:
        yield lot.operations
    yield from lignes.values_list("operations", flat=True).iterator(chunk_size=masse.TAILLE_DE_LOT)
    if inverse:
        yield lot.operations
