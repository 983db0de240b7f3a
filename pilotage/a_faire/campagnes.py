"""What awaits about campaigns of follow-up: answers, before the last day."""

from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from pilotage.a_faire.taches import INSECABLE, Source, Tache
from programme.enums import QualitePorteur
from programme.models import Campagne, PointDeSuivi, Porteur, Projet
from tableurs.francais import jour, pluriel
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
    regle = (Projet, PiloteRegional, ActeurLocal, Porteur, Inscription, Liste)
    return (Source(_campagnes, _dire, modeles=(Campagne, PointDeSuivi, *regle)),)


def _campagnes(personne):
    """Those where rows that they may answer have no answer: an administrator may too, but nothing awaits them there."""
    siens = Projet.objects.filter(
        Q(territoire__in=territoires_pilotes_par(personne))
        | Q(territoire__in=territoires_de_l_equipe(personne, QualiteTerritoriale.redigent()))
        | Q(pk__in=Porteur.objects.de(personne).filter(qualite=QualitePorteur.REDACTION).values("projet"))
    )
    attente = PointDeSuivi.objects.en_attente().filter(campagne=OuterRef("pk"), projet__in=siens.values("pk"))
    combien = attente.order_by().values("campagne").annotate(combien=Count("pk")).values("combien")
    return (
        Campagne.objects.ouvertes().annotate(attendues=Subquery(combien)).filter(attendues__gt=0).order_by("au", "pk")
    )


def _dire(campagne):
    combien = campagne.attendues
    phrase = (
        f"La campagne « {campagne} » attend {combien}{INSECABLE}{pluriel(combien, 'réponse')} "
        f"avant le {jour(campagne.au)} à minuit"
    )
    depuis = timezone.localdate(campagne.couverte_le)
    return Tache(phrase, reverse("campagne_saisir", args=[campagne.cle]), depuis, campagne.au)
