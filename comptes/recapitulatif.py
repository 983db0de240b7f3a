"""The daily digest: each morning, one message to each person for all those they chose to get once a day."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from comptes import courrier
from comptes.genres_de_courrier import RECAPITULATIF, Cadence
from comptes.models import Courrier, EtatCourrier, PreferenceCourrier, Utilisateur

# In Paris.
HEURE = time(8)


def derniere_echeance(maintenant):
    """Return the last time that digests were due."""
    ici = timezone.localtime(maintenant)
    echeance = datetime.combine(ici.date(), HEURE, tzinfo=ici.tzinfo)
    return echeance if echeance <= ici else datetime.combine(ici.date() - timedelta(days=1), HEURE, tzinfo=ici.tzinfo)


def ecrire_ceux_du_jour(maintenant=None):
    """Write the digests that are due. Returns how many. Nothing to remember: what is grouped no longer waits."""
    echeance = derniere_echeance(maintenant or timezone.now())
    attendent = Courrier.objects.filter(etat=EtatCourrier.A_GROUPER, cree_le__lt=echeance)
    # One a day: what a long transaction wrote just before eight waits for tomorrow.
    servis = Courrier.objects.filter(genre=RECAPITULATIF.cle, cree_le__gte=echeance)
    personnes = attendent.exclude(destinataire__in=servis.values("destinataire")).order_by("destinataire")
    cles = list(personnes.values_list("destinataire", flat=True).distinct())
    return sum(_ecrire(personne, attendent) for personne in Utilisateur.objects.filter(pk__in=cles).order_by("pk"))


def _ecrire(personne, attendent):
    """Group what waits for a person, all or nothing. Returns whether there was something to say."""
    with transaction.atomic():
        # A second worker waits here, then finds nothing.
        leurs = attendent.filter(destinataire=personne).select_for_update().order_by("cree_le", "pk")
        refuses = PreferenceCourrier.objects.filter(personne=personne, choix=Cadence.AUCUN)
        refuses = set(refuses.values_list("genre", flat=True))
        gardes, ecartes = [], []
        for message in leurs:
            (ecartes if message.genre in refuses or not personne.is_active else gardes).append(message)
        _changer(ecartes, etat=EtatCourrier.ANNULE)
        if not gardes:
            return False
        contexte = {"nombre": len(gardes), "rubriques": _rubriques(gardes)}
        porteur = courrier.ecrire(RECAPITULATIF, personne, "recapitulatif", contexte)
        _changer(gardes, etat=EtatCourrier.GROUPE, recapitulatif=porteur)
    return True


def _rubriques(messages):
    """Return [(label of a kind, its messages)], in the order of the oldest of each."""
    rubriques = {}
    for message in messages:
        rubriques.setdefault(message.libelle_du_genre, []).append(message)
    return list(rubriques.items())


def _changer(messages, **valeurs):
    Courrier.objects.filter(pk__in=[message.pk for message in messages]).update(**valeurs)
