"""The objects that the access matrix is walked with, each told by whose it is."""

from dataclasses import dataclass
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
