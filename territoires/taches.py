"""What follows from the administrative map, computed by the worker: half a minute that nobody should wait for."""

from django.db import transaction
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from territoires import perimetres, recherche, reference
from territoires.models import Liste


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
