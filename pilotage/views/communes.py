"""« Ma commune est-elle concernée ? »"""

from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from comptes.pages_publiques import page_publique
from territoires import geometrie, recherche
from territoires.enums import NatureAppellation
from territoires.models import (
    Collectivite,
    Couverture,
    Departement,
    Inscription,
    Liste,
    Perimetre,
    Phase,
    Rattachement,
    Region,
    Territoire,
    liste_en_vigueur,
)


def _texte_cherche(request):
    return request.GET.get("q", "").replace("\x00", "").strip()[: recherche.LONGUEUR_MAX]


@page_publique(Collectivite, Departement)
def chercher(request):
    """Answer at once when one commune alone bears what was typed; otherwise a choice."""
    texte = _texte_cherche(request)
    reponse = recherche.chercher(texte)
    if reponse.exacte and len(reponse.communes) == 1:
        return redirect("commune", reponse.communes[0].commune_id)
    return render(
        request,
        "pilotage/commune_recherche.html",
        {
            "fil_ariane": [("Ma commune", "")],
            "texte": texte,
            "reponse": reponse,
            "communes": [
                (commune.commune_id, commune.nom, f"{commune.lieu}{_pourquoi(commune)}") for commune in reponse.communes
            ],
            "maximum": recherche.NOMBRE_DE_REPONSES,
        },
    )


@page_publique(Collectivite, Departement)
def suggestions(request):
    """Suggestions while typing: a list of {code, nom, detail}."""
    return JsonResponse(
        [
            {
                "adresse": reverse("commune", args=[commune.commune_id]),
                "nom": commune.nom,
                "detail": f"{commune.lieu}{_pourquoi(commune)}",
            }
            for commune in recherche.suggerer(_texte_cherche(request))
        ],
        safe=False,
    )


def _pourquoi(commune):
    """Return why a commune was found, when its name doesn't say it: « · pour Vouël »."""
    return "" if commune.nature == NatureAppellation.NOM else f" · pour {commune.libelle}"


@page_publique(Region, Departement, Collectivite, Rattachement, Phase, Liste, Territoire, Inscription, Perimetre)
def commune(request, code):
    objet = get_object_or_404(
        Collectivite.objects.communes().select_related("departement__region", "remplacee_par"),
        code=code.upper(),
    )
    if objet.remplacee_par_id:
        return redirect("commune", objet.remplacee_par_id)
    listes = list(Liste.objects.select_related("phase").order_by("-date"))
    couvertures = {}
    for couverture in Couverture.objects.filter(commune=objet).select_related("inscription__territoire"):
        couvertures.setdefault(couverture.liste_id, []).append(couverture)
    en_vigueur = liste_en_vigueur(listes)
    actuelle = en_vigueur.pk if en_vigueur else None
    a_chercher = en_vigueur and actuelle not in couvertures
    return render(
        request,
        "pilotage/commune_fiche.html",
        {
            "fil_ariane": [("Ma commune", reverse("communes")), (objet.nom, "")],
            "commune": objet,
            "outre_mer": geometrie.zone(objet.departement.region_id) != geometrie.METROPOLE,
            "liste": en_vigueur,
            "phase_achevee": en_vigueur and en_vigueur.phase.fin < timezone.localdate(),
            "reponses": [(liste, couvertures.get(liste.pk, [])) for liste in listes],
            "concernee": [couverture.inscription for couverture in couvertures.get(actuelle, [])],
            "intercommunalites": Collectivite.objects.filter(
                rattachements_membres__commune=objet, rattachements_membres__au=None
            ),
            "proches": recherche.plus_proches(en_vigueur, objet, request.version) if a_chercher else [],
        },
    )
