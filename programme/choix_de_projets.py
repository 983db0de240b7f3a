"""What the filters of projects propose of the reference: many rows that seldom change, kept until one of them does."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Value

from comptes.pages_publiques import garder
from programme.models import Besoin, Mesure
from territoires.models import (
    Departement,
    Inscription,
    Liste,
    Perimetre,
    Phase,
    Region,
    Territoire,
    inscriptions_actuelles,
)

MODELES = (Phase, Besoin, Mesure, Region, Departement, Territoire, Liste, Inscription, Perimetre)


class Reference(NamedTuple):
    """`choix`: {name of the filter: [(key of the address, words, primary key)]}.

    `territoires`: {(name of the filter, code of a place): keys of its territories}, as their latest lists have them.
    Given by their keys, territories are found through an index.
    """

    choix: dict
    territoires: dict


def reference():
    """Return what is proposed: one query once it was read."""
    return garder("choix-des-projets", MODELES, _lire)


def _lire():
    sources = {
        "besoin": ("code", Besoin.objects.all()),
        "mesure": ("code", Mesure.objects.all()),
        "region": ("pk", Region.objects.all()),
        "departement": ("pk", Departement.objects.all()),
        "territoire": ("slug", Territoire.objects.all()),
    }
    choix = {
        nom: [(str(getattr(objet, cle)), str(objet), objet.pk) for objet in objets]
        for nom, (cle, objets) in sources.items()
    }
    return Reference(choix, _territoires())


def _territoires():
    """Of a region, those that it leads, that the list publishes there, or that have communes there."""
    chemins = [
        ("region", "region"),
        ("region", "regions"),
        ("region", "perimetre__regions"),
        ("departement", "perimetre__departements"),
    ]
    actuelles = inscriptions_actuelles().order_by()
    premiers, *autres = (
        actuelles.annotate(filtre=Value(nom)).values_list("filtre", chemin, "territoire") for nom, chemin in chemins
    )
    trouves = defaultdict(set)
    for nom, code, territoire in premiers.union(*autres):
        trouves[nom, code].add(territoire)
    return dict(trouves)
