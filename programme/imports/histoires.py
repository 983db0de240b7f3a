"""The past of a project as a row of a file tells it: the steps that led to its state, and the other way round.

A row knows little: a state and since when, sometimes the transmission and a decision. Steps whose day nobody knows
take the day of the next one, and say so: nothing else is made up.
"""

import datetime
from itertools import pairwise
from typing import NamedTuple

from django.utils import timezone

from comptes.acces import aujourdhui
from comptes.rejouer import Etape
from programme.enums import AutoriteDecision, EtatProjet
from programme.models import Decision
from programme.parcours_projet import PARCOURS
from tableurs.francais import INSECABLE, jour

INCONNUE = "Étape antérieure à l'import : sa date n'est pas connue."
INSTRUIT = ("preparer", "transmettre", "instruire")
INSCRIT = (*INSTRUIT, "inscrire")
EN_REALISATION = (*INSCRIT, "demarrer")
# The shortest way to each state.
CHEMINS = {
    EtatProjet.IDEE: (),
    EtatProjet.PREPARATION: INSTRUIT[:1],
    EtatProjet.TRANSMIS: INSTRUIT[:2],
    EtatProjet.A_COMPLETER: (*INSTRUIT[:2], "demander-complements"),
    EtatProjet.INSTRUCTION: INSTRUIT,
    EtatProjet.INSCRIT: INSCRIT,
    EtatProjet.INSCRIT_RESERVE: (*INSTRUIT, "inscrire-sous-reserve"),
    EtatProjet.AJOURNE: (*INSTRUIT, "ajourner"),
    EtatProjet.NON_INSCRIT: (*INSTRUIT, "ne-pas-inscrire"),
    EtatProjet.REALISATION: EN_REALISATION,
    EtatProjet.SUSPENDU: (*EN_REALISATION, "suspendre"),
    EtatProjet.REALISE: (*EN_REALISATION, "achever"),
    EtatProjet.RETIRE: ("retirer",),
    EtatProjet.ABANDONNE: (*INSCRIT, "abandonner"),
}
RETIRE_APRES_TRANSMISSION = (*INSTRUIT[:2], "retirer")
DATES = ("etat_depuis", "transmis_le", "decision_le", "echeance")
DECISION = ("autorite", "autorite_precision", "decision_le", "acte")
RESERVE = ("condition", "echeance")
# Columns of a file that tell the past.
COLONNES = ("etat", "etat_depuis", "transmis_le", *DECISION, "motif", *RESERVE)


class HistoireRefusee(Exception):
    """A past that can't be told: the column at fault, why, and what to do, in French."""

    def __init__(self, colonne, raison, remede):
        super().__init__(raison)
        self.colonne, self.raison, self.remede = colonne, raison, remede


class Pas(NamedTuple):
    """A step: the key of its transition, its day (None: today), what the journal holds of it. JSON, once in a list."""

    transition: str
    le: str | None
    champs: dict


def pas_de(dite):
    """Return (first day known or None, [Pas]) of what a row says ({column: value}). Raises `HistoireRefusee`."""
    dite = {colonne: dite.get(colonne) or None for colonne in COLONNES}
    etat = EtatProjet(dite["etat"])
    chemin = CHEMINS[etat]
    if etat == EtatProjet.RETIRE and dite["transmis_le"]:
        chemin = RETIRE_APRES_TRANSMISSION
    transitions = [PARCOURS.transition(cle) for cle in chemin]
    _refuser_le_superflu(dite, etat, transitions)
    _exiger_ce_qui_manque(dite, etat, transitions)
    jours = _jours(dite, etat, transitions)
    pas = [
        Pas(transition.cle, le and le.isoformat(), _champs(transition, dite, connu))
        for transition, (le, connu) in zip(transitions, jours, strict=True)
    ]
    return dite["etat_depuis"] if not chemin else None, pas


def _champs(transition, dite, connu):
    champs = {} if connu else {"motif": INCONNUE}
    if transition.motif:
        champs["motif"] = dite["motif"]
    if transition.decision:
        champs |= {
            "autorite": dite["autorite"],
            "autorite_precision": dite["autorite_precision"] or "",
            "date": dite["decision_le"].isoformat(),
            "acte": dite["acte"] or "",
        }
    if "condition" in transition.champs:
        champs |= {"condition": dite["condition"], "echeance": dite["echeance"].isoformat()}
    return champs


def _refuser_le_superflu(dite, etat, transitions):
    cles = {transition.cle for transition in transitions}
    parlent = {
        "transmis_le": "transmettre" in cles,
        "motif": any(transition.motif for transition in transitions),
        **dict.fromkeys(DECISION, any(transition.decision for transition in transitions)),
        **dict.fromkeys(RESERVE, "inscrire-sous-reserve" in cles),
    }
    for colonne, parle in parlent.items():
        if dite[colonne] is not None and not parle:
            raise HistoireRefusee(
                colonne,
                f"Un projet à l'état « {etat.label} » n'a rien à dire ici.",
                "Videz la cellule, ou corrigez l'état.",
            )


def _exiger_ce_qui_manque(dite, etat, transitions):
    demandes = []
    if any(transition.decision for transition in transitions):
        demandes = [("autorite", "Dites quelle autorité a décidé."), ("decision_le", "Donnez la date de la décision.")]
        if dite["autorite"] == AutoriteDecision.AUTRE:
            demandes.append(("autorite_precision", "Dites laquelle."))
    if any(transition.motif for transition in transitions):
        demandes.append(("motif", "Dites pourquoi : le motif est gardé et montré."))
    if "inscrire-sous-reserve" in [transition.cle for transition in transitions]:
        demandes += [("condition", "Dites à quelle condition."), ("echeance", "Donnez l'échéance de la condition.")]
    for colonne, remede in demandes:
        if dite[colonne] is None:
            raise HistoireRefusee(colonne, f"À l'état « {etat.label} », cette cellule ne peut pas être vide.", remede)
    if dite["autorite_precision"] and dite["autorite"] != AutoriteDecision.AUTRE:
        raise HistoireRefusee(
            "autorite_precision",
            f"Seule « {AutoriteDecision.AUTRE.label} » se précise.",
            "Videz la cellule, ou choisissez cette autorité.",
        )


def _jours(dite, etat, transitions):
    """Return [(day, whether it is known)] of the steps, in order."""
    propres = {"transmettre": dite["transmis_le"]}
    jours = [dite["decision_le"] if un.decision else propres.get(un.cle) for un in transitions]
    if not jours:
        _verifier_l_ordre([("etat_depuis", dite["etat_depuis"])])
        return []
    ordre = [("transmis_le", dite["transmis_le"]), ("decision_le", dite["decision_le"])]
    _verifier_l_ordre([*ordre, ("etat_depuis", dite["etat_depuis"])])
    depuis = dite["etat_depuis"]
    if etat == EtatProjet.TRANSMIS and depuis and jours[-1] and depuis != jours[-1]:
        raise HistoireRefusee(
            "etat_depuis",
            f"Le projet est transmis depuis le {jour(depuis)}, ou depuis le {jour(jours[-1])}{INSECABLE}?",
            "Gardez une seule des deux dates.",
        )
    jours[-1] = depuis or jours[-1]
    if jours[-1] is None and etat not in EtatProjet.brouillons():
        raise HistoireRefusee(
            "etat_depuis", "Depuis quand n'est pas dit.", f"Donnez le jour où le projet est devenu « {etat.label} »."
        )
    connus, suivant = [], jours[-1]
    for le in reversed(jours):
        suivant = le or suivant
        connus.append((suivant, le is not None))
    return connus[::-1]


def _verifier_l_ordre(dates):
    dites = [(colonne, le) for colonne, le in dates if le]
    for colonne, le in dites:
        if le > aujourdhui():
            raise HistoireRefusee(colonne, f"Le {jour(le)} est à venir.", "Corrigez l'année, ou l'état.")
    for (_, avant), (colonne, apres) in pairwise(dites):
        if apres < avant:
            raise HistoireRefusee(
                colonne,
                f"Le {jour(apres)} précède le {jour(avant)}, date d'une étape antérieure.",
                "Corrigez une date.",
            )


def etapes(pas, par):
    """Return the `Etape`s of what `pas_de` told, once read again from JSON, signed by `par`."""
    return [Etape(transition, instant(le), par, _natifs(champs)) for transition, le, champs in pas]


def instant(le):
    """Return the beginning of a day in Paris (ISO); now for None."""
    if le is None:
        return timezone.now()
    return timezone.make_aware(datetime.datetime.fromisoformat(le), timezone.get_default_timezone())


def _natifs(champs):
    return {
        nom: datetime.date.fromisoformat(valeur) if nom in ("date", "echeance") else valeur
        for nom, valeur in champs.items()
    }


# --- The other way round ---------------------------------------------------------------------------------------------
def dites_par_le_journal(projets):
    """Return {key: {column: what a file says of it}} of projects: one query."""
    decisions = {projet.pk: [] for projet in projets}
    for decision in Decision.objects.filter(projet__in=list(decisions)).order_by("saisie_le", "pk"):
        decisions[decision.projet_id].append(decision)
    return {projet.pk: _dite(projet, decisions[projet.pk]) for projet in projets}


def _dite(projet, passages):
    dite = dict.fromkeys(COLONNES)
    dite |= {"etat": projet.etat, "etat_depuis": timezone.localdate(projet.etat_depuis)}
    transmis = next((un for un in passages if un.transition == "transmettre"), None)
    if transmis and transmis.motif != INCONNUE:
        dite["transmis_le"] = timezone.localdate(transmis.saisie_le)
    if passages and PARCOURS.transition(passages[-1].transition).motif:
        dite["motif"] = passages[-1].motif
    decision = next((un for un in reversed(passages) if un.autorite), None)
    if decision and any(PARCOURS.transition(cle).decision for cle in CHEMINS[projet.etat]):
        dite |= {
            "autorite": decision.autorite,
            "autorite_precision": decision.autorite_precision or None,
            "decision_le": decision.date,
            "acte": decision.acte or None,
        }
        if projet.etat == EtatProjet.INSCRIT_RESERVE:
            dite |= {"condition": decision.condition, "echeance": decision.echeance}
    return dite
