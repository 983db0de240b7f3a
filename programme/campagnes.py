"""What happens in a campaign of follow-up: it takes its projects, gets its answers, reminds people, closes."""

from collections import Counter, defaultdict
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from comptes import courrier
from comptes.acces import aujourdhui
from comptes.models import Utilisateur
from comptes.routines import chaque_heure
from programme.enums import Meteo, QualitePorteur
from programme.genres_de_courrier import CAMPAGNES
from programme.models import Campagne, PointDeSuivi, Porteur, Projet
from tableurs import masse
from tableurs.exports import par_lots
from territoires.enums import QualiteRegionale, QualiteTerritoriale
from territoires.models import ActeurLocal, PiloteRegional, inscriptions_actuelles

CLOSE = "Cette campagne ne prend plus de réponse."
BLOQUE_PAR_QUOI = "Un projet bloqué : dites par quoi."
_ECRITS = ["meteo", "texte", "rien_de_nouveau", "saisi_par_id", "saisi_le", "version"]


class CampagneClose(Exception):
    """It can't be done any more; the text says so in French."""

    def __init__(self):
        super().__init__(CLOSE)


class Reponse(NamedTuple):
    """What somebody says of a project, having read that version of its row."""

    point: int
    version: int
    meteo: str
    texte: str
    rien_de_nouveau: bool = False


# --- Taking its projects
def couvrir(campagne):
    """Take the projects that are followed now: each has a row to answer. Nothing when somebody did it already."""
    with transaction.atomic():
        campagne = Campagne.objects.select_for_update().get(pk=campagne.pk)
        if campagne.couverte_le:
            return
        cles = campagne.projets_a_couvrir().order_by("pk").values_list("pk", flat=True)
        for lot in par_lots(cles.iterator(chunk_size=2000)):
            masse.inserer(PointDeSuivi, [PointDeSuivi(campagne=campagne, projet_id=cle) for cle in lot])
        campagne.couverte_le = timezone.now()
        campagne._change_reason = "Projets retenus"
        campagne.save(update_fields=["couverte_le"])


@chaque_heure
def couvrir_celles_du_jour():
    for campagne in Campagne.objects.a_couvrir():
        couvrir(campagne)


def clore(campagne, par):
    """Take no more answer, before the last day. Raises `CampagneClose` when it is closed already."""
    with transaction.atomic():
        campagne.refresh_from_db(from_queryset=Campagne.objects.select_for_update())
        if not (campagne.est_ouverte or campagne.est_a_venir):
            raise CampagneClose
        campagne.close_le, campagne.close_par = timezone.now(), par
        campagne._change_reason = "Close"
        campagne.save()


def recaler(campagne, par, au, rappels):
    """Move the last day of a campaign, and its reminders. Who has rows left to answer is told of the new day.

    Returns how many are told. Raises `CampagneClose`: what is over does not open again.
    """
    with transaction.atomic():
        campagne.refresh_from_db(from_queryset=Campagne.objects.select_for_update())
        if not (campagne.est_ouverte or campagne.est_a_venir):
            raise CampagneClose
        avant, campagne.au, campagne.rappels = campagne.au, au, rappels
        change = au != avant and campagne.est_ouverte
        if change:
            # What is announced today is not reminded of today.
            campagne.rappelee_le = aujourdhui()
        campagne._change_reason, campagne._history_user = "Fin et rappels modifiés", par
        campagne.save(update_fields=["au", "rappels", "rappelee_le"])
        return _ecrire_a(campagne, "campagne_recalee", {"avant": avant}, sauf=par) if change else 0


# --- Answers
def repondre(campagne, reponses, par):
    """Keep answers, with the weather of their projects; those whose row changed since it was read are left alone.

    Returns (how many were kept, keys of the rows that somebody else answered meanwhile). What is in a `Reponse` was
    checked by the form. Raises `CampagneClose`.
    """
    par_point = {reponse.point: reponse for reponse in reponses}
    with transaction.atomic():
        if not Campagne.objects.ouvertes().filter(pk=campagne.pk).exists():
            raise CampagneClose
        permis = PointDeSuivi.objects.modifiables_par(par).filter(campagne=campagne, pk__in=list(par_point))
        points = PointDeSuivi.objects.select_for_update().filter(pk__in=permis.values("pk")).order_by("pk")
        instant, ecrits, depasses = timezone.now(), [], []
        for point in points:
            reponse = par_point[point.pk]
            if reponse.version != point.version:
                depasses.append(point.pk)
                continue
            point.meteo, point.texte, point.rien_de_nouveau = reponse.meteo, reponse.texte, reponse.rien_de_nouveau
            point.saisi_par, point.saisi_le, point.version = par, instant, point.version + 1
            ecrits.append(point)
        masse.modifier(PointDeSuivi, _ECRITS, ecrits)
        masse.historiser(PointDeSuivi, ecrits, "~", par, f"Campagne « {campagne} »"[:100])
        remettre_la_meteo([point.projet_id for point in ecrits])
    return len(ecrits), depasses


def remettre_la_meteo(projets):
    """Write on projects (their keys) the weather of their latest answer: in the transaction that changed answers."""
    dernieres = PointDeSuivi.objects.filter(projet=OuterRef("pk")).repondus().order_by("-saisi_le", "-pk")
    Projet.objects.filter(pk__in=projets).update(
        meteo=Coalesce(Subquery(dernieres.values("meteo")[:1]), Value("")),
        meteo_le=Subquery(dernieres.values("saisi_le")[:1]),
    )


def avec_ce_qui_precede(points):
    """Return points that know what was said of their projects before: `avant_meteo`, `avant_texte`."""
    autres = PointDeSuivi.objects.filter(projet=OuterRef("projet")).exclude(campagne=OuterRef("campagne"))
    precedents = autres.repondus().order_by("-saisi_le", "-pk")
    return points.annotate(
        avant_meteo=Subquery(precedents.values("meteo")[:1]), avant_texte=Subquery(precedents.values("texte")[:1])
    )


def a_redire(meteo, texte):
    """Return what is wrong in an answer, as {field: message}."""
    if not meteo:
        return {"meteo": "Choisissez la météo du projet."}
    return {"texte": BLOQUE_PAR_QUOI} if meteo == Meteo.BLOQUE and not texte else {}


# --- Reminders
@chaque_heure
def rappeler_celles_du_jour():
    """Write to who has rows left to answer, on each of the days that the campaign says: once, even if late."""
    for campagne in Campagne.objects.ouvertes():
        jours = [campagne.au - timedelta(days=avant) for avant in campagne.rappels]
        dus = [jour for jour in jours if campagne.du <= jour <= aujourdhui()]
        if dus and (campagne.rappelee_le is None or campagne.rappelee_le < max(dus)):
            rappeler(campagne)


def rappeler(campagne):
    with transaction.atomic():
        campagne = Campagne.objects.select_for_update().get(pk=campagne.pk)
        if campagne.rappelee_le == aujourdhui() or not campagne.est_ouverte:
            return
        campagne.rappelee_le, campagne._change_reason = aujourdhui(), "Rappel"
        campagne.save(update_fields=["rappelee_le"])
        _ecrire_a(campagne, "campagne_rappel", {})


def _ecrire_a(campagne, gabarit, contexte, sauf=None):
    """Write to who has rows left to answer, but to one. Returns to how many: who wants no mail gets none."""
    attendus = attendus_de(campagne)
    lien = reverse("campagne_saisir", args=[campagne.cle])
    comptes = Utilisateur.objects.filter(pk__in=attendus, is_active=True).exclude(pk=sauf and sauf.pk).order_by("pk")
    ecrits = 0
    for compte in comptes:
        contexte = {**contexte, "campagne": campagne, "combien": attendus[compte.pk]}
        ecrits += courrier.ecrire(CAMPAGNES, compte, gabarit, contexte, lien=lien) is not None
    return ecrits


def attendus_de(campagne):
    """Return {account: number of rows that it may answer, and nobody has}: teams, porteurs, pilots of the region."""
    attente = campagne.points.en_attente()
    par_territoire = dict(
        attente.order_by()
        .values_list("projet__territoire")
        .annotate(combien=Count("pk"))
        .values_list("projet__territoire", "combien")
    )
    territoires = defaultdict(set)
    equipes = ActeurLocal.objects.en_cours().filter(
        territoire__in=list(par_territoire), qualite__in=QualiteTerritoriale.redigent()
    )
    for personne, territoire in equipes.values_list("personne", "territoire"):
        territoires[personne].add(territoire)
    pilotes = PiloteRegional.objects.en_cours().filter(qualite__in=QualiteRegionale.decident())
    pilotees = defaultdict(set)
    for region, territoire in inscriptions_actuelles().values_list("region", "territoire"):
        pilotees[region].add(territoire)
    for personne, region in pilotes.values_list("personne", "region"):
        territoires[personne] |= pilotees[region] & set(par_territoire)
    combien = Counter({personne: sum(par_territoire[un] for un in siens) for personne, siens in territoires.items()})
    portes = Porteur.objects.en_cours().filter(qualite=QualitePorteur.REDACTION, projet__in=attente.values("projet"))
    for personne, territoire in portes.values_list("personne", "projet__territoire"):
        if territoire not in territoires[personne]:
            combien[personne] += 1
    return {personne: nombre for personne, nombre in combien.items() if nombre}
