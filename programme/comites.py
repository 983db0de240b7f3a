"""What the pages of a committee show: its agenda, the State's opinions, what was decided; choosing the agenda."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef
from django.utils.functional import cached_property

from programme.enums import EtatProjet
from programme.forms.comites import FormulairePoint
from programme.models import Actualisation, Avis, Comite, Decision, PointDeComite, Projet
from tableurs.francais import normaliser

# Of the projects that are not on the agenda; a search finds the others.
CANDIDATS_MONTRES = 100


@dataclass
class Point:
    """A project of an agenda, for a reader. `decisions`: those of this committee, the latest last."""

    rang: int
    projet: Projet
    montants_visibles: bool
    avis: list = field(default_factory=list)
    decisions: list = field(default_factory=list)
    # Changes to its fiche that await the region.
    actualisation: Actualisation | None = None

    @property
    def est_a_decider(self):
        return self.actualisation is not None or self.projet.etat in EtatProjet.a_l_ordre_du_jour()


def points_de(comite, personne, *prefetch):
    """Return the agenda as a person may read it: six queries, and one for each relation of the projects."""
    montants = Projet.objects.montants_visibles_par(personne).filter(pk=OuterRef("projet"))
    visibles = (
        PointDeComite.objects.visibles_par(personne)
        .filter(comite=comite)
        .annotate(montants_visibles=Exists(montants))
        .select_related("projet__territoire")
        .prefetch_related(*(f"projet__{relation}" for relation in prefetch))
        .order_by("rang")
    )
    points = [Point(un.rang, un.projet, un.montants_visibles) for un in visibles]
    par_projet = {point.projet.pk: point for point in points}
    courants = Avis.objects.courants().filter(projet__in=par_projet)
    for avis in courants.select_related("region", "departement").order_by("date", "pk"):
        par_projet[avis.projet_id].avis.append(avis)
    for decision in Decision.objects.filter(comite=comite, projet__in=par_projet).order_by("saisie_le", "pk"):
        par_projet[decision.projet_id].decisions.append(decision)
    _joindre_les_actualisations(comite, par_projet)
    return points


def _joindre_les_actualisations(comite, par_projet):
    """Of inscribed projects: what awaits, and what this committee decided of it."""
    for soumise in Actualisation.objects.soumises().filter(projet__in=par_projet).select_related("projet"):
        par_projet[soumise.projet_id].actualisation = soumise
    prises = comite.decisions_d_actualisation.filter(actualisation__projet__in=par_projet)
    for decision in prises.select_related("actualisation").order_by("saisie_le", "pk"):
        par_projet[decision.actualisation.projet_id].decisions.append(decision)


class FicheComite:
    """A committee and its reader."""

    def __init__(self, comite, personne):
        self.comite, self.personne = comite, personne
        regles = {
            regle: Exists(getattr(Comite.objects, regle)(personne).filter(pk=OuterRef("pk")))
            for regle in ("modifiables_par", "tenus_par")
        }
        droits = Comite.objects.filter(pk=comite.pk).values(**regles).get()
        self.peut_modifier = droits["modifiables_par"]
        self.peut_rouvrir = droits["tenus_par"] and comite.est_clos
        self.peut_clore = self.peut_modifier and not comite.est_a_venir

    @cached_property
    def points(self):
        return points_de(self.comite, self.personne)

    @cached_property
    def autres(self):
        """How many points the reader does not know."""
        return self.comite.points.count() - len(self.points)

    @property
    def a_decider(self):
        return [point for point in self.points if point.est_a_decider]

    @property
    def peut_decider(self):
        return self.peut_modifier and not self.comite.est_a_venir and bool(self.a_decider)


@dataclass
class Candidat:
    projet: Projet
    formulaire: FormulairePoint
    rang: int | None
    est_decide: bool
    est_actualise: bool


class OrdreDuJour:
    """The projects of an agenda, then those that may be put on it: each with its box and its rank."""

    def __init__(self, comite, question, donnees=None):
        self.comite, self.question = comite, question.replace("\x00", "").strip()[:100]
        points = list(comite.points.select_related("projet__territoire").order_by("rang"))
        decides = set(comite.decisions.values_list("projet", flat=True))
        dedans = {point.projet_id for point in points}
        autres = comite.candidats().exclude(pk__in=dedans).select_related("territoire")
        for mot in normaliser(self.question).split():
            autres = autres.filter(recherche__contains=mot)
        lues = list(autres.order_by("etat_depuis", "pk")[: CANDIDATS_MONTRES + 1])
        self.actualises = self._actualises([*(point.projet_id for point in points), *(projet.pk for projet in lues)])
        self.reste = len(lues) > CANDIDATS_MONTRES
        self.candidats = [
            self._candidat(projet, rang, projet.pk in decides, donnees)
            for projet, rang in [
                *((point.projet, point.rang) for point in points),
                *((projet, None) for projet in lues[:CANDIDATS_MONTRES]),
            ]
        ]

    def _actualises(self, projets):
        """Return the keys of those whose changes await the region."""
        return set(Actualisation.objects.soumises().filter(projet__in=projets).values_list("projet", flat=True))

    def _candidat(self, projet, rang, est_decide, donnees):
        initial = {"retenu": rang is not None, "rang": rang}
        formulaire = FormulairePoint(donnees, prefix=projet.cle, initial=initial)
        if est_decide:
            formulaire.fields["retenu"].disabled = True
        return Candidat(projet, formulaire, rang, est_decide, projet.pk in self.actualises)

    @property
    def actuels(self):
        return [candidat for candidat in self.candidats if candidat.rang is not None]

    @property
    def possibles(self):
        return [candidat for candidat in self.candidats if candidat.rang is None]

    @property
    def formulaires(self):
        return [candidat.formulaire for candidat in self.candidats]

    def is_valid(self):
        # Each, so that each says what is wrong with it.
        return min([formulaire.is_valid() for formulaire in self.formulaires], default=True)

    def retenus(self):
        """Return the chosen projects, by rank; those without one come last, in the order of the page."""
        choisis = defaultdict(list)
        for candidat in self.candidats:
            donnees = candidat.formulaire.cleaned_data
            if donnees["retenu"]:
                rang = donnees["rang"]
                choisis[(rang is None, rang or 0)].append(candidat.projet)
        return [projet for rang in sorted(choisis) for projet in choisis[rang]]
