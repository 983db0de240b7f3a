"""What sums of money are grouped by: for each movement, the key of its group, as the addresses name it.

A total, and the movements it is made of, are chosen by the same expression.
"""

from collections.abc import Callable
from typing import NamedTuple

from django.db.models import Case, CharField, F, Max, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from programme.argent.enums import NatureFinancement
from programme.models import Besoin, Enveloppe, Mesure
from territoires.models import Region, Territoire

PLUSIEURS, HORS_FICHE, SANS_MESURE = "plusieurs", "hors-fiche", "sans-mesure"
SANS_BESOIN = {PLUSIEURS: "Plusieurs besoins", HORS_FICHE: "Hors fiche-action", SANS_MESURE: "Sans mesure"}


def _par(chemin):
    return lambda mouvements: mouvements.annotate(groupe=F(chemin))


def _par_besoin(mouvements):
    """Group by the need of the project: its money counts once, whatever the number of its measures."""
    siens = Mesure.objects.filter(projets=OuterRef("financement__projet")).order_by().values("projets")
    premier = siens.annotate(code=Min("besoin__code")).values("code")
    dernier = siens.annotate(code=Max("besoin__code")).values("code")
    groupe = Case(
        When(financement__projet=None, then=Value(HORS_FICHE)),
        When(~Q(premier=F("dernier")), then=Value(PLUSIEURS)),
        default=Coalesce(F("premier"), Value(SANS_MESURE), output_field=CharField()),
        output_field=CharField(),
    )
    return mouvements.annotate(premier=Subquery(premier), dernier=Subquery(dernier)).annotate(groupe=groupe)


def _par_territoire(mouvements):
    """Group by the territory that leads the project; « hors fiche-action », by that of the line."""
    slugs = "financement__projet__territoire__slug", "financement__territoire__slug"
    return mouvements.annotate(groupe=Coalesce(*slugs))


def _noms(modele, cle):
    return lambda: dict(modele.objects.order_by().values_list(cle, "nom"))


class Axe(NamedTuple):
    """How the address calls it, its words; how movements are grouped, what each key is called.

    `part`: the same key read from an « enveloppe régionale »; "" when none is shared that way.
    """

    cle: str
    mots: str
    grouper: Callable
    noms: Callable
    part: str = ""

    def nommer(self, groupe, noms):
        return "Sans année" if groupe is None else noms.get(groupe, str(groupe))

    def choisir(self, mouvements, groupe):
        """Keep the movements of a group."""
        return self.grouper(mouvements).filter(groupe=groupe)


AXES = (
    Axe("enveloppe", "Enveloppe", _par("financement__enveloppe__code"), _noms(Enveloppe, "code"),
        "exercice__enveloppe__code"),
    Axe("region", "Région", _par("financement__region"), _noms(Region, "code"), "region"),
    Axe("besoin", "Besoin", _par_besoin, lambda: {**_noms(Besoin, "code")(), **SANS_BESOIN}),
    Axe("territoire", "Territoire", _par_territoire, _noms(Territoire, "slug"), "territoire__slug"),
    Axe("annee", "Année", _par("dotation__exercice__annee"), dict, "exercice__annee"),
    Axe("nature", "Nature", _par("financement__nature"), lambda: dict(NatureFinancement.choices)),
)  # fmt: skip
PAR_CLE = {axe.cle: axe for axe in AXES}
