"""Members that enter or leave a territory on a day decided beforehand: perimeters follow, without anybody's act."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone

from territoires import perimetres
from territoires.forms import contradictions
from territoires.models import Composition, Liste, Perimetre

UN_JOUR = timedelta(days=1)
JAMAIS = datetime(1, 1, 2, tzinfo=UTC)


def recalculer():
    """Compute again the lists of which a member entered or left since they were last computed.

    Returns [(list, sentences)]: sentences say why a list was left as it was, and there are none when it was computed.
    Done again, does nothing: the date of the last computation is that of the perimeters.
    """
    bilan = []
    for liste in echues():
        with transaction.atomic():
            # Whoever changes its members waits, and sees what was computed.
            Liste.objects.select_for_update().get(pk=liste.pk)
            phrases = contradictions(liste)
            if not phrases:
                perimetres.appliquer(liste)
        bilan.append((liste, phrases))
    return bilan


def echues():
    """Return the lists whose members of today aren't those of the day when they were last computed."""
    aujourdhui, calculs = timezone.localdate(), _derniers_calculs()
    listes = {}
    datees = Composition.objects.filter(Q(du__lte=aujourdhui) | Q(au__lt=aujourdhui))
    for composition in datees.order_by("inscription__liste__date").select_related("inscription__liste"):
        liste = composition.inscription.liste
        calcul = timezone.localdate(calculs.get(liste.pk, JAMAIS))
        entre = composition.du and calcul < composition.du <= aujourdhui
        sort = composition.au and calcul <= composition.au < aujourdhui
        if entre or sort:
            listes[liste.pk] = liste
    return list(listes.values())


def prochaine():
    """Return the next day on which a member enters, or no longer is one, or None."""
    aujourdhui = timezone.localdate()
    dates = Composition.objects.aggregate(
        entree=Min("du", filter=Q(du__gt=aujourdhui)), dernier_jour=Min("au", filter=Q(au__gte=aujourdhui))
    )
    jours = [dates["entree"], dates["dernier_jour"] and dates["dernier_jour"] + UN_JOUR]
    return min(filter(None, jours), default=None)


def _derniers_calculs():
    """Return {list: time of its last computation}: all the perimeters of a list are written together."""
    ecrits = Perimetre.historique.filter(history_type="+").order_by()
    return dict(ecrits.values_list("inscription__liste").annotate(Max("history_date")))
