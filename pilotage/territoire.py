"""What the page of a territory shows, gathered in a number of queries that doesn't grow."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from pilotage.agences import agences_du_territoire
from pilotage.projets import PROJETS_MONTRES, projets_publics
from pilotage.qui_pilote import QuiPilote
from programme.models import Contrat, Projet
from tableurs.francais import normaliser
from territoires.carte import carte_territoire
from territoires.models import Collectivite, Composition, Filiation, Inscription, liste_en_vigueur


@dataclass
class Etape:
    """A territory in one list, and what changed in its members since the list before."""

    inscription: Inscription
    entrants: list
    sortants: list


class FicheTerritoire:
    """The territory as it stands in its latest list (`actuelle`), and its history from list to list."""

    def __init__(self, inscriptions):
        self.inscriptions = inscriptions
        self.territoire = inscriptions[0].territoire
        listes = {inscription.liste: inscription for inscription in inscriptions}
        self.actuelle = listes[liste_en_vigueur(listes) or inscriptions[-1].liste]
        self.perimetre = getattr(self.actuelle, "perimetre", None)
        self._lire_membres()
        self._lire_communes()
        self.qui_pilote = QuiPilote.lire(self.territoire, self.actuelle.region)
        self.agences = agences_du_territoire(self.territoire)
        self.projets = self._lire_projets()
        self.contrats = self._lire_contrats()
        self.voisins = self._lire_voisins()
        self.carte = carte_territoire(self.actuelle, self.perimetre)
        self.filiations = list(
            Filiation.objects.filter(Q(origine=self.territoire) | Q(suite=self.territoire)).select_related(
                "origine", "suite"
            )
        )

    @classmethod
    def lire(cls, slug):
        """Return the `FicheTerritoire` of a slug, or None when no list has it."""
        inscriptions = list(
            Inscription.objects.filter(territoire__slug=slug)
            .select_related("territoire__phase", "liste__phase", "region__fond", "perimetre")
            .prefetch_related("regions")
            .defer("perimetre__geometrie", "perimetre__trace_carte")
            .order_by("liste__date")
        )
        return cls(inscriptions) if inscriptions else None

    def _lire_membres(self):
        membres = defaultdict(dict)
        self.sortis, self.a_venir = [], []
        aujourdhui = timezone.localdate()
        lues = Composition.objects.filter(inscription__in=self.inscriptions).select_related("collectivite")
        for composition in sorted(lues, key=lambda composition: normaliser(composition.collectivite.nom)):
            # As for the figures: members by a dated decision, on the days when they are.
            if composition.au and composition.au < aujourdhui:
                autres = self.sortis
            elif composition.du and composition.du > aujourdhui:
                autres = self.a_venir
            else:
                membres[composition.inscription_id][composition.collectivite_id] = composition
                continue
            if composition.inscription_id == self.actuelle.pk:
                autres.append(composition)
        self.compositions = sorted(
            membres[self.actuelle.pk].values(),
            key=lambda composition: -(composition.collectivite.population or 0),
        )
        self.etapes, precedents = [], None
        for inscription in self.inscriptions:
            actuels = membres[inscription.pk]
            self.etapes.append(
                Etape(
                    inscription,
                    entrants=_ecart(actuels, precedents) if precedents is not None else [],
                    sortants=_ecart(precedents, actuels) if precedents is not None else [],
                )
            )
            precedents = actuels

    def _lire_projets(self):
        """The latest that anyone may read, of which the territory is the lead or an associate."""
        associes = Projet.territoires_associes.through.objects.filter(projet=OuterRef("pk"), territoire=self.territoire)
        return list(projets_publics().filter(Q(territoire=self.territoire) | Exists(associes))[:PROJETS_MONTRES])

    def _lire_contrats(self):
        """Each with the projects that anyone may read."""
        publics = Prefetch("projets", Projet.objects.publics().order_by("numero"))
        siens = Contrat.objects.filter(territoire=self.territoire).select_related("contrat_initial")
        return list(siens.order_by("signe_le", "pk").prefetch_related(publics))

    def _lire_communes(self):
        self.communes = list(
            Collectivite.objects.filter(couvertures__inscription=self.actuelle).select_related("departement__region")
        )
        self.communes.sort(key=lambda commune: normaliser(commune.nom))
        self.departements = sorted({commune.departement for commune in self.communes}, key=lambda d: d.code)
        self.regions_des_communes = par_nom({departement.region for departement in self.departements})

    def _lire_voisins(self):
        return Inscription.objects.filter(voisins_de__inscription=self.actuelle).select_related("territoire")

    @property
    def a_des_membres(self):
        """Whether it has, had or will have members in the list shown."""
        return bool(self.compositions or self.sortis or self.a_venir)

    @property
    def regions_publiees(self):
        return par_nom(self.actuelle.regions.all())

    @property
    def regions_differentes(self):
        """Whether the list gives other regions than those of the communes: both are then shown."""
        publiees = self.regions_publiees
        return bool(publiees) and publiees != self.regions_des_communes


def _ecart(presents, autres):
    """Return the members of `presents` that `autres` doesn't have, by name."""
    ecart = [composition.collectivite for cle, composition in presents.items() if cle not in autres]
    return sorted(ecart, key=lambda collectivite: normaliser(collectivite.nom))


def par_nom(regions):
    """Return regions already read, in alphabetical order."""
    return sorted(regions, key=lambda region: region.nom_normalise)
