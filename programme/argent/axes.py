"""What sums of money are grouped by: for each movement, the key of its group, as the addresses name it.

A total, and the movements it is made of, are chosen by the same expression.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from django.db.models import F, Max, Min
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from programme.argent.enums import NatureFinancement
from programme.models import Besoin, Enveloppe, Projet
from programme.montants import total
from territoires.models import Region, Territoire

PLUSIEURS, HORS_FICHE, SANS_MESURE = "plusieurs", "hors-fiche", "sans-mesure"
SANS_BESOIN = {PLUSIEURS: "Plusieurs besoins", HORS_FICHE: "Hors fiche-action", SANS_MESURE: "Sans mesure"}


class Axe(NamedTuple):
    """How the address calls it, its words; `groupe`: the key of a movement; `noms()`: {key: what it is called}.

    `part`: the same key read from an « enveloppe régionale »; "" when none is shared that way.
    """

    cle: str
    mots: str
    groupe: Combinable
    noms: Callable
    part: str = ""

    def nommer(self, groupe, noms):
        return "Sans année" if groupe is None else noms.get(groupe, str(groupe))

    def sommer(self, mouvements, **sommes):
        """Return {key: [sums]} of movements, in the order of `sommes`: one query."""
        lues = mouvements.order_by().annotate(groupe=self.groupe).values("groupe").annotate(**sommes)
        return {une["groupe"]: [une[nom] for nom in sommes] for une in lues}

    def choisir(self, mouvements, groupe):
        """Keep the movements of a group."""
        return mouvements.annotate(groupe=self.groupe).filter(groupe=groupe)


class AxeBesoin(Axe):
    """By the need of the project: its money counts once, whatever the number of its measures.

    Summed by project, then by need: databases would look for the need of each movement.
    """

    def sommer(self, mouvements, **sommes):
        """Return {key: [sums]} of movements, in the order of `sommes`: two queries."""
        besoins = {
            projet: premier if premier == dernier else PLUSIEURS
            for projet, premier, dernier in _extremes().values_list("projet", "premier", "dernier")
        }
        par_besoin = defaultdict(list)
        for projet, lues in super().sommer(mouvements, **sommes).items():
            par_besoin[HORS_FICHE if projet is None else besoins.get(projet, SANS_MESURE)].append(lues)
        return {cle: [total(une) for une in zip(*lues, strict=True)] for cle, lues in par_besoin.items()}

    def choisir(self, mouvements, groupe):
        if groupe == HORS_FICHE:
            return mouvements.filter(financement__projet=None)
        if groupe == SANS_MESURE:
            avec = Projet.mesures.through.objects.values("projet")
            return mouvements.filter(financement__projet__isnull=False).exclude(financement__projet__in=avec)
        memes = _extremes().filter(premier=F("dernier"))
        retenus = memes.filter(premier=groupe) if groupe != PLUSIEURS else _extremes().exclude(premier=F("dernier"))
        return mouvements.filter(financement__projet__in=retenus.values("projet"))


def _extremes():
    """Return the first and the last need of each project that has a measure: the same, when it has one need."""
    lignes = Projet.mesures.through.objects.order_by().values("projet")
    return lignes.annotate(premier=Min("mesure__besoin__code"), dernier=Max("mesure__besoin__code"))


def _noms(modele, cle):
    return lambda: dict(modele.objects.order_by().values_list(cle, "nom"))


# That leads the project; « hors fiche-action », that of the line.
TERRITOIRE = Coalesce("financement__projet__territoire__slug", "financement__territoire__slug")
AXES = (
    Axe("enveloppe", "Enveloppe", F("financement__enveloppe__code"), _noms(Enveloppe, "code"),
        "exercice__enveloppe__code"),
    Axe("region", "Région", F("financement__region"), _noms(Region, "code"), "region"),
    AxeBesoin("besoin", "Besoin", F("financement__projet"), lambda: {**_noms(Besoin, "code")(), **SANS_BESOIN}),
    Axe("territoire", "Territoire", TERRITOIRE, _noms(Territoire, "slug"), "territoire__slug"),
    Axe("annee", "Année", F("dotation__exercice__annee"), dict, "exercice__annee"),
    Axe("nature", "Nature", F("financement__nature"), lambda: dict(NatureFinancement.choices)),
)  # fmt: skip
PAR_CLE = {axe.cle: axe for axe in AXES}
