"""Deciding of projects: one, or those of a committee together, seen before they are written."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst

from comptes.parcours import Transition, passer, permises_parmi, refus
from programme.actualisations import depasses, franchir
from programme.enums import AutoriteDecision, EtatActualisation, EtatProjet
from programme.forms.comites import (
    FormulaireDecisionCommune,
    FormulaireDecisionDActualisation,
    FormulaireDecisionDuProjet,
)
from programme.models import Actualisation, Comite, Contrat, Projet
from programme.parcours_projet import PARCOURS, REGION, TERRITOIRE, TOUS
from tableurs.francais import jour

REPRISE = PARCOURS.transition("reprendre")
SANS_DECISION = "Aucune décision n'est choisie : dites ce qui a été décidé d'un projet au moins."
# Why somebody may not, by the rule that a transition names.
DROITS = {
    REGION: "Vous ne décidez pas pour la région qui pilote ce territoire.",
    TERRITOIRE: "Vous n'écrivez pas les projets de ce territoire.",
    TOUS: "Ni l'équipe de ce territoire ni la région qui le pilote ne vous ont donné ce droit.",
}
# After the key of a project, in the preview: in which state it was seen.
VU = "-vu"


def decider(projet, transition, par, **champs):
    """Move a project as `passer` does. What is inscribed under a contract stands among its projects."""
    with transaction.atomic():
        passage = passer(projet, transition, par, **champs)
        if passage.contrat:
            passage.contrat.projets.add(projet)
    return passage


def obstacle(projet, transition, permises):
    """Return why somebody can't move a project so, in a sentence, else "". `permises`: of `permises_parmi`."""
    if projet.etat not in transition.de:
        return f"Son état est « {projet.get_etat_display()} »."
    if pas_a_soi := _refus(projet, transition, permises):
        return pas_a_soi
    manques = [manque.message for exigence in transition.exige for manque in exigence(projet)]
    return f"Il manque : {' '.join(manques)}" if manques else ""


def _refus(objet, transition, permises):
    """Return why it is not theirs to do: as the journal would, but who decides is named."""
    return DROITS[transition.qui] if transition.qui not in permises else capfirst(refus(objet, transition, permises))


@dataclass
class LigneDeDecision:
    """A project of the agenda, and what is decided of it. `obstacle`: why it can't be, in a sentence."""

    projet: Projet
    formulaire: FormulaireDecisionDuProjet
    obstacle: str = ""
    bouge: bool = False
    actualisation = None

    @property
    def parcours(self):
        return self.objet.parcours

    @property
    def objet(self):
        """What the decision moves."""
        return self.projet

    @property
    def cle(self):
        return self.objet.cle

    @property
    def transition(self) -> Transition | None:
        cle = self.formulaire.is_bound and self.formulaire.is_valid() and self.formulaire.cleaned_data["issue"]
        return self.parcours.transition(cle) if cle else None

    @property
    def reprend(self):
        """Whether it is examined again first: adjourned projects are not decided of otherwise."""
        return self.projet.etat in REPRISE.de

    @property
    def etapes(self):
        """The transitions that lead to what is decided."""
        return [REPRISE, self.transition] if self.reprend else [self.transition]

    @property
    def se_decide(self):
        return self.formulaire.is_bound or self.projet.etat in EtatProjet.a_l_ordre_du_jour()

    @property
    def vers(self):
        return EtatProjet(self.transition.vers)

    @property
    def empreinte(self):
        """The state in which it is seen: anything done since makes another."""
        return f"{self.projet.etat}@{self.projet.etat_depuis.isoformat()}"

    @property
    def champs(self):
        """What the journal keeps of it, besides what the decisions share."""
        donnees = self.formulaire.cleaned_data
        demandes = {nom: donnees[nom] for nom in self.transition.champs}
        return {"motif": donnees["motif"], "contrat": self.formulaire.contrat, **demandes}

    def prevoir(self, permises):
        """Say what prevents it, of what comes first: who may examine a project again decides of it."""
        projet, premiere = self.projet, self.etapes[0]
        self.obstacle = obstacle(projet, premiere, permises)
        if projet.etat not in premiere.de:
            depuis = jour(timezone.localdate(projet.etat_depuis))
            etat = projet.get_etat_display()
            self.obstacle = f"Il n'est plus en instruction. Son état est « {etat} » depuis le {depuis}."

    def ecrire(self, par, commun):
        *avant, decidee = self.etapes
        for transition in avant:
            decider(self.projet, transition, par)
        return decider(self.projet, decidee, par, **commun, **self.champs)


class LigneDActualisation(LigneDeDecision):
    """Changes to the fiche of a project of the agenda (ADR 0014)."""

    reprend = False

    def __init__(self, actualisation, formulaire):
        super().__init__(actualisation.projet, formulaire)
        self.actualisation = actualisation

    @property
    def objet(self):
        return self.actualisation

    @property
    def etapes(self):
        return [self.transition]

    @property
    def se_decide(self):
        return True

    @property
    def vers(self):
        return EtatActualisation(self.transition.vers)

    @property
    def empreinte(self):
        """What changes, as it is written, and where it is."""
        return f"{self.actualisation.etat}@{self.actualisation.empreinte}"

    @property
    def champs(self):
        return {"motif": self.formulaire.cleaned_data["motif"]}

    def prevoir(self, permises):
        une, transition = self.actualisation, self.transition
        if une.etat not in transition.de:
            depuis = jour(timezone.localdate(une.etat_depuis))
            self.obstacle = f"Cette actualisation est « {une.get_etat_display()} » depuis le {depuis}."
        elif pas_a_soi := _refus(une, transition, permises):
            self.obstacle = pas_a_soi
        elif transition.vers in EtatActualisation.ecrites() and (changes := depasses(une)):
            self.obstacle = f"La fiche a changé depuis : {', '.join(changes)}. L'équipe du territoire relit d'abord."
        else:
            manques = [manque.message for exigence in transition.exige for manque in exigence(une)]
            self.obstacle = " ".join(manques)

    def ecrire(self, par, commun):
        return franchir(self.actualisation, self.transition, par, **commun, **self.champs)


class DecisionsDuComite:
    """The forms of a committee's decisions, for whoever enters them; what they would do; doing it."""

    def __init__(self, comite, personne, donnees=None):
        self.comite, self.personne, self.donnees = comite, personne, donnees
        self.commune = FormulaireDecisionCommune(donnees, comite=comite)
        points = comite.points.visibles_par(personne).select_related("projet__territoire").order_by("rang")
        projets = [point.projet for point in points]
        contrats = defaultdict(list)
        for contrat in Contrat.objects.filter(territoire__in={projet.territoire_id for projet in projets}):
            contrats[contrat.territoire_id].append(contrat)
        actualisations = self._actualisations(projets)
        self.lignes = []
        for projet in projets:
            formulaire = FormulaireDecisionDuProjet(
                self._envoyees(projet), prefix=projet.cle, contrats=contrats[projet.territoire_id]
            )
            self.lignes.append(LigneDeDecision(projet, formulaire))
            for une in actualisations[projet.pk]:
                formulaire = FormulaireDecisionDActualisation(self._envoyees(une), prefix=une.cle)
                self.lignes.append(LigneDActualisation(une, formulaire))

    def _actualisations(self, projets):
        """Return {project: its actualisation that awaits, and those that were sent}."""
        cles = {nom.split("-")[0] for nom in self.donnees or ()}
        lues = Actualisation.objects.visibles_par(self.personne).filter(projet__in=projets)
        siennes = defaultdict(list)
        attendues = lues.filter(Q(etat=EtatActualisation.SOUMISE) | Q(cle__in=cles))
        for une in attendues.select_related("projet__territoire"):
            siennes[une.projet_id].append(une)
        return siennes

    def _envoyees(self, objet):
        """Return what was sent, when something was of this one: of those decided already the page asks nothing."""
        envoyees = self.donnees is not None and any(nom.startswith(f"{objet.cle}-") for nom in self.donnees)
        return self.donnees if envoyees else None

    @property
    def formulaires(self):
        return [self.commune, *(ligne.formulaire for ligne in self.lignes)]

    @property
    def a_decider(self):
        """The lines to fill: what was sent, or what a committee may be asked."""
        return [ligne for ligne in self.lignes if ligne.se_decide]

    @property
    def deja_decidees(self):
        attendus = {ligne.projet.pk for ligne in self.lignes if ligne.se_decide}
        return [ligne for ligne in self.lignes if ligne.projet.pk not in attendus]

    @property
    def est_a_corriger(self):
        """Whether whoever saw the preview goes back to the form."""
        return self.donnees is not None and "corriger" in self.donnees

    def is_valid(self):
        valides = [formulaire.is_valid() for formulaire in self.formulaires if formulaire.is_bound]
        if not valides or not all(valides):
            return False
        if not self.choisies:
            self.commune.add_error(
                None, "Aucune décision n'est choisie : dites ce qui a été décidé d'un projet au moins."
            )
            return False
        return True

    @property
    def autorite_dite(self):
        donnees = self.commune.cleaned_data
        return donnees["autorite_precision"] or AutoriteDecision(donnees["autorite"]).label

    @property
    def choisies(self):
        return [ligne for ligne in self.lignes if ligne.transition]

    @property
    def possibles(self):
        return [ligne for ligne in self.choisies if not ligne.obstacle]

    @property
    def impossibles(self):
        return [ligne for ligne in self.choisies if ligne.obstacle]

    def prevoir(self):
        """Say of each chosen decision what prevents it: a query for all the projects, one for the actualisations."""
        permises = {}
        for genre in (LigneDeDecision, LigneDActualisation):
            siens = [ligne.objet for ligne in self.choisies if type(ligne) is genre]
            permises |= {(genre, pk): siennes for pk, siennes in permises_parmi(siens, self.personne).items()}
        for ligne in self.choisies:
            ligne.prevoir(permises[type(ligne), ligne.objet.pk])

    def appliquer(self):
        """Write what was previewed, all or nothing. Returns the passages; None when what was seen has moved.

        Then nothing is written, and each `bouge` line says what it has become. Raises `PermissionDenied`.
        """
        with transaction.atomic():
            self.comite.verrouiller(Comite.objects.modifiables_par(self.personne))
            self._relire()
            self.prevoir()
            if self._ont_bouge():
                return None
            commun: dict[str, Any] = {**self.commune.cleaned_data, "comite": self.comite}
            return [ligne.ecrire(self.personne, commun) for ligne in self.possibles]

    def _relire(self):
        """Lock the projects, in an order that is the same for all, and read them again."""
        pks = {ligne.projet.pk for ligne in self.choisies}
        frais = {projet.pk: projet for projet in Projet.objects.select_for_update().filter(pk__in=pks).order_by("pk")}
        for ligne in self.choisies:
            territoire = ligne.projet.territoire
            ligne.projet = frais[ligne.projet.pk]
            ligne.projet.territoire = territoire
            if ligne.actualisation:
                # Whoever moves it holds its project first.
                ligne.actualisation.refresh_from_db()
                ligne.actualisation.projet = ligne.projet

    def _ont_bouge(self):
        for ligne in self.choisies:
            ligne.bouge = self.donnees.get(f"{ligne.cle}{VU}") != ligne.empreinte
        return self.retires or any(ligne.bouge for ligne in self.choisies)

    @property
    def retires(self):
        """The keys of those that were previewed, and that left the agenda since."""
        vus = {nom.removesuffix(VU) for nom in self.donnees if nom.endswith(VU)}
        return vus - {ligne.cle for ligne in self.lignes}
