"""« Qui a accès ? » on a territory: every person, through which habilitation, and what it lets them do there."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from comptes.acces import Habilitation, genres, voit_tout
from pilotage.membres import avec_les_personnes
from territoires.models import ActeurLocal, PiloteRegional, inscriptions_actuelles, territoires_de


@dataclass
class Acces:
    """A person and why. `permet`: in words, on this territory."""

    habilitation: Habilitation
    permet: str
    # The address is told to those who share the perimeter.
    adresse: str


@dataclass
class Groupe:
    titre: str
    acces: list


def suit_le_territoire(personne, territoire):
    """Tell whether a person is told who has access to a territory."""
    return voit_tout(personne) or territoires_de(personne).filter(pk=territoire.pk).exists()


def groupes(territoire, lecteur):
    """Return the groups of people who have access today to a territory, its team first: one query a kind.

    Whoever follows a territory is told all of them, even those whose habilitation they don't see elsewhere: that of
    the national team, for one.
    """
    inscription = inscriptions_actuelles().filter(territoire=territoire).select_related("region").first()
    pilote = inscription.region if inscription else None
    trouves = []
    for genre in sorted(genres(), key=_rang):
        acces = [_acces(une, pilote) for une in _ouvertes(genre, territoire, lecteur)]
        if genre is not PiloteRegional:
            trouves.append(Groupe(genre.titre, acces))
            continue
        siens = [un for un in acces if un.habilitation.region == pilote]
        trouves.append(Groupe(f"Pilotes de la région pilote, {pilote}" if pilote else "Pilotes", siens))
        trouves.append(Groupe("Pilotes des autres régions", [un for un in acces if un not in siens]))
    return [groupe for groupe in trouves if groupe.acces]


def _rang(genre):
    """The team, then the regions and the State, the national team last."""
    return 0 if genre is ActeurLocal else 1 if genre.avec else 2


def _ouvertes(genre, territoire, lecteur):
    """Return the habilitations of a kind that give access today: to people whose account is active."""
    visibles = genre.objects.visibles_par(lecteur).filter(pk=OuterRef("pk"))
    ouvertes = genre.objects.en_cours().couvrant([territoire.pk]).filter(personne__is_active=True)
    return (
        avec_les_personnes(ouvertes).annotate(partagee=Exists(visibles)).order_by("personne__nom_normalise", "du", "pk")
    )


def _acces(habilitation, pilote):
    permet = habilitation.permet
    if isinstance(habilitation, PiloteRegional) and habilitation.region != pilote:
        permet = habilitation.permission_en_region_associee
    return Acces(habilitation, permet, habilitation.personne.email if habilitation.partagee else "")
