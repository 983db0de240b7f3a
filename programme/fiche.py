"""What the page of a project shows: its journal, who is awaited, how long each had it, what the reader may do."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Exists, OuterRef, Prefetch, Subquery
from django.utils import timezone

from comptes.acces import aujourdhui
from comptes.models import nom_dit
from comptes.parcours import droits, laisse_a_d_autres, possibles, regles
from programme.choix_de_fiche import a_lire, choix_de
from programme.delais import DELAIS, dernier_jour
from programme.enums import EtatActualisation, EtatProjet
from programme.models import Decision, Etiquette, Indicateur, Piece, Porteur, Projet
from programme.parcours_projet import REGION, TERRITOIRE, TOUS
from programme.remarques import remarques_de
from tableurs.francais import INSECABLE, pluriel
from territoires.models import inscriptions_actuelles

EQUIPE, LA_REGION, PERSONNE = "L'équipe du territoire", "La région", ""
_ACTEURS = {TERRITOIRE: EQUIPE, TOUS: EQUIPE, REGION: LA_REGION}
# Rules asked of a project for its reader, besides those of the table of transitions.
REGLES = (
    "connus_par",
    "retraces_par",
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


def suite(projet, personne):
    """Say what comes once somebody moved a project: what they do next, or else who is awaited; "" at the end."""
    if projet.etat == EtatProjet.REALISATION:
        return f"Son avancement se note au fil de l'eau{INSECABLE}: étapes, indicateurs, météo."
    siens = [possible for possible in possibles(projet, personne) if possible.transition.cle not in ECARTS]
    prets = [possible.transition.verbe for possible in siens if not possible.manques]
    if prets:
        return f"Vous pouvez maintenant{INSECABLE}: {', '.join(verbe[:1].lower() + verbe[1:] for verbe in prets)}."
    if siens:
        combien = len(siens[0].manques)
        verbe, choses = siens[0].transition.verbe, f"{combien}{INSECABLE}{pluriel(combien, 'chose')}"
        return f"Avant de pouvoir « {verbe} », il manque {choses}, dites ci-dessous{INSECABLE}: complétez la fiche."
    qui = attendu(projet.etat)
    return f"{qui} est maintenant attendue." if qui else ""


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


def lire_la_fiche(cle, personne):
    """Return the page of a project as a person sees it; None when they may not. What they may of it: the same query."""
    lus = Projet.objects.visibles_par(personne).filter(cle=cle).annotate(region=_region()).select_related("territoire")
    lus = lus.prefetch_related("jalons", Prefetch("indicateurs", Indicateur.objects.avec_dernier_releve()))
    if personne.is_authenticated:
        lus = lus.annotate(**droits(Projet, personne, {*REGLES, *regles(Projet)}))
        lus = lus.select_related("territoire", "saisi_par").prefetch_related("freins")
    projet = lus.first()
    if projet is None:
        return None
    # Read together, before what is missing asks for each.
    projet.choix = choix_de(projet, _autour(projet, personne))
    return FicheProjet(projet, personne)


def _autour(projet, personne):
    """Return what else is read of it, as far as the reader may: its region's tags, the accounts that carry it."""
    if not personne.is_authenticated:
        return []
    etiquettes = Etiquette.objects.visibles_par(personne).filter(projets=projet)
    porteurs = Porteur.objects.visibles_par(personne).en_cours().filter(projet=projet)
    return [
        a_lire(etiquettes, "etiquettes", "cle", "nom"),
        a_lire(porteurs, "porteurs", "cle", nom_dit("personne"), "qualite"),
    ]


def _region():
    """Return the name of the region that leads the territory of a project today."""
    return Subquery(inscriptions_actuelles().filter(territoire=OuterRef("territoire")).values("region__nom")[:1])


class FicheProjet:
    """A project and its reader (`lire_la_fiche`). Each property costs a query at most, and none before it is asked."""

    def __init__(self, projet, personne):
        self.projet, self.personne = projet, personne
        self.permises = {nom for nom in {*REGLES, *regles(Projet)} if getattr(projet, nom, False)}
        self.connue = "connus_par" in self.permises
        self.peut_rediger = "redigeables_par" in self.permises
        self.peut_proposer = "proposables_par" in self.permises
        self.peut_valider = "validables_par" in self.permises
        self.peut_deposer = "documentables_par" in self.permises
        self.peut_discuter = "discutables_par" in self.permises
        self.peut_inviter = "conduits_par" in self.permises
        self.peut_actualiser = "actualisables_par" in self.permises
        self.peut_restreindre = "instruisibles_par" in self.permises and projet.etat in EtatProjet.publics()
        self.est_retracee = "retraces_par" in self.permises
        self.peut_archiver = "archivables_par" in self.permises
        self.peut_desarchiver = "desarchivables_par" in self.permises
        self.peut_suivre = "suivables_par" in self.permises and projet.etat in EtatProjet.suivis()
        self.peut_donner_avis = "avisables_par" in self.permises
        self.montants_visibles = "montants_visibles_par" in self.permises or not projet.montants_secrets

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
    def etiquettes(self):
        return [etiquette.nom for etiquette in self.projet.choix.get("etiquettes", ())]

    @property
    def porteurs(self):
        """The accounts that carry it: [(name, what it lets them do, address of the habilitation)]."""
        return [
            (porteur.nom, Porteur.permissions[porteur.precision], [Porteur.adresse(), porteur.cle])
            for porteur in self.projet.choix.get("porteurs", ())
        ]

    @property
    def attendu(self):
        """Who is awaited now: « L'équipe du territoire », « La région »; "" when nobody is."""
        return attendu(self.projet.etat)

    @property
    def delai(self):
        """In how many days whoever is awaited is expected to act (`programme.delais`); None when nothing says."""
        return DELAIS.get(self.projet.etat)

    @property
    def attendu_avant(self):
        return dernier_jour(self.projet)

    @property
    def tarde(self):
        return self.attendu_avant is not None and self.attendu_avant < aujourdhui()

    @property
    def attendu_dit(self):
        """The same within a sentence: « l'équipe du territoire »."""
        return self.attendu[:1].lower() + self.attendu[1:]

    @property
    def est_incomplete(self):
        """Whether nothing ordinary can be done of it before it is completed."""
        return bool(self.actes) and all(possible.manques for possible in self.actes)

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
        return possibles(self.projet, self.personne, self.permises)

    @property
    def actes(self):
        """What the reader may do next, the ordinary course first: [`Possible`]."""
        return [possible for possible in self._possibles if possible.transition.cle not in ECARTS]

    @property
    def suit_d_abord(self):
        """Whether following it is the ordinary course, rather than saying that it is over."""
        return self.peut_suivre and self.projet.etat == EtatProjet.REALISATION

    @property
    def est_examinee_par_d_autres(self):
        """Whether the reader would examine it for the region, had they not acted on it for the territory."""
        return laisse_a_d_autres(self.projet, self.permises)

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

    @property
    def autres_actes(self):
        """What is seldom done of it: [(words, name of the address)]."""
        possibles_ici = [
            (self.peut_dupliquer, "dupliquer la fiche", "projet_dupliquer"),
            (
                self.peut_valider and self.projet.est_valide_localement,
                "annuler la validation locale",
                "projet_annuler_validation",
            ),
            (
                self.peut_restreindre,
                "montrer au public" if self.projet.non_public_motif else "ne plus montrer au public",
                "projet_restreindre",
            ),
            (self.peut_archiver, "archiver le projet", "projet_archiver"),
            (self.peut_desarchiver, "sortir le projet des archives", "projet_desarchiver"),
        ]
        return [(mots, adresse) for permis, mots, adresse in possibles_ici if permis]

    @cached_property
    def propositions(self):
        """Those of porteurs that await an answer, as the reader sees them: only while the fiche is being written."""
        if not self.connue or self.projet.etat not in EtatProjet.redigeables():
            return []
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
        if not self.connue or not self._est_a_decider:
            return []
        return list(self.projet.points_de_comite.a_venir_pour(self.personne))

    @property
    def _est_a_decider(self):
        """Whether a committee may be asked: about the project, or about changes to its fiche."""
        ouverte = self.actualisation_ouverte
        soumise = ouverte is not None and ouverte.etat == EtatActualisation.SOUMISE
        return soumise or self.projet.etat in EtatProjet.a_l_ordre_du_jour()

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
    def financements(self):
        """What the programme promised it, as the public sums count it. Whoever knows the project reads its plan."""
        if self.connue or not self.montants_visibles:
            return []
        promis = self.projet.financements.filter(enveloppe__isnull=False).exclude(programme=0, engage=0)
        return list(promis.select_related("enveloppe").order_by("enveloppe__ordre", "pk"))

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
