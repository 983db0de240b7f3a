"""Changes to an inscribed fiche: prepared beside it, moved by the table, written in the fiche with the decision.

Nothing else moves an actualisation: `franchir` holds the project's row, then `comptes.parcours.passer` does the rest.
"""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from comptes.parcours import Manque, TransitionImpossible, TransitionIncomplete, passer
from programme import valeurs_de_fiche as plat
from programme.enums import EtatActualisation
from programme.models import Actualisation, Projet
from programme.mots_de_fiche import nom_du_champ
from programme.parcours_actualisation import EQUIPE, PARCOURS
from programme.propositions import ecrire_dans_la_fiche

A_CHANGE = "L'actualisation ou la fiche a changé depuis que vous l'avez lue : relisez-la d'abord."
AILLEURS = "Une autre actualisation de ce projet vient d'être ouverte : relisez-la d'abord."


# --- Written
def ouverte(projet):
    """Return the one that is open, or None."""
    return projet.actualisations.ouvertes().select_related("projet", "saisi_par").first()


def ecrire(projet, auteur, saisie, declaree_substantielle):
    """Keep what was typed that differs from the fiche, in the transaction that holds the project. Returns it.

    None when there is nothing to keep. Raises `PermissionDenied`, or `TransitionImpossible`, in words, when another
    was begun, or is submitted.
    """
    if not Projet.objects.actualisables_par(auteur).filter(pk=projet.pk).exists():
        raise PermissionDenied
    actualisation = ouverte(projet)
    # What its author does not read, hence did not write again, stays.
    tus = [cle for cle in actualisation.valeurs if cle not in saisie.champs] if actualisation else []
    valeurs = {cle: actualisation.valeurs[cle] for cle in tus} | {e.cle: e.sien for e in saisie.changements}
    avant = {cle: actualisation.avant[cle] for cle in tus} | {e.cle: e.avant for e in saisie.changements}
    if actualisation is None:
        if not valeurs:
            return None
        actualisation = Actualisation(projet=projet, saisi_par=auteur)
    elif not Actualisation.objects.modifiables_par(auteur).filter(pk=actualisation.pk).exists():
        raise TransitionImpossible("Une actualisation est soumise à la région : reprenez-la pour y écrire.")
    ecrits = (valeurs, avant, declaree_substantielle)
    if ecrits != (actualisation.valeurs, actualisation.avant, actualisation.declaree_substantielle):
        actualisation.valeurs, actualisation.avant, actualisation.declaree_substantielle = ecrits
        actualisation.ecrite_le = timezone.now()
        actualisation._change_reason, actualisation._history_user = "Actualisation écrite", auteur
        try:
            with transaction.atomic():
                actualisation.save()
        except IntegrityError:
            raise TransitionImpossible(AILLEURS) from None
        actualisation.auteurs.add(auteur)
    return actualisation


# --- Moved
def depasses(actualisation, presentes=None):
    """Return the fields that somebody else changed in the fiche since: [name]."""
    attendues = actualisation.avant if presentes is None else presentes
    fiche = plat.du_projet(actualisation.projet, list(attendues))
    return [nom_du_champ(cle) for cle, valeur in attendues.items() if fiche[cle] != valeur]


def franchir(actualisation, transition, par, vue=None, **champs):
    """Move an actualisation as `passer` does; write the fiche where the table says so. Returns the passage.

    `vue`: the `empreinte` of what whoever acts has read. Raises as `passer` does.
    """
    transition = PARCOURS.transition(transition) if isinstance(transition, str) else transition
    with transaction.atomic():
        projet = Projet.objects.select_for_update(of=("self",)).select_related("territoire")
        projet = projet.get(pk=actualisation.projet_id)
        passage = passer(actualisation, transition, par, **champs)
        actualisation.projet = projet
        if vue is not None and vue != actualisation.empreinte:
            raise TransitionImpossible(A_CHANGE)
        if transition.qui == EQUIPE:
            actualisation.auteurs.add(par)
        if transition.vers in EtatActualisation.ecrites():
            _ecrire_la_fiche(actualisation, transition, par)
        elif passage.de in EtatActualisation.ecrites():
            _verifier(actualisation, transition, actualisation.valeurs)
            ecrire_dans_la_fiche(projet, actualisation.avant, transition.verbe, par)
    return passage


def _ecrire_la_fiche(actualisation, transition, par):
    _verifier(actualisation, transition)
    projet = actualisation.projet
    if actualisation.version:
        projet.version_fiche = actualisation.version
    ecrire_dans_la_fiche(projet, actualisation.valeurs, transition.verbe, par)


def _verifier(actualisation, transition, presentes=None):
    if champs := depasses(actualisation, presentes):
        manques = [Manque(f"La fiche a changé depuis : {champ}.") for champ in champs]
        raise TransitionIncomplete(f"« {transition.verbe} » : {' '.join(m.message for m in manques)}", manques)
