"""Forget attempts to sign in that no longer count, and sessions that ended: they hold network addresses."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone


class Command(BaseCommand):
    help = "Efface les comptages d'essais de connexion périmés et la trace des connexions terminées."

    def handle(self, *args, **options):
        table = connection.ops.quote_name(settings.CACHES["default"]["LOCATION"])
        # As the cache writes them: in UTC, without a zone where the database has none.
        maintenant = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))
        with connection.cursor() as curseur:
            curseur.execute(f"DELETE FROM {table} WHERE expires < %s", [maintenant])  # noqa: S608 - our table
            comptages = curseur.rowcount
        ouvertes = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
        terminees, _ = UserSession.objects.exclude(session_key__in=ouvertes).delete()
        self.stdout.write(f"{comptages} comptages et {terminees} connexions terminées effacés.")
