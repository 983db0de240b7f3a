"""What awaits about perimeter requests: the team transmits, the region gives its opinion, the nation enters."""

from django.db.models import Q
from django.utils import timezone

from comptes.acces import administre
from comptes.models import EquipeNationale
from pilotage.a_faire.taches import INSECABLE, Source, Tache
from programme.enums import EtatDemande
from programme.models import DemandeDePerimetre
from territoires.enums import QualiteTerritoriale
from territoires.models import (
    ActeurLocal,
    Inscription,
    Liste,
    PiloteRegional,
    territoires_de_l_equipe,
    territoires_pilotes_par,
)


def sources():
    return (
        Source(
            _demandes,
            _dire,
            modeles=(DemandeDePerimetre, ActeurLocal, PiloteRegional, EquipeNationale, Inscription, Liste),
        ),
    )


def _demandes(personne):
    """In each state, those that await the person: an administrator may do all of it, but enters only."""
    siens = territoires_de_l_equipe(personne, QualiteTerritoriale.redigent())
    au_territoire = Q(etat=EtatDemande.BROUILLON, territoire__in=siens)
    a_la_region = Q(etat=EtatDemande.TRANSMISE, territoire__in=territoires_pilotes_par(personne))
    a_la_nation = Q(etat=EtatDemande.AVIS_RENDU) & administre(personne)
    saisies = DemandeDePerimetre.objects.saisis_par(personne).values("pk")
    attendues = DemandeDePerimetre.objects.filter(au_territoire | (a_la_region & ~Q(pk__in=saisies)) | a_la_nation)
    return attendues.select_related("territoire", "collectivite").order_by("etat_depuis", "pk")


_ATTENTES = {
    EtatDemande.BROUILLON: "la demande de périmètre est en préparation",
    EtatDemande.TRANSMISE: "la demande de périmètre attend l'avis de la région",
    EtatDemande.AVIS_RENDU: "la demande de périmètre attend d'être inscrite dans la liste en vigueur, ou refusée",
}


def _dire(demande):
    phrase = f"{demande} ({demande.territoire}){INSECABLE}: {_ATTENTES[demande.etat]}"
    return Tache(phrase, demande.get_absolute_url(), timezone.localdate(demande.etat_depuis))
