"""Comparing, applying, undoing: at once for a small file, by the worker (`manage.py ouvrier`) for a large one.

Entrusting a lot to the worker changes its state and puts the task in the queue in one transaction; the key of the
task is the lot's token, so that only this task may write it.
"""

import logging

from django.utils import timezone
from django_tasks import task

from comptes.models import Utilisateur
from tableurs import comparaison, lots
from tableurs.enums import EtatLot
from tableurs.lecture import FichierIllisible
from tableurs.models import LotImport, nouvelle_cle
from tableurs.ressources import ressource

journal = logging.getLogger("tableurs")

# Rows that somebody can wait for, in a request.
LIGNES_AU_PLUS_SUR_LE_CHAMP = 2000
INATTENDU = "Une erreur imprévue a tout arrêté : l'équipe technique en est prévenue. Rien n'a été changé."


def _attend_l_ouvrier(lot):
    """Tell whether writing a lot takes longer than somebody can wait for."""
    au_plus = ressource(lot.ressource).lignes_ecrites_sur_le_champ
    return lot.lignes > (LIGNES_AU_PLUS_SUR_LE_CHAMP if au_plus is None else au_plus)


def comparer(lot):
    """Read and compare a lot whose columns are chosen, or ask the worker to.

    Raises `ActionImpossible` when it was already asked for; at once only, `lecture.FichierIllisible`: the lot says it
    too.
    """
    if lot.attendues <= LIGNES_AU_PLUS_SUR_LE_CHAMP:
        lots.comparer(lot)
        return
    with lots.ecriture():
        lots.mettre_en_lecture(lot, nouvelle_cle(), None)
        confier(lot, tache_comparer)


def appliquer(lot, auteur=None, partiel=False, apercu=None):
    """Apply a lot, or ask the worker to. Raises `ActionImpossible`; the worker leaves it in the lot's `message`.

    `apercu`: see `lots.appliquer`. Once the lot is entrusted nothing else changes its preview.
    """
    if not _attend_l_ouvrier(lot):
        lots.appliquer(lot, auteur, partiel, apercu=apercu)
        return
    with lots.ecriture():
        lots.verrouiller_l_apercu(lot, partiel, apercu=apercu)
        lots.passer(lot, (EtatLot.A_VERIFIER,), EtatLot.EN_COURS, lots.PLUS_A_VERIFIER, battement=None, message="")
        confier(lot, tache_appliquer, auteur.pk if auteur else None, partiel)


def annuler(lot, auteur=None):
    """Undo a lot, or ask the worker to. As `appliquer`."""
    if not _attend_l_ouvrier(lot):
        lots.annuler(lot, auteur)
        return
    sinon = "Seul un import appliqué peut être annulé."
    with lots.ecriture():
        lots.passer(lot, (EtatLot.APPLIQUE,), EtatLot.EN_COURS, sinon, battement=None, message="")
        confier(lot, tache_annuler, auteur.pk if auteur else None)


def confier(lot, tache, *arguments):
    """Put a task on a lot in the queue, in the transaction of the caller. Only the worker may then write this lot."""
    lot.jeton = tache.enqueue(lot.cle, *arguments).id
    LotImport.objects.filter(pk=lot.pk).update(jeton=lot.jeton)


@task(takes_context=True)
def tache_comparer(context, cle):
    lot = _prendre(context, cle, EtatLot.LECTURE)
    if lot is None:
        return
    try:
        comparaison.lire(lot)
    except FichierIllisible as illisible:
        journal.info("Import %s illisible : %s", cle, illisible)
    except Exception:
        journal.exception("Import %s : la lecture a échoué", cle)
        raise


@task(takes_context=True)
def tache_appliquer(context, cle, auteur, partiel):
    lot = _prendre(context, cle, EtatLot.EN_COURS)
    if lot is not None:
        _ecrire(lot, lambda: lots.appliquer(lot, _personne(auteur), partiel, EtatLot.EN_COURS))


@task(takes_context=True)
def tache_annuler(context, cle, auteur):
    lot = _prendre(context, cle, EtatLot.EN_COURS)
    if lot is not None:
        _ecrire(lot, lambda: lots.annuler(lot, _personne(auteur), EtatLot.EN_COURS))


def _prendre(context, cle, etat):
    """Return the lot of a task with a first sign of life, or None when it is no longer this task's."""
    a_moi = LotImport.objects.filter(cle=cle, etat=etat, jeton=context.task_result.id)
    if not a_moi.update(battement=timezone.now()):
        journal.info("Import %s : cette tâche n'est plus attendue", cle)
        return None
    return a_moi.get()


def _ecrire(lot, ecrire):
    """Apply or undo; when it can't be done the lot is given back with the reason."""
    try:
        ecrire()
    except lots.ActionImpossible as impossible:
        lots.rendre(lot, str(impossible))
    except Exception:
        journal.exception("Import %s : l'écriture a échoué", lot.cle)
        lots.rendre(lot, INATTENDU)
        raise


def _personne(cle):
    return Utilisateur.objects.filter(pk=cle).first() if cle else None
