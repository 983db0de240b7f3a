"""The objects that the access matrix is walked with, each told by whose it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from comptes import adresses

NOMMENT_L_EQUIPE = {"chef de projet", "pilote", "agent instructeur", "administrateur"}


@dataclass
class Monde:
    """The cast and what they have around them."""

    personnages: dict
    territoire: Any
    voisin: Any
    mesure: Any
    lot: Any
    invitation: Any
    changement: Any
    # Of the territory: the porteur's idea, one that the region has; of the neighbour: one that anyone may look at.
    # A third territory is associated with all of them.
    projet: Any
    transmis: Any
    inscrit: Any
    indicateur: Any
    proposition: Any
    etiquette: Any
    # National, of all regions: it took the inscribed one.
    campagne: Any
    # About the one that the region has: an opinion, a committee; a contract of the territory.
    avis: Any
    comite: Any
    contrat: Any
    # Of the idea, for its porteur and its team; of the one that the region has, for those who examine it.
    piece: Any
    message: Any
    instruite: Any
    # Of the inscribed one: submitted to its region.
    actualisation: Any
    # Of the list of projects, the chef de projet's own.
    vue: Any
    # Of the territory: a perimeter request that is being prepared, with a deliberation; one that the region has.
    demande: Any
    transmise: Any
    # The signed document of the contract.
    document: Any
    # Of the idea: not asked yet; of the transmitted one: asked of the operator's envelope.
    ligne: Any
    sollicitee: Any
    # Of the transmitted one: an act beyond the region's share; what the region asks that it be.
    ecart: Any
    proposition_de_dotation: Any
    # A row of the operator's file, that waits for its line.
    fait: Any
    # Of the lead region's share of that envelope.
    scenario: Any
    # The correspondant's.
    agence: Any


@dataclass(frozen=True)
class ObjetAdmin:
    """An object of the admin: whose it is, who sees it, who may change it, who may delete it."""

    dont: str
    objet: Callable
    voient: set
    changent: set
    suppriment: set = field(default_factory=set)


def premier(modele):
    """Return what finds the first row of a model."""
    return lambda monde: [modele._default_manager.order_by("pk").values_list("pk", flat=True)[0]]


def de(genre, nom):
    """Return what finds the habilitation of a person of the cast."""
    return lambda monde: [genre.objects.get(personne=monde.personnages[nom]).pk]


def membre(genre, nom):
    """Return what finds the arguments of the page of their habilitation."""
    return lambda monde: [genre.adresse(), genre.objects.get(personne=monde.personnages[nom]).cle]


def lien_d_adresse(acte):
    return lambda monde: [adresses.jeton(acte, monde.changement)]


def compte(nom):
    return lambda monde: [monde.personnages[nom].pk]
