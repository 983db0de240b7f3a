"""The life of an actualisation, on one screen: changes to an inscribed fiche, prepared beside it (ADR 0014)."""

from comptes.parcours import Manque, Parcours, Transition
from programme.enums import EtatActualisation as E
from programme.enums import EtatProjet
from programme.genres_de_courrier import PROJETS
from programme.parcours_projet import equipe, region, tous

# A change of one of these goes back to the committee: our own choice, not a rule of the programme (ADR 0014).
SUBSTANTIELS = (
    "territoires_associes",
    "mesures",
    "objectifs",
    "porteur_nom",
    "porteur_genre",
    "porteur_siren",
    "porteur_en_creation",
    "fin",
    "cout_total",
    "cout_total_taxe",
    "assiette_eligible",
    "assiette_taxe",
)

# --- Who is told


def de_l_equipe(actualisation):
    return equipe(actualisation.projet)


def de_la_region(actualisation):
    return region(actualisation.projet)


def de_tous(actualisation):
    return tous(actualisation.projet)


# --- What it takes, what it does besides


def suivi(actualisation):
    projet = actualisation.projet
    if projet.etat in EtatProjet.suivis() and not projet.archive_le:
        return []
    return [Manque(f"Le projet est « {projet.get_etat_display()} » : sa fiche ne change plus.")]


def ecrite(actualisation):
    return [] if actualisation.valeurs else [Manque("Rien n'est changé : écrivez ce que vous actualisez.")]


def substantielle(actualisation):
    if actualisation.est_substantielle:
        return []
    return [Manque("Elle n'est pas substantielle : appliquez-la, ou déclarez-la substantielle.")]


def mineure(actualisation):
    if not actualisation.est_substantielle:
        return []
    return [Manque("Elle est substantielle : elle se soumet à la région.")]


def seule(actualisation):
    if not actualisation.projet.actualisations.ouvertes().exclude(pk=actualisation.pk).exists():
        return []
    return [Manque("Une autre actualisation de ce projet est ouverte : il n'y en a qu'une à la fois.")]


def numeroter_la_version(actualisations):
    """Note which version of the fiche each makes."""
    for actualisation, _ in actualisations:
        actualisation.version = actualisation.projet.version_fiche + 1


# --- The table

EQUIPE, AUTEURS, REGION = "proposables_par", "retirables_par", "decidables_par"
EXAMEN = {"qui": REGION, "interdit_a_qui_a_saisi": True}

PARCOURS = Parcours(
    journal="etapes",
    saisie=(EQUIPE, AUTEURS),
    genre=PROJETS,
    gabarit="actualisation_passage",
    transitions=(
        Transition(
            "appliquer", "Appliquer à la fiche", (E.PREPARATION,), E.APPLIQUEE, EQUIPE,
            "La fiche change tout de suite. Ce qui a changé, quand et par qui reste lisible sur la page du projet.",
            exige=(suivi, ecrite, mineure), avertit=de_tous,
        ),
        Transition(
            "soumettre", "Soumettre à la région", (E.PREPARATION,), E.SOUMISE, EQUIPE,
            "La région en décide, en comité ou non. D'ici là, la fiche reste telle qu'elle est inscrite.",
            exige=(suivi, ecrite, substantielle), motif=True, avertit=de_la_region,
        ),
        Transition(
            "reprendre", "Reprendre l'actualisation", (E.SOUMISE,), E.PREPARATION, EQUIPE,
            "La région n'en décide plus tant que vous ne l'avez pas soumise de nouveau.", avertit=de_la_region,
        ),
        Transition(
            "retirer", "Retirer l'actualisation", (E.PREPARATION, E.SOUMISE), E.RETIREE, AUTEURS,
            "La fiche reste telle qu'elle est. Une autre actualisation peut commencer.",
        ),
        Transition(
            "accepter", "Accepter l'actualisation", (E.SOUMISE,), E.ACCEPTEE, **EXAMEN, decision=True,
            consequence="La fiche change tout de suite et passe à une nouvelle version.",
            exige=(suivi, ecrite), effet=numeroter_la_version, avertit=de_l_equipe,
        ),
        Transition(
            "refuser", "Refuser l'actualisation", (E.SOUMISE,), E.REFUSEE, **EXAMEN, decision=True, motif=True,
            consequence="La fiche reste telle qu'elle est inscrite. L'équipe du territoire lit le motif.",
            avertit=de_l_equipe,
        ),
        Transition(
            "juger-mineure", "Juger l'actualisation non substantielle", (E.SOUMISE,), E.APPLIQUEE, **EXAMEN,
            motif=True, consequence="La fiche change tout de suite, sans décision d'une autorité.",
            exige=(suivi, ecrite), avertit=de_l_equipe,
        ),
        Transition(
            "juger-substantielle", "Juger l'actualisation substantielle", (E.APPLIQUEE,), E.SOUMISE, **EXAMEN,
            motif=True, consequence="La fiche redevient ce qu'elle était, jusqu'à la décision de la région.",
            exige=(suivi, seule), avertit=de_l_equipe,
        ),
    ),
)  # fmt: skip
