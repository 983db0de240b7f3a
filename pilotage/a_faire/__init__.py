"""« À faire »: what awaits a person, in sentences that are links, late ones first.

A source (`taches.py`) is a queryset of rows that wait, and how each is said; the header counts them.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

from comptes.acces import aujourdhui
from comptes.models import Utilisateur
from comptes.requetes import demander, lire_pour, reponse
from pilotage.a_faire import acces, campagnes, financements, perimetres, projets
from pilotage.a_faire.taches import DELAI


@dataclass(frozen=True)
class Groupe:
    titre: str
    taches: list
    en_retard: bool = False


def groupes(personne):
    """Return the tasks of a person in groups: late, this week, then the rest; without the empty ones.

    What has a date comes in the order of the dates, as long as it is near; then what waits longest comes first.
    """
    taches = [tache for source in sources() for tache in source.taches(personne)]
    semaine = aujourdhui() + DELAI
    rangees = {"En retard": [], "Cette semaine": [], "Ensuite": []}
    for tache in sorted(taches, key=lambda tache: (tache.echeance or date.max, tache.depuis or date.max)):
        if tache.est_en_retard:
            rangees["En retard"].append(tache)
        elif tache.echeance and tache.echeance <= semaine:
            rangees["Cette semaine"].append(tache)
        else:
            rangees["Ensuite"].append(tache)
    rangees["Ensuite"].sort(key=lambda tache: tache.depuis or date.max)
    remplies = {titre: siennes for titre, siennes in rangees.items() if siennes}
    if [*remplies] == ["Ensuite"]:
        # After nothing else, it says nothing.
        return [Groupe("En attente", remplies["Ensuite"])]
    return [Groupe(titre, siennes, titre == "En retard") for titre, siennes in remplies.items()]


def nombre(personne):
    """Return how many sentences « À faire » holds for a person."""
    return nombre_fixe(personne) + nombre_vif(personne)


def nombre_fixe(personne):
    """Return the part of the count that changes with the rows of `modeles_suivis` only, and with the day."""
    if personne.en_qualite_de:
        return _additionner(_compter(personne, _fixes()), _fixes())
    return _additionner(lire_pour(personne, _compter_les_fixes), _fixes())


def nombre_vif(personne):
    """Return the other part, in one quick query: nothing tells when it changes."""
    if personne.en_qualite_de:
        return _additionner(_compter(personne, _vives()), _vives())
    return _additionner([reponse(personne, "a_faire")], _vives())


def modeles_suivis():
    """Return the models, each with a history, on whose rows the rest of the count depends."""
    return {modele for source in sources() for modele in source.modeles}


def _fixes():
    return [source for source in sources() if source.modeles]


def _vives():
    return [source for source in sources() if not source.modeles]


def _colonnes_vives(personne):
    return [source.colonne(personne) for source in _vives()]


demander("a_faire", _colonnes_vives)


def _compter_les_fixes(personne):
    """Name the person by their key, and today, only: composing it takes longer than answering it."""
    return _compter(personne, _fixes())


def _compter(personne, comptees):
    """Return one row, a column a source."""
    return Utilisateur.objects.filter(pk=personne.pk).values_list(*(source.colonne(personne) for source in comptees))


def _additionner(lus, comptees):
    [nombres] = lus
    return sum(source.phrases(combien) for source, combien in zip(comptees, nombres, strict=True))


@cache
def sources():
    """Return all the sources, once the rooms are loaded."""
    return (*projets.sources(), *campagnes.sources(), *perimetres.sources(), *financements.sources(), *acces.sources())
