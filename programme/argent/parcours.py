"""The life of a line of money, on one screen: what moves it, who may, what it takes, who is told (ADR 0018).

Steps may be skipped: an act already taken is recorded from wherever the line is.
"""

from django.db.models import Q

from comptes.models import Utilisateur
from comptes.parcours import Manque, Parcours, Transition
from programme.argent.ecritures import appliquer, calculer
from programme.argent.enums import Circuit, QualiteOperateur
from programme.argent.enums import EtatFinancement as E
from programme.genres_de_courrier import FINANCEMENTS
from programme.models.habilitations import Operateur
from programme.parcours_projet import equipe

# --- Who is told


def operateurs(financement):
    """Return the accounts of those who instruct on the envelope, there or everywhere."""
    if not financement.enveloppe_id:
        return []
    siens = Operateur.objects.en_cours().filter(
        Q(region=None) | Q(region=financement.region_id),
        enveloppe=financement.enveloppe_id,
        qualite=QualiteOperateur.DECISION,
    )
    return list(Utilisateur.objects.filter(pk__in=siens.values("personne"), is_active=True).order_by("pk"))


def demandeurs(financement):
    """Return the accounts of those who ask: the team and the porteurs of the project."""
    return equipe(financement.projet) if financement.projet_id else []


# --- What it takes


def accords(financement):
    """Return the agreements that miss, where préfet and region decide together, since it was asked for."""
    if not financement.enveloppe_id or financement.enveloppe.circuit != Circuit.PREFET_ET_REGION:
        return []
    donnes = set(
        financement.mouvements.filter(saisie_le__gte=financement.etat_depuis).values_list("transition", flat=True)
    )
    return [
        Manque(f"Il manque l'accord {qui}.")
        for cle, qui in (("accorder-region", "de la région"), ("accorder-etat", "de l'État"))
        if cle not in donnes
    ]


def rien_de_verse(financement):
    if financement.verse:
        return [Manque("De l'argent a été versé : enregistrez d'abord le reversement, ou déclarez-le caduc.")]
    return []


# --- The table

DEMANDE, INSTRUCTION, ATTRIBUTION = "demandables_par", "instruisibles_par", "attribuables_par"
COMMUN = {"applique": appliquer, "rejoue": calculer, "avertit": demandeurs}
FAIT = {"qui": ATTRIBUTION, "decision": True, **COMMUN}

PARCOURS = Parcours(
    journal="mouvements",
    saisie=(DEMANDE,),
    genre=FINANCEMENTS,
    gabarit="financement_passage",
    transitions=(
        Transition(
            "solliciter", "Solliciter", (E.A_SOLLICITER,), E.SOLLICITE, DEMANDE,
            "Le financeur voit la demande et le projet.", applique=appliquer, rejoue=calculer, avertit=operateurs,
        ),
        Transition(
            "instruire", "Commencer l'instruction", (E.SOLLICITE,), E.INSTRUCTION, INSTRUCTION,
            "La demande est examinée.", **COMMUN,
        ),
        Transition(
            "accorder-region", "Donner l'accord de la région", (E.INSTRUCTION,), "", "accordables_par_la_region",
            "La programmation demande aussi l'accord de l'État.", decision=True, **COMMUN,
        ),
        Transition(
            "accorder-etat", "Donner l'accord de l'État", (E.INSTRUCTION,), "", "accordables_par_l_etat",
            "La programmation demande aussi l'accord de la région.", decision=True, **COMMUN,
        ),
        Transition(
            "programmer", "Programmer", tuple(E.avant_decision()), E.PROGRAMME, "programmables_par",
            "Le montant est réservé sur l'enveloppe régionale. Rien n'est encore signé.",
            exige=(accords,), champs=("montant",), decision=True, interdit_a_qui_a_saisi=True, **COMMUN,
        ),
        Transition(
            "deprogrammer", "Déprogrammer", (E.PROGRAMME,), E.INSTRUCTION, "programmables_par",
            "Le montant revient à l'enveloppe régionale.", motif=True, **COMMUN,
        ),
        Transition(
            "attribuer", "Enregistrer l'attribution", tuple(E.avant_attribution()), E.ATTRIBUE, **FAIT,
            champs=("montant", "acte"), consequence="L'acte est pris : l'argent est engagé.",
        ),
        Transition(
            "verser", "Enregistrer un versement", tuple(E.engages()), E.VERSEMENT, **FAIT,
            champs=("montant", "genre_versement", "exercice"), consequence="Une avance, ou un acompte.",
        ),
        Transition(
            "solder", "Solder", tuple(E.engages()), E.SOLDE, **FAIT,
            champs=("montant", "genre_versement", "exercice"),
            consequence="C'est le dernier versement : ce qui n'est pas versé revient à l'enveloppe régionale.",
        ),
        Transition(
            "augmenter", "Enregistrer un avenant", tuple(E.engages()), "", **FAIT, champs=("montant", "acte"),
            consequence="Ce qui est engagé augmente d'autant.",
        ),
        Transition(
            "desengager", "Désengager", tuple(E.engages()), "", **FAIT, champs=("montant",), motif=True,
            consequence="Le montant revient à l'enveloppe régionale.",
        ),
        Transition(
            "reverser", "Enregistrer un reversement", (E.VERSEMENT, E.SOLDE, E.CADUC), "", **FAIT, motif=True,
            champs=("montant", "genre_versement", "exercice"), consequence="Le bénéficiaire rend de l'argent.",
        ),
        Transition(
            "refuser", "Refuser", (E.SOLLICITE, E.INSTRUCTION, E.PROGRAMME), E.REFUSE, ATTRIBUTION,
            "La demande est close.", motif=True, decision=True, **COMMUN,
        ),
        Transition(
            "retirer", "Retirer la demande", tuple(E.avant_attribution()), E.RETIRE, DEMANDE,
            "La demande est close.", motif=True, applique=appliquer, rejoue=calculer, avertit=operateurs,
        ),
        Transition(
            "declarer-caduc", "Déclarer caduc", tuple(E.engages()), E.CADUC, **FAIT, motif=True,
            consequence="Ce qui n'est pas versé revient à l'enveloppe régionale.",
        ),
        Transition(
            "annuler", "Annuler l'attribution", tuple(E.engages()), E.ANNULE, **FAIT, motif=True,
            exige=(rien_de_verse,), consequence="Tout ce qui est engagé revient à l'enveloppe régionale.",
        ),
    ),
)  # fmt: skip
