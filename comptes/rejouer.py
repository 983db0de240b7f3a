"""Lives of before the portal, or from elsewhere: they follow the table and are written at once. For imports."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from comptes.parcours import AvecParcours, TransitionImpossible, deplacer, etat_de, passage_de, verifier_le_passage


@dataclass(frozen=True)
class Etape:
    """A transition that took place at an instant: its key, and what the journal holds of it."""

    transition: str
    le: datetime
    par: Any
    champs: dict


class Histoire(NamedTuple):
    """An object that is not written yet, its steps, and since when it is in its first state (now by default)."""

    objet: AvecParcours
    etapes: list
    depuis: datetime | None = None


def rejouer(histoires, par, raison, lot=500):
    """Create objects that have a past (`Histoire`), by `bulk_create`. For imports and the demonstration.

    The steps follow the table, each with its reason and its decision, and leave the same journal; but these are facts:
    neither rights nor what is missing is looked at, and nobody is told; `par` signs the history. Returns the passages.
    Raises `TransitionImpossible` when a step does not follow the one before, `ValidationError` when it lacks something.
    """
    passages = []
    for objet, _, depuis in histoires:
        setattr(objet, objet.parcours.depuis, depuis or timezone.now())
    with transaction.atomic():
        for rang in range(max((len(histoire.etapes) for histoire in histoires), default=0)):
            # Step after step, all objects together: an effect (numbers) is asked once for all.
            ensemble = defaultdict(list)
            for objet, etapes, _ in histoires:
                if rang < len(etapes):
                    passages.append(_refaire(objet, etapes[rang]))
                    ensemble[etapes[rang].transition].append((objet, etapes[rang].le, passages[-1]))
            for cle, refaits in ensemble.items():
                transition = refaits[0][0].parcours.transition(cle)
                deplacer([(objet, le) for objet, le, _ in refaits], transition)
                for objet, _, passage in refaits if transition.rejoue else ():
                    transition.rejoue(objet, passage)
        if histoires:
            objets = [histoire.objet for histoire in histoires]
            bulk_create_with_history(
                objets, type(objets[0]), batch_size=lot, default_user=par, default_change_reason=raison
            )
        if passages:
            type(passages[0])._base_manager.bulk_create(passages, batch_size=lot)
    return passages


def _refaire(objet, etape):
    transition = objet.parcours.transition(etape.transition)
    if etat_de(objet) not in transition.de:
        raise TransitionImpossible(f"« {transition.verbe} » ne suit pas l'état « {etat_de(objet)} ».")
    passage = passage_de(objet, transition, etape.par, **etape.champs)
    passage.saisie_le = etape.le
    verifier_le_passage(passage, transition)
    return passage
