"""`manage.py ouvrier`: does in the background what is too long for a page. One is enough; several may run."""

import logging
import time

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections
from django.utils.autoreload import run_with_reloader
from django.utils.crypto import get_random_string
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from comptes import adresses, courrier, inutilises, recapitulatif, routines
from tableurs import veille

journal = logging.getLogger("tableurs")

SECONDES_ENTRE_DEUX_REGARDS = 1
SECONDES_ENTRE_DEUX_VEILLES = 15
SECONDES_ENTRE_DEUX_RECAPITULATIFS = 60
SECONDES_ENTRE_DEUX_ROUTINES = 3600
SECONDES_ENTRE_DEUX_PURGES = 24 * 3600


class Command(BaseCommand):
    """The worker of django-tasks-db, asked only when a task waits.

    Left to itself it takes the write lock of SQLite every second, and stops if it can't.
    """

    help = "Envoie les courriels, compare et applique les grands imports, reprend ceux qui ont été interrompus."

    def add_arguments(self, parser):
        parser.add_argument("--une-fois", action="store_true", help="fait ce qui attend, puis s'arrête")

    def handle(self, *args, une_fois, **options):
        logging.getLogger("django_tasks_db").setLevel(logging.WARNING)
        self.ouvrier = Worker(
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        self.echeances = {}
        if une_fois:
            self._tour()
        elif settings.DEBUG:
            # Stopped anywhere when the code changes: what is interrupted is taken up again, as after any crash.
            run_with_reloader(self._boucle)
        else:
            # Told to stop, it ends the task under way first; told twice, it stops.
            self.ouvrier.configure_signals()
            self._boucle()

    def _boucle(self):
        while self.ouvrier.running:
            try:
                self._tour()
            except OperationalError as erreur:
                # Somebody writes at length, or the database restarts.
                journal.warning("L'ouvrier attend la base : %s", erreur)
            close_old_connections()
            if self.ouvrier.running:
                time.sleep(SECONDES_ENTRE_DEUX_REGARDS)

    def _tour(self):
        if self._est_l_heure("veille", SECONDES_ENTRE_DEUX_VEILLES):
            veille.reprendre_les_abandons()
        if self._est_l_heure("purge", SECONDES_ENTRE_DEUX_PURGES):
            veille.purger()
            veille.nettoyer()
            courrier.purger()
            adresses.purger()
            inutilises.passer()
        if self._est_l_heure("routines", SECONDES_ENTRE_DEUX_ROUTINES):
            routines.passer()
        if self._est_l_heure("recapitulatifs", SECONDES_ENTRE_DEUX_RECAPITULATIFS):
            recapitulatif.ecrire_ceux_du_jour()
        # Before the long work: somebody waits for a link to choose a password.
        courrier.envoyer_ce_qui_attend()
        if DBTaskResult.objects.ready().exists():
            self.ouvrier.run()

    def _est_l_heure(self, quoi, periode):
        maintenant = time.monotonic()
        if maintenant < self.echeances.get(quoi, maintenant):
            return False
        self.echeances[quoi] = maintenant + periode
        return True
