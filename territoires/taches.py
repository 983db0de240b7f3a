"""What follows from the administrative map, computed by the worker: half a minute that nobody should wait for."""

import logging
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from territoires import echeances, perimetres, recherche, reference
from territoires.models import Liste

journal = logging.getLogger("territoires")

# A few minutes after midnight, in Paris: the day has begun for everybody.
HEURE_DES_ECHEANCES = time(0, 5)


def demander_le_recalcul():
    """Have the search of communes and the perimeters computed again after the transaction of the caller, once."""
    deja = DBTaskResult.objects.filter(task_path=recalculer.module_path, status=TaskResultStatus.READY)
    if not deja.exists():
        recalculer.enqueue()


@task()
def recalculer():
    with transaction.atomic():
        recherche.reconstruire_appellations(reference.lire("reference/anciens_noms.csv.xz"))
    for liste in Liste.objects.order_by("pk"):
        perimetres.appliquer(liste)


def prevoir_les_echeances():
    """Have perimeters computed again on the next day when a member enters or leaves, if there is one; once."""
    jour = echeances.prochaine()
    if jour is None:
        return
    quand = timezone.make_aware(datetime.combine(jour, HEURE_DES_ECHEANCES))
    prevues = DBTaskResult.objects.filter(
        task_path=recalculer_les_echeances.module_path, status=TaskResultStatus.READY, run_after__lte=quand
    )
    if not prevues.exists():
        recalculer_les_echeances.using(run_after=quand).enqueue()


@task()
def recalculer_les_echeances():
    for liste, phrases in echeances.recalculer():
        if phrases:
            journal.error("Périmètres de « %s » : %s", liste, " ".join(phrases))
    prevoir_les_echeances()
