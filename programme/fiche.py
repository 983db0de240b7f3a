"""What the page of a project shows: its journal, who is awaited, how long each had it, what the reader may do."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Exists, OuterRef
from django.utils import timezone

from comptes.parcours import possibles
from programme.enums import EtatProjet
from programme.models import Comite, Decision, Piece, Projet
from programme.parcours_projet import REGION, TERRITOIRE, TOUS
from programme.remarques import remarques_de
from territoires.models import inscriptions_actuelles

EQUIPE, LA_REGION, PERSONNE = "L'équipe du territoire", "La région", ""
_ACTEURS = {TERRITOIRE: EQUIPE, TOUS: EQUIPE, REGION: LA_REGION}
# Rules asked of one project for its reader, in one query.
REGLES = (
    "connus_par",
    "montants_visibles_par",
    "redigeables_par",
    "proposables_par",
    "validables_par",
    "suivables_par",
    "documentables_par",
    "discutables_par",
    "avisables_par",
    "conduits_par",
    "actualisables_par",
    "archivables_par",
    "desarchivables_par",
)
MESSAGES_MONTRES = 3
ETATS_DES_REMARQUES = (EtatProjet.A_COMPLETER, EtatProjet.TRANSMIS, EtatProjet.INSTRUCTION)
# What may be done beside the ordinary course: at the end, as secondary buttons.
ECARTS = ("retirer", "abandonner", "suspendre")


def attendu(etat):
    """Return who is awaited in a state, as the table of transitions says: whoever moves it on; "" at the end."""
    for transition in Projet.parcours.possibles_depuis(etat):
        if transition.cle not in ECARTS:
            return _ACTEURS[transition.qui]
    return PERSONNE


@dataclass
class Sejour:
    """How long somebody had the project: days, over all their turns."""

    acteur: str
    jours: int


@dataclass
class Etape:
    """A line of the timeline. `decision` is None for the beginning."""

    etat: str
    libelle: str
    le: datetime
    decision: Decision | None = None


class FicheProjet:
    """A project and its reader. Each property costs a query at most, and none before it is asked."""

    def __init__(self, projet, personne):
        self.projet, self.personne = projet, personne
        if not personne.is_authenticated:
            self.connue = self.peut_rediger = self.peut_proposer = self.peut_valider = self.peut_suivre = False
            self.peut_deposer = self.peut_discuter = False
            self.peut_donner_avis = self.peut_inviter = False
            self.peut_actualiser = self.peut_archiver = self.peut_desarchiver = False
            self.montants_visibles = not projet.montants_secrets
            return
        regles = {regle: Exists(getattr(Projet.objects, regle)(personne).filter(pk=OuterRef("pk"))) for regle in REGLES}
        droits = Projet.objects.filter(pk=projet.pk).values(**regles).get()
        self.connue = droits["connus_par"]
        self.montants_visibles = droits["montants_visibles_par"]
        self.peut_rediger = droits["redigeables_par"]
        self.peut_proposer = droits["proposables_par"]
        self.peut_valider = droits["validables_par"]
        self.peut_deposer = droits["documentables_par"]
        self.peut_discuter = droits["discutables_par"]
        self.peut_inviter = droits["conduits_par"]
        self.peut_actualiser = droits["actualisables_par"]
        self.peut_archiver = droits["archivables_par"]
        self.peut_desarchiver = droits["desarchivables_par"]
        self.peut_suivre = droits["suivables_par"] and projet.etat in EtatProjet.suivis()
        self.peut_donner_avis = droits["avisables_par"]

    @cached_property
    def decisions(self):
        return list(self.projet.decisions.select_related("saisie_par").order_by("saisie_le", "pk"))

    @cached_property
    def chronologie(self):
        """The latest first. The public is shown what is public: from the inscription on, by whom it was decided."""
        etapes = [Etape(un.vers, un.get_vers_display(), un.saisie_le, un) for un in reversed(self.decisions)]
        if not self.connue:
            return [etape for etape in etapes if etape.etat in EtatProjet.publics()]
        premier = self.decisions[0].get_de_display() if self.decisions else self.projet.get_etat_display()
        return [*etapes, Etape("", premier, self.projet.cree_le)]

    @property
    def attendu(self):
        """Who is awaited now: « L'équipe du territoire », « La région »; "" when nobody is."""
        return attendu(self.projet.etat)

    @cached_property
    def sejours(self):
        """How many days each had the project, until today: who waits for whom."""
        jours = defaultdict(int)
        depuis, etat = self.projet.cree_le, self.decisions[0].de if self.decisions else self.projet.etat
        for decision in [*self.decisions, None]:
            jusqu_a = decision.saisie_le if decision else timezone.now()
            jours[attendu(etat)] += (timezone.localdate(jusqu_a) - timezone.localdate(depuis)).days
            if decision:
                depuis, etat = decision.saisie_le, decision.vers
        return [Sejour(acteur, nombre) for acteur, nombre in jours.items() if acteur]

    @cached_property
    def _possibles(self):
        return possibles(self.projet, self.personne) if self.personne.is_authenticated else []

    @property
    def actes(self):
        """What the reader may do next, the ordinary course first: [`Possible`]."""
        return [possible for possible in self._possibles if possible.transition.cle not in ECARTS]

    @property
    def ecarts(self):
        return [possible for possible in self._possibles if possible.transition.cle in ECARTS]

    @property
    def peut_dupliquer(self):
        """Whether the reader writes such fiches: whoever carries the project to the region."""
        return any(possible.transition.qui == TERRITOIRE for possible in self._possibles)

    @property
    def a_valider(self):
        """Whether the reader may enter the local validation, and nobody has."""
        return self.peut_valider and not self.projet.est_valide_localement

    @cached_property
    def propositions(self):
        """Those of porteurs that await an answer, as the reader sees them."""
        return list(
            self.projet.propositions.visibles_par(self.personne).en_attente().select_related("auteur", "projet")
        )

    @cached_property
    def pieces(self):
        """Those that the reader may know of, withdrawn ones too; `a_retirer`: theirs to withdraw."""
        return list(
            self.projet.pieces.visibles_par(self.personne)
            .annotate(a_retirer=Exists(Piece.objects.modifiables_par(self.personne).filter(pk=OuterRef("pk"))))
            .select_related("deposee_par", "retiree_par")
        )

    @cached_property
    def remarques(self):
        """Those of the last request for complements, until the region decides: who answered what."""
        en_cours = self.connue and self.projet.etat in ETATS_DES_REMARQUES
        return remarques_de(self.projet, self.personne) if en_cours else []

    @cached_property
    def messages(self):
        """The last ones said to the reader."""
        return list(self.projet.messages.visibles_par(self.personne).select_related("auteur")[:MESSAGES_MONTRES])

    @cached_property
    def avis(self):
        """The State's current opinions, for whoever knows the whole fiche."""
        if not self.connue or not self.projet.numero:
            return []
        return list(self.projet.avis.courants().select_related("region", "departement", "donne_par"))

    @cached_property
    def points(self):
        """The committees whose agenda it is on, still open; of each, whether the reader may open its page."""
        if not self.connue or self.projet.etat not in EtatProjet.a_l_ordre_du_jour():
            return []
        visibles = Comite.objects.visibles_par(self.personne).filter(pk=OuterRef("comite"))
        points = self.projet.points_de_comite.filter(comite__clos_le=None).annotate(est_visible=Exists(visibles))
        return list(points.select_related("comite__region").order_by("comite__date"))

    @cached_property
    def actualisations(self):
        """Once inscribed, for whoever knows the whole fiche: what changed in it, what awaits; the latest first."""
        if not self.connue or self.projet.etat not in EtatProjet.publics():
            return []
        siennes = self.projet.actualisations.visibles_par(self.personne).select_related("saisi_par")
        for une in siennes:
            # Their addresses are under its own.
            une.projet = self.projet
        return list(siennes)

    @property
    def actualisation_ouverte(self):
        return next((une for une in self.actualisations if une.est_en_attente), None)

    @cached_property
    def mesures(self):
        return list(self.projet.mesures.select_related("besoin").order_by("besoin__ordre", "ordre"))

    @cached_property
    def communes(self):
        return list(self.projet.communes.order_by("nom"))

    @cached_property
    def associes(self):
        return list(self.projet.territoires_associes.order_by("slug"))

    @cached_property
    def jalons(self):
        return list(self.projet.jalons.all())

    @cached_property
    def indicateurs(self):
        """Each with its latest reading first."""
        return list(self.projet.indicateurs.prefetch_related("releves"))

    @cached_property
    def freins(self):
        """Of whoever knows the whole fiche: what blocks a project is not public."""
        return list(self.projet.freins.all()) if self.connue else []

    @cached_property
    def dernier_point(self):
        """The latest answer of a campaign, of whoever knows the whole fiche; None when nobody answered yet."""
        if not (self.connue and self.projet.meteo):
            return None
        return (
            self.projet.points_de_suivi.repondus()
            .select_related("campagne", "saisi_par")
            .order_by("-saisi_le", "-pk")
            .first()
        )

    @cached_property
    def region(self):
        inscription = inscriptions_actuelles().filter(territoire=self.projet.territoire_id).select_related("region")
        return next((une.region for une in inscription), None)
