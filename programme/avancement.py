"""How far a campaign is: who answered, where it is late, what the weather is."""

from collections import namedtuple

from django.db.models import Count, Max, Q

from programme.enums import EtatProjet, Meteo
from territoires.models import Territoire

REPONDU = Q(saisi_le__isnull=False)
ATTEND = Q(saisi_le=None, projet__etat__in=EtatProjet.suivis(), projet__archive_le=None)
Avancement = namedtuple("Avancement", ["combien", "repondus", "attendent", "meteos"])


def avancement(points):
    """Return the counts of these points, and [(weather, how many)]."""
    comptes = points.aggregate(
        combien=Count("pk"),
        repondus=Count("pk", filter=REPONDU),
        attendent=Count("pk", filter=ATTEND),
        **{meteo.value: Count("pk", filter=Q(meteo=meteo)) for meteo in Meteo},
    )
    meteos = [(meteo, comptes[meteo.value]) for meteo in Meteo]
    return Avancement(comptes["combien"], comptes["repondus"], comptes["attendent"], meteos)


def par_territoire(points):
    """Return rows, those where most is lacking first: territory, counts, when the latest answer came."""
    lignes = list(
        points.order_by()
        .values("projet__territoire")
        .annotate(
            combien=Count("pk"),
            repondus=Count("pk", filter=REPONDU),
            attendent=Count("pk", filter=ATTEND),
            bloques=Count("pk", filter=Q(meteo=Meteo.BLOQUE)),
            dernier=Max("saisi_le"),
        )
        .order_by("-attendent", "projet__territoire__nom")
    )
    territoires = Territoire.objects.in_bulk([ligne["projet__territoire"] for ligne in lignes])
    return [ligne | {"territoire": territoires[ligne["projet__territoire"]]} for ligne in lignes]
