"""What looks after imports when nobody does: those whose worker died, files that nobody came back for, old rows."""

from datetime import timedelta

from django.db import OperationalError
from django.db.models import Q
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from tableurs import lots, taches
from tableurs.comparaison import effacer_le_fichier
from tableurs.enums import ETATS_AU_TRAVAIL, EtatLot
from tableurs.models import LigneImport, LotImport
from tableurs.verrous import est_une_attente, transaction_sans_attendre

INTERRUPTIONS_MAX = 3
DUREE_DES_LIGNES = timedelta(days=365)
DUREE_DES_DEPOTS = timedelta(days=7)
DUREE_DES_TACHES = timedelta(days=14)
UN_JOUR = timedelta(days=1)

TROP_INTERROMPUE = (
    "La lecture de ce fichier a été interrompue plusieurs fois : il est peut-être trop lourd. "
    "Découpez-le, ou prévenez l'équipe technique."
)
INTERROMPUE = "Le traitement a été interrompu avant la fin : rien n'a été changé. Vous pouvez recommencer."

_de_nuit = []


def declarer(fonction):
    """Add what a room cleans up every day. Rooms call it when they are loaded."""
    _de_nuit.append(fonction)
    return fonction


def nettoyer():
    """Do what rooms declared."""
    for fonction in _de_nuit:
        fonction()


def reprendre_les_abandons(maintenant=None):
    """Put back to work the lots whose worker died while reading; give back those it was applying. Returns how many.

    Reading gives a sign of life every few seconds: silence is enough to tell. Applying is one transaction, which
    can't be seen from outside until its end, but it holds the row of the lot (PostgreSQL) or the whole base (SQLite):
    whoever obtains that lock knows that nobody is applying, and that nothing was applied.
    """
    maintenant = maintenant or timezone.now()
    muets = [lot.pk for lot in LotImport.objects.filter(etat__in=ETATS_AU_TRAVAIL) if _est_muet(lot, maintenant)]
    if not muets:
        return 0
    try:
        with transaction_sans_attendre():
            libres = LotImport.objects.select_for_update(skip_locked=True, no_key=True).filter(
                pk__in=muets, etat__in=ETATS_AU_TRAVAIL
            )
            repris = [lot for lot in libres if _est_muet(lot, maintenant)]
            for lot in repris:
                _reprendre(lot)
    except OperationalError as erreur:
        if est_une_attente(erreur):
            return 0
        raise
    return len(repris)


def _est_muet(lot, maintenant):
    """Tell whether nobody has the lot in hand, as far as can be seen without a lock."""
    limite = maintenant - lots.SILENCE_MAX
    if lot.battement is not None:
        return lot.battement < limite
    # Not begun: it waits for the worker, unless its task is gone or died in its first moment.
    attendues = Q(status=TaskResultStatus.READY) | Q(status=TaskResultStatus.RUNNING, started_at__gte=limite)
    return not DBTaskResult.objects.filter(attendues, pk=lot.jeton).exists()


def _reprendre(lot):
    DBTaskResult.objects.filter(args_kwargs__args__0=lot.cle, status=TaskResultStatus.RUNNING).update(
        status=TaskResultStatus.FAILED, finished_at=timezone.now()
    )
    if lot.etat == EtatLot.EN_COURS:
        etat = EtatLot.APPLIQUE if lot.annulation_en_cours else EtatLot.A_VERIFIER
        _ecrire(lot, etat=etat, message=INTERROMPUE)
    elif lot.interruptions >= INTERRUPTIONS_MAX:
        _ecrire(lot, etat=EtatLot.ECHOUE, message=TROP_INTERROMPUE)
        lot.details.all()._raw_delete(lot.details.db)
        effacer_le_fichier(lot)
    else:
        _ecrire(lot, battement=None, lues=0, interruptions=lot.interruptions + 1)
        taches.confier(lot, taches.tache_comparer)


def _ecrire(lot, **valeurs):
    LotImport.objects.filter(pk=lot.pk).update(**valeurs)


def purger(maintenant=None):
    """Erase what is no longer to be kept. Returns {what, in French and singular: how many}.

    Rows of imports older than a year (the import and its counts stay: it can't be undone any more), files deposited a
    week ago whose columns nobody confirmed, files of no import, tasks that ended two weeks ago.
    """
    maintenant = maintenant or timezone.now()
    bilan = dict.fromkeys(("ligne", "import vidé", "dépôt abandonné", "fichier", "tâche"), 0)
    anciens = LotImport.objects.filter(depose_le__lt=maintenant - DUREE_DES_LIGNES, purge_le=None)
    for lot in anciens.exclude(etat__in=ETATS_AU_TRAVAIL):
        bilan["ligne"] += _effacer_les_lignes(lot)
        bilan["import vidé"] += 1
    for lot in LotImport.objects.filter(etat=EtatLot.DEPOSE, depose_le__lt=maintenant - DUREE_DES_DEPOTS):
        lots.abandonner(lot)
        bilan["dépôt abandonné"] += 1
    bilan["fichier"] = _effacer_les_fichiers_perdus(maintenant)
    finies = DBTaskResult.objects.finished().filter(finished_at__lt=maintenant - DUREE_DES_TACHES)
    bilan["tâche"] = finies.delete()[0]
    return bilan


def _effacer_les_lignes(lot):
    """Erase the rows of a lot in short transactions. What was never applied no longer can be."""
    if lot.etat in (EtatLot.DEPOSE, EtatLot.A_VERIFIER):
        lots.abandonner(lot)
    effacees = 0
    while cles := list(lot.details.order_by("pk").values_list("pk", flat=True)[:10_000]):
        LigneImport.objects.filter(pk__in=cles).delete()
        effacees += len(cles)
    _ecrire(lot, purge_le=timezone.now(), operations=[])
    return effacees


def _effacer_les_fichiers_perdus(maintenant):
    """Erase the files that no lot waits for: a process died between writing a file and its lot, or the reverse."""
    champ = LotImport._meta.get_field("fichier")
    attendus = LotImport.objects.filter(etat__in=(EtatLot.DEPOSE, EtatLot.LECTURE)).values_list("fichier", flat=True)
    attendus = set(attendus)
    for lot in LotImport.objects.exclude(fichier="").exclude(fichier__in=attendus):
        _ecrire(lot, fichier="")
    effaces = 0
    if champ.storage.exists(champ.upload_to):
        for nom in champ.storage.listdir(champ.upload_to)[1]:
            chemin = f"{champ.upload_to}/{nom}"
            if chemin not in attendus and champ.storage.get_modified_time(chemin) < maintenant - UN_JOUR:
                champ.storage.delete(chemin)
                effaces += 1
    return effaces
