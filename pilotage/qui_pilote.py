"""« Qui pilote », on the public page of a territory: functions and numbers; names only of those who agreed."""

from dataclasses import dataclass

from django.db.models import Count, F, Value
from django.db.models.functions import Coalesce

from territoires.enums import QualiteTerritoriale
from territoires.models import ActeurLocal, EtatTerritorial, PiloteRegional

PILOTES, ETAT = 0, 1


@dataclass
class Referent:
    """One of the *binôme*. `noms`: of those who agreed; `sans_nom`: how many others."""

    fonction: str
    noms: list
    sans_nom: int


@dataclass
class QuiPilote:
    """`regions` and `services`: [(name of the place, number of people)], the lead region first, always."""

    referents: list
    chefs_de_projet: int
    regions: list
    services: list

    @property
    def personne(self):
        """Whether nobody at all is there yet."""
        nombres = [self.chefs_de_projet, *(n for _, n in (*self.regions, *self.services))]
        return not any(nombres) and not any(referent.noms or referent.sans_nom for referent in self.referents)

    @property
    def region_pilote(self):
        return self.regions[0]

    @property
    def regions_associees(self):
        return [f"{nom} ({nombre})" for nom, nombre in self.regions[1:]]

    @property
    def etat(self):
        return [f"{nom} ({nombre})" for nom, nombre in self.services]

    @classmethod
    def lire(cls, territoire, region):
        """Read it in two queries: the team, then the numbers of the others."""
        equipe = ActeurLocal.objects.en_cours().filter(
            territoire=territoire,
            qualite__in=[QualiteTerritoriale.CHEF_DE_PROJET, *QualiteTerritoriale.referents()],
            personne__is_active=True,
        )
        equipe = list(equipe.select_related("personne").order_by("personne__nom_normalise", "pk"))
        nombres = _nombres(territoire)
        lieux = nombres[PILOTES]
        return cls(
            referents=[_referent(qualite, equipe) for qualite in QualiteTerritoriale.referents()],
            chefs_de_projet=sum(acteur.qualite == QualiteTerritoriale.CHEF_DE_PROJET for acteur in equipe),
            regions=[(region.nom, lieux.pop(region.nom, 0)), *sorted(lieux.items())],
            services=sorted(nombres[ETAT].items()),
        )


def _referent(qualite, equipe):
    siens = [acteur for acteur in equipe if acteur.qualite == qualite]
    noms = [str(acteur.personne) for acteur in siens if acteur.nom_public and acteur.personne.get_full_name()]
    return Referent(qualite.label, noms, len(siens) - len(noms))


def _nombres(territoire):
    """Return {PILOTES or ETAT: {name of the region or département: number of people}}."""
    parties = [
        _compter(PiloteRegional, PILOTES, F("region__nom"), territoire),
        _compter(EtatTerritorial, ETAT, Coalesce("region__nom", "departement__nom"), territoire),
    ]
    nombres = {PILOTES: {}, ETAT: {}}
    for rang, lieu, nombre in parties[0].union(*parties[1:], all=True):
        nombres[rang][lieu] = nombre
    return nombres


def _compter(genre, rang, lieu, territoire):
    ouvertes = genre.objects.en_cours().filter(personne__is_active=True).couvrant([territoire.pk]).order_by()
    comptees = ouvertes.annotate(lieu=lieu).values("lieu").annotate(nombre=Count("personne", distinct=True))
    return comptees.annotate(rang=Value(rang)).values_list("rang", "lieu", "nombre")
