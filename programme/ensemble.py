"""The same act on several projects: seen first, then done one by one, so that one refused does not stop the others."""

from collections import defaultdict
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from comptes.parcours import TransitionImpossible, TransitionIncomplete, permises_parmi
from programme.decisions import decider, obstacle
from programme.enums import EtatProjet
from programme.models import Etiquette, Projet
from programme.parcours_projet import PARCOURS, REGION
from programme.remarques import RETOUR

# Beyond, a page is not read any more, and one waits too long.
MAXIMUM = 200
AJOUTER, RETIRER = "ajouter-une-etiquette", "retirer-une-etiquette"
ETIQUETTES = {AJOUTER: "Ajouter une étiquette", RETIRER: "Retirer une étiquette"}
# In the history, which others than the region read: not which one.
RAISON_DES_ETIQUETTES = "Étiquettes de la région"
# What is decided, explained or answered fiche by fiche is not done in numbers.
TRANSITIONS = [
    transition
    for transition in PARCOURS.transitions
    if not (transition.decision or transition.motif or transition.champs or transition.cle == RETOUR)
]


def droits_de(personne):
    """Return {rule: whether a person has it of any project}: a query."""
    soi = get_user_model().objects.filter(pk=personne.pk)
    return soi.values(**Projet.objects.droits_en_nombre(personne)).get()


def actes_ouverts(droits):
    """Return [(title, [(key, words)])] of what may be done to several projects, by who has `droits` of some."""
    transitions = [(une.cle, une.verbe) for une in TRANSITIONS if droits[une.qui]]
    etiquettes = list(ETIQUETTES.items()) if droits[REGION] else []
    return [groupe for groupe in (("Faire avancer", transitions), ("Étiquettes", etiquettes)) if groupe[1]]


@dataclass
class LigneDActe:
    """A project, and why nothing will happen to it (`refus`, in a sentence, or ""). `devient`: what it becomes."""

    projet: Projet
    refus: str = ""
    devient: EtatProjet | None = None


class Passer:
    """One transition of the table, for each."""

    def __init__(self, transition, personne):
        self.transition, self.personne = transition, personne
        self.verbe, self.consequence = transition.verbe, transition.consequence
        self.avertit = transition.avertit is not None
        self.devient = EtatProjet(transition.vers)

    def refus(self, projets):
        """Return {key: why not}: a query for all."""
        permises = permises_parmi(projets, self.personne)
        return {projet.pk: obstacle(projet, self.transition, permises[projet.pk]) for projet in projets}

    def faire(self, projet):
        decider(projet, self.transition, self.personne)


class Etiqueter:
    """Set a tag of a region, or take it off."""

    avertit, devient = False, None
    consequence = "Les étiquettes ne se lisent que dans la région."

    def __init__(self, etiquette, ajouter, personne):
        self.etiquette, self.ajouter, self.personne = etiquette, ajouter, personne
        self.verbe = f"{'Ajouter' if ajouter else 'Retirer'} l'étiquette « {etiquette} »"

    def refus(self, projets):
        cles = [projet.pk for projet in projets]
        permis = set(self._permis().filter(pk__in=cles).values_list("pk", flat=True))
        portees = Projet.etiquettes.through.objects.filter(projet__in=cles, etiquette=self.etiquette)
        porteurs = set(portees.values_list("projet", flat=True))
        return {cle: self._pourquoi(cle in permis, cle in porteurs) for cle in cles}

    def _permis(self):
        return Projet.objects.etiquetables_par(self.personne, self.etiquette)

    def _pourquoi(self, permis, portee):
        if not permis:
            return f"Vous ne décidez pas pour ce projet, ou il n'est pas de la région « {self.etiquette.region} »."
        if portee and self.ajouter:
            return "Il porte déjà cette étiquette."
        return "" if portee or self.ajouter else "Il ne porte pas cette étiquette."

    def faire(self, projet):
        """Raises `TransitionImpossible` when it can't be done any more."""
        with transaction.atomic():
            projet = Projet.objects.select_for_update().get(pk=projet.pk)
            if refus := self.refus([projet])[projet.pk]:
                raise TransitionImpossible(refus)
            projet._change_reason, projet._history_user = RAISON_DES_ETIQUETTES, self.personne
            (projet.etiquettes.add if self.ajouter else projet.etiquettes.remove)(self.etiquette)


def par_raison(refus):
    """Return [(reason, [project])] of [(project, reason)]: what stops most projects first."""
    groupes = defaultdict(list)
    for projet, raison in refus:
        groupes[raison].append(projet)
    return sorted(groupes.items(), key=lambda groupe: -len(groupe[1]))


def acte_demande(cle, etiquette, personne):
    """Return the act of this key, None when it says nothing, or no tag. Raises `PermissionDenied`."""
    droits = droits_de(personne)
    if not actes_ouverts(droits):
        raise PermissionDenied
    transition = next((une for une in TRANSITIONS if une.cle == cle), None)
    if transition:
        return Passer(transition, personne)
    if cle not in ETIQUETTES:
        return None
    posee = etiquettes_de(personne).filter(cle=etiquette).first()
    return Etiqueter(posee, cle == AJOUTER, personne) if posee else None


def etiquettes_de(personne):
    """Return the tags that a person sets."""
    return Etiquette.objects.modifiables_par(personne).select_related("region").order_by("region__nom", "nom")


class Ensemble:
    """An act on projects that a reader sees, in the order of the list."""

    def __init__(self, acte, projets):
        self.acte = acte
        self.lignes = [LigneDActe(projet, devient=acte.devient) for projet in projets]

    def prevoir(self):
        refus = self.acte.refus([ligne.projet for ligne in self.lignes])
        for ligne in self.lignes:
            ligne.refus = refus[ligne.projet.pk]

    @property
    def possibles(self):
        return [ligne for ligne in self.lignes if not ligne.refus]

    @property
    def refusees(self):
        return [ligne for ligne in self.lignes if ligne.refus]

    @property
    def refus(self):
        """The projects to which nothing will happen, by reason (`par_raison`)."""
        return par_raison((ligne.projet, ligne.refus) for ligne in self.refusees)

    def appliquer(self):
        """Do it to each in its own transaction; those that can't be say why."""
        for ligne in self.lignes:
            try:
                self.acte.faire(ligne.projet)
            except TransitionIncomplete as refus:
                ligne.refus = f"Il manque : {' '.join(manque.message for manque in refus.manques)}"
            except (TransitionImpossible, ValidationError) as refus:
                ligne.refus = " ".join(getattr(refus, "messages", [str(refus)]))
