"""Entering a perimeter request in the list in force: a member from a day on, or until the day before.

Nothing of the list is lost: who leaves stays written with an end, and each row keeps its history.
"""

from datetime import timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from comptes.acces import aujourdhui
from comptes.parcours import TransitionImpossible, passer
from programme.enums import SensDePerimetre
from programme.parcours_perimetre import PARCOURS
from tableurs.francais import jour
from tableurs.typographie import typographier
from territoires import taches
from territoires.forms import communes_des_membres, contradictions, sans_commune
from territoires.models import Composition, Inscription, Liste, liste_en_vigueur
from territoires.perimetres import appliquer

UN_JOUR = timedelta(days=1)
# As the office writes it: a decision is prepared months ahead, not ten years.
A_UN_AN = timedelta(days=366)


def inscrire(demande, par, le, motif=""):
    """Write a request into the list in force, from the day `le` on, in one transaction. Returns the passage.

    Raises what `passer` does; `ValidationError` on « effet_le » when the day is wrong; `TransitionImpossible`, in
    words, when the list does not allow it.
    """
    transition = PARCOURS.transition("inscrire")
    return passer(demande, transition._replace(effet=partial(_ecrire, par=par, le=le)), par, motif=motif)


def liste_du_jour():
    """Return the list in force, or None."""
    return liste_en_vigueur(Liste.objects.select_related("phase"))


def inscription_de(demande):
    """Return the inscription of the territory in the list in force, or None."""
    return Inscription.objects.filter(territoire=demande.territoire_id, liste=liste_du_jour()).first()


def _ecrire(objets, par, le):
    for demande, _ in objets:
        en_vigueur = liste_du_jour()
        if en_vigueur is None:
            raise TransitionImpossible("Aucune liste n'est en vigueur.")
        # Two people changing territories of one list take turns: the second sees what the first wrote.
        liste = Liste.objects.select_for_update().get(pk=en_vigueur.pk)
        _verifier_le_jour(liste, le)
        inscription = inscription_de(demande)
        if inscription is None:
            raise TransitionImpossible(f"{demande.territoire} n'est pas dans la liste en vigueur, « {liste} ».")
        try:
            with transaction.atomic():
                composition = _composition(demande, inscription, le)
                composition._history_user = par
                composition._change_reason = f"{demande}, demande de périmètre"
                composition.save()
                _sans_chevauchement(liste, le)
                if le <= aujourdhui():
                    appliquer(liste)
        except IntegrityError:
            raise TransitionImpossible(
                "La liste n'accepte pas ce changement : une commune y serait dans deux territoires."
            ) from None
        taches.prevoir_les_echeances()
        demande.effet_le, demande.liste = le, liste


def _verifier_le_jour(liste, le):
    if le <= liste.date:
        message = f"La liste en vigueur est du {jour(liste.date)} : choisissez un jour qui la suit."
    elif le > aujourdhui() + A_UN_AN:
        message = "Ce jour est dans plus d'un an : vérifiez l'année."
    else:
        return
    raise ValidationError({"effet_le": typographier(message)})


def _composition(demande, inscription, le):
    """Return the row to write. Raises `TransitionImpossible` when the list says otherwise."""
    nom, liste = demande.collectivite.nom, inscription.liste
    actuelles = Composition.objects.filter(Q(au=None) | Q(au__gte=le), inscription__liste=liste)
    siennes = actuelles.filter(collectivite=demande.collectivite_id).select_related("inscription")
    deja = siennes.filter(inscription=inscription).order_by("-du").first()
    if demande.sens == SensDePerimetre.SORTIE:
        return _fin(deja, nom, inscription, actuelles, le)
    if deja:
        raise TransitionImpossible(f"{nom} est déjà membre de ce territoire dans la liste en vigueur.")
    if ailleurs := siennes.first():
        raise TransitionImpossible(
            f"{nom} est déjà dans « {ailleurs.inscription} » : sa sortie s'y inscrit d'abord, avant ce jour."
        )
    if not communes_des_membres([demande.collectivite], liste)[demande.collectivite_id]:
        raise TransitionImpossible(sans_commune(demande.collectivite, liste))
    return Composition(inscription=inscription, collectivite=demande.collectivite, du=le)


def _fin(deja, nom, inscription, actuelles, le):
    if deja is None:
        raise TransitionImpossible(f"{nom} n'est pas membre de ce territoire ce jour-là, dans la liste en vigueur.")
    if deja.au is not None:
        raise TransitionImpossible(
            f"La sortie de {nom} est déjà inscrite : elle en est membre jusqu'au {jour(deja.au)}."
        )
    if deja.du and deja.du >= le:
        raise TransitionImpossible(f"{nom} n'est membre que depuis le {jour(deja.du)} : elle sort un jour plus tard.")
    if not actuelles.filter(inscription=inscription, au=None).exclude(pk=deja.pk).exists():
        raise TransitionImpossible(f"Un territoire a au moins un membre : {nom} est le dernier de celui-ci.")
    deja.au = le - UN_JOUR
    return deja


def _sans_chevauchement(liste, le):
    """Raise `TransitionImpossible` when two territories would claim the same communes, then or on a later day."""
    prevus = Composition.objects.filter(inscription__liste=liste, du__gt=le).values_list("du", flat=True)
    for date in sorted({max(le, aujourdhui()), *prevus}):
        if phrases := contradictions(liste, date):
            raise TransitionImpossible(" ".join(phrases))
