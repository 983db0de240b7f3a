"""From members to communes, outline and figures: what follows from a list, computed when it is applied."""

from collections import defaultdict

import numpy as np
import shapely
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from territoires import geometrie
from territoires.contours_communes import lire_contours
from territoires.enums import NatureCollectivite
from territoires.models import (
    Collectivite,
    Composition,
    Couverture,
    FondDeCarte,
    Perimetre,
    Rattachement,
)

CONTOURS = settings.BASE_DIR / "fixtures" / "reference" / "contours_communes.xz"
# Simplification of the national map, in map units (100 m): invisible at its scale, a fifth of the bytes.
TOLERANCE_CARTE = 8
TOLERANCE_REGIONS = 8
# Two outlines this close, in degrees (about 10 m), are neighbours.
ECART_DE_VOISINAGE = 0.0001
TAILLE_DE_LOT = 2000


class Decoupage:
    """The communes of today and what each was made of. Reads all communes, in one query."""

    def __init__(self):
        communes = Collectivite.objects.communes().select_related("departement")
        self.toutes = {commune.code: commune for commune in communes}
        self.actuelles = {code: commune for code, commune in self.toutes.items() if commune.au is None}
        self.origines = defaultdict(set)
        for code, commune in self.toutes.items():
            if not commune.n_est_qu_un_code:
                self.origines[self.actuelle(code)].add(code)

    def actuelle(self, code):
        """Return the code of today's commune for a code of any year."""
        while successeur := self.toutes[code].remplacee_par_id:
            code = successeur
        return code

    def origines_au(self, code, jour):
        """Return the codes of the communes that existed on a day and are now part of commune `code`."""
        return {
            origine
            for origine in self.origines[code]
            if (self.toutes[origine].du is None or self.toutes[origine].du <= jour)
            and (self.toutes[origine].au is None or self.toutes[origine].au >= jour)
        }


@transaction.atomic
def appliquer(liste):
    """Recompute what follows from the members of each territory of a list.

    Raises `django.db.IntegrityError` when two territories of the list claim the same commune.
    """
    decoupage = Decoupage()
    inscriptions = list(liste.inscriptions.order_by("code"))
    membres = communes_membres(liste)
    couvertes = {inscription.pk: {} for inscription in inscriptions}
    for inscription_id, anciennes in membres.items():
        for code, jour in anciennes.items():
            actuelle = decoupage.actuelle(code)
            partielle = bool(decoupage.origines_au(actuelle, jour) - anciennes.keys())
            couvertes[inscription_id][actuelle] = partielle
    Couverture.objects.filter(liste=liste).delete()
    Couverture.objects.bulk_create(
        (
            Couverture(liste=liste, inscription_id=inscription_id, commune_id=code, partielle=partielle)
            for inscription_id, communes in couvertes.items()
            for code, partielle in communes.items()
        ),
        batch_size=TAILLE_DE_LOT,
    )
    traces = _dissoudre(inscriptions, membres)
    _ecrire_perimetres(liste, inscriptions, couvertes, decoupage, traces)
    _relier(inscriptions, couvertes, decoupage, traces)


def communes_membres(liste, le=None):
    """Return {inscription id: {code of a commune covered: day at which it existed under this code}}.

    Members are those of a day, today by default (a decision on the perimeter dates its members). An EPCI is expanded
    with the communes it had at the list's date, or on its first day when it is younger than the list.
    """
    le = le or timezone.localdate()
    compositions = Composition.objects.filter(
        Q(du=None) | Q(du__lte=le), Q(au=None) | Q(au__gte=le), inscription__liste=liste
    ).select_related("collectivite")
    rattachements = defaultdict(list)
    for rattachement in Rattachement.objects.filter(groupement__compositions__inscription__liste=liste).distinct():
        rattachements[rattachement.groupement_id].append(rattachement)
    membres = defaultdict(dict)
    for composition in compositions:
        collectivite = composition.collectivite
        jour = max(liste.date, collectivite.du or liste.date)
        if collectivite.nature == NatureCollectivite.COMMUNE:
            membres[composition.inscription_id][collectivite.code] = jour
        else:
            for rattachement in rattachements[collectivite.code]:
                if (rattachement.du or jour) <= jour <= (rattachement.au or jour):
                    membres[composition.inscription_id][rattachement.commune_id] = jour
    return membres


def _dissoudre(inscriptions, membres):
    """Return {inscription id: outline}, each commune drawn as it was on the day it counts."""
    jours = {jour for communes in membres.values() for jour in communes.values()}
    contours = {jour: lire_contours(CONTOURS, jour) for jour in jours}
    polygones = {
        cle: [contours[jour][code] for code, jour in communes.items() if code in contours[jour]]
        for cle, communes in membres.items()
    }
    # Without a commune that was ever drawn: an empty outline, of a type that a coverage accepts.
    return {
        i.pk: shapely.union_all(polygones[i.pk]) if polygones.get(i.pk) else shapely.MultiPolygon()
        for i in inscriptions
    }


def _ecrire_perimetres(liste, inscriptions, couvertes, decoupage, traces):
    simplifies = _simplifier_par_zone(inscriptions, traces)
    Perimetre.objects.filter(inscription__liste=liste).delete()
    perimetres = []
    for inscription in inscriptions:
        communes = [decoupage.actuelles[code] for code in couvertes[inscription.pk]]
        contour = traces[inscription.pk]
        projete = geometrie.projeter(contour, geometrie.zone(inscription.region_id))
        x_min, y_min, x_max, y_max = geometrie.emprise(projete)
        perimetres.append(
            Perimetre(
                inscription=inscription,
                nb_communes=len(communes),
                population=sum(commune.population or 0 for commune in communes),
                superficie=sum(commune.superficie or 0 for commune in communes),
                geometrie=shapely.to_wkb(contour),
                trace=geometrie.tracer(projete),
                trace_carte=geometrie.tracer(simplifies[inscription.pk]),
                x_min=x_min,
                y_min=y_min,
                x_max=x_max,
                y_max=y_max,
            )
        )
    bulk_create_with_history(perimetres, Perimetre)


def _simplifier_par_zone(inscriptions, traces):
    zones = defaultdict(list)
    for inscription in inscriptions:
        zones[geometrie.zone(inscription.region_id)].append(inscription.pk)
    simplifies = {}
    for zone, cles in zones.items():
        projetes = geometrie.projeter(np.array([traces[cle] for cle in cles], dtype=object), zone)
        tolerance = TOLERANCE_CARTE if zone == geometrie.METROPOLE else 1
        simplifies.update(zip(cles, geometrie.simplifier_ensemble(projetes, tolerance), strict=True))
    return simplifies


def _relier(inscriptions, couvertes, decoupage, traces):
    """Write the départements and regions of the communes, and the neighbours, of each perimeter."""
    departements, regions = set(), set()
    for inscription in inscriptions:
        for code in couvertes[inscription.pk]:
            departement = decoupage.actuelles[code].departement
            departements.add((inscription.pk, departement.pk))
            regions.add((inscription.pk, departement.region_id))
    cles = [inscription.pk for inscription in inscriptions]
    contours = np.array([traces[cle] for cle in cles], dtype=object)
    proches = shapely.STRtree(contours).query(contours, predicate="dwithin", distance=ECART_DE_VOISINAGE)
    voisins = {(cles[un], cles[autre]) for un, autre in proches.T.tolist() if un != autre}
    for relation, paires, champ in (
        (Perimetre.departements, departements, "departement_id"),
        (Perimetre.regions, regions, "region_id"),
        (Perimetre.voisins, voisins, "inscription_id"),
    ):
        relation.through.objects.bulk_create(
            relation.through(perimetre_id=perimetre, **{champ: lie}) for perimetre, lie in sorted(paires)
        )


@transaction.atomic
def tracer_regions():
    """Draw the outline of each region, for the background of maps."""
    polygones, communes = defaultdict(list), defaultdict(list)
    contours = lire_contours(CONTOURS)
    for commune in Collectivite.objects.communes().actuelles().select_related("departement"):
        region = commune.departement.region_id
        communes[region].append(commune)
        if commune.code in contours:
            polygones[region].append(contours[commune.code])
    traces = {
        code: geometrie.projeter(shapely.union_all(polygones[code]), geometrie.zone(code)) for code in sorted(communes)
    }
    metropole = [code for code in traces if geometrie.zone(code) == geometrie.METROPOLE]
    ensemble = geometrie.simplifier_ensemble([traces[code] for code in metropole], TOLERANCE_REGIONS)
    traces.update(zip(metropole, ensemble, strict=True))
    FondDeCarte.objects.all().delete()
    fonds = []
    for code, trace in traces.items():
        x_min, y_min, x_max, y_max = geometrie.emprise(trace)
        fonds.append(
            FondDeCarte(
                region_id=code,
                population=sum(commune.population or 0 for commune in communes[code]),
                superficie=sum(commune.superficie or 0 for commune in communes[code]),
                trace=geometrie.tracer(trace),
                x_min=x_min,
                y_min=y_min,
                x_max=x_max,
                y_max=y_max,
            )
        )
    FondDeCarte.objects.bulk_create(fonds)
