"""Campaigns of follow-up: the list, one of them, opening, answering, moving its end, closing."""

import io

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.acces import est_modifiable
from comptes.methodes import lire_ou_ecrire, lire_seulement
from programme.avancement import avancement, par_territoire
from programme.campagnes import CampagneClose, clore, couvrir, recaler
from programme.exports_de_suivi import SUIVI
from programme.forms.campagnes import FormulaireCalendrier, FormulaireCampagne, FormulaireCollage
from programme.grille import Grille
from programme.imports.suivi import ImportSuivi, en_tableau
from programme.models import Campagne, PointDeSuivi
from tableurs import lots
from tableurs.ecriture import FormatExport
from tableurs.francais import INSECABLE, jour, pluriel
from tableurs.lecture import FichierIllisible

FIL = ("Campagnes de suivi", "/campagnes/")


@lire_seulement
@never_cache
def liste(request):
    visibles = Campagne.objects.visibles_par(request.user)
    connus = Q(points__in=PointDeSuivi.objects.visibles_par(request.user))
    repondus = connus & Q(points__saisi_le__isnull=False)
    campagnes = visibles.annotate(combien=Count("points", filter=connus), repondus=Count("points", filter=repondus))
    contexte = {
        "fil_ariane": [("Campagnes de suivi", "")],
        "campagnes": campagnes.order_by("-au", "-pk"),
        "peut_ouvrir": Campagne.objects.ajoutables_par(request.user),
    }
    return render(request, "programme/campagne_liste.html", contexte)


@lire_ou_ecrire
@never_cache
def nouvelle(request):
    if not Campagne.objects.ajoutables_par(request.user):
        raise PermissionDenied
    formulaire = FormulaireCampagne(request.POST or None, personne=request.user)
    if request.method == "POST" and formulaire.is_valid():
        campagne = formulaire.save()
        if campagne.est_a_venir and Campagne.objects.a_couvrir().filter(pk=campagne.pk).exists():
            couvrir(campagne)
        messages.success(request, f"La campagne « {campagne} » est enregistrée.")
        return redirect(campagne)
    contexte = {"fil_ariane": [FIL, ("Ouvrir une campagne", "")], "form": formulaire}
    return render(request, "programme/campagne_nouvelle.html", contexte)


@lire_seulement
@never_cache
def campagne(request, cle):
    une = _visible(request, cle)
    points = PointDeSuivi.objects.visibles_par(request.user).filter(campagne=une)
    siens = avancement(PointDeSuivi.objects.modifiables_par(request.user).filter(campagne=une))
    contexte = {
        "fil_ariane": [FIL, (une.titre, "")],
        "campagne": une,
        "avancement": avancement(points),
        "territoires": par_territoire(points),
        "peut_saisir": siens.combien > 0,
        "reste": siens.attendent,
        "peut_changer": (une.est_ouverte or une.est_a_venir) and est_modifiable(une, request.user),
        "regions": [] if une.toutes_les_regions else une.regions.order_by("nom_normalise"),
    }
    return render(request, "programme/campagne_fiche.html", contexte)


@lire_ou_ecrire
@never_cache
def saisir(request, cle):
    """The grid: what is right is kept at once, what is not stays on the page with what is wrong."""
    une = _visible(request, cle)
    grille = Grille(une, request.user, en_attente="attente" in request.GET)
    if empechement := _empechement(request, une, grille):
        return empechement
    if request.method == "POST":
        try:
            gardees = grille.recevoir(request)
        except CampagneClose as close:
            messages.error(request, str(close))
            return redirect(une)
        _dire(request, gardees, grille)
        if not grille.refusees:
            return redirect(request.get_full_path())
    else:
        grille.montrer(request)
    contexte = {"fil_ariane": [FIL, (une.titre, une.get_absolute_url()), ("Répondre", "")], "campagne": une}
    return render(request, "programme/campagne_saisir.html", contexte | {"grille": grille})


def _dire(request, gardees, grille):
    if gardees:
        mots = pluriel(gardees, "réponse est enregistrée", "réponses sont enregistrées")
        messages.success(request, f"{gardees}{INSECABLE}{mots}.")
    elif not grille.refusees:
        messages.info(request, "Rien n'a changé.")


@lire_ou_ecrire
@never_cache
def coller(request, cle):
    """Rows copied from a spreadsheet become an import: previewed as a difference, applied, undone as any other."""
    une = _visible(request, cle)
    if empechement := _empechement(request, une, Grille(une, request.user)):
        return empechement
    formulaire = FormulaireCollage(request.POST or None)
    if request.method == "POST" and formulaire.is_valid():
        tableau = en_tableau(une, formulaire.cleaned_data["lignes"])
        try:
            lot = lots.deposer(io.BytesIO(tableau), "collage.tsv", ImportSuivi.cle, None, request.user, separateur="\t")
            return redirect(lot)
        except (FichierIllisible, lots.ColonnesIncompletes) as erreur:
            formulaire.add_error("lignes", str(erreur))
    contexte = {"fil_ariane": [FIL, (une.titre, une.get_absolute_url()), ("Coller depuis un tableur", "")]}
    return render(request, "programme/campagne_coller.html", contexte | {"campagne": une, "form": formulaire})


@lire_seulement
@never_cache
def classeur(request, cle, format_demande):
    """One's own rows as a workbook, which comes back by the imports."""
    une = _visible(request, cle)
    siens = PointDeSuivi.objects.modifiables_par(request.user).filter(campagne=une)
    if format_demande not in FormatExport.values:
        raise Http404("Export inconnu")
    if not siens.exists():
        raise PermissionDenied
    siens = siens.order_by("projet__territoire__nom", "projet_id")
    return SUIVI.fichier(format_demande, siens, nom=f"suivi_{une.cle}").reponse()


@lire_ou_ecrire
@never_cache
def modifier(request, cle):
    """Change the last day and the reminders, while it takes answers or has not begun."""
    une = _visible(request, cle)
    if not est_modifiable(une, request.user):
        raise PermissionDenied
    if not (une.est_ouverte or une.est_a_venir):
        messages.error(request, str(CampagneClose()))
        return redirect(une)
    fil_ariane = [FIL, (une.titre, une.get_absolute_url()), ("Changer la fin", "")]
    formulaire = FormulaireCalendrier(request.POST or None, instance=une)
    if request.method == "POST" and formulaire.is_valid():
        try:
            combien = recaler(une, request.user, **formulaire.cleaned_data)
            mots = f" {combien}{INSECABLE}{pluriel(combien, 'personne est avertie', 'personnes sont averties')}."
            messages.success(request, f"La campagne finit le {jour(une.au)}.{mots if combien else ''}")
        except CampagneClose as close:
            messages.error(request, str(close))
        return redirect(une)
    contexte = {"fil_ariane": fil_ariane, "campagne": Campagne.objects.get(pk=une.pk), "form": formulaire}
    return render(request, "programme/campagne_modifier.html", contexte)


@lire_ou_ecrire
@never_cache
def fermer(request, cle):
    """Close before the last day: confirmed on its own page."""
    une = _visible(request, cle)
    if not est_modifiable(une, request.user):
        raise PermissionDenied
    if request.method == "POST":
        try:
            clore(une, request.user)
            messages.success(request, "La campagne est close : elle ne prend plus de réponse.")
        except CampagneClose as close:
            messages.error(request, str(close))
        return redirect(une)
    contexte = {
        "fil_ariane": [FIL, (une.titre, une.get_absolute_url()), ("Clore", "")],
        "campagne": une,
        "reste": une.points.en_attente().count(),
    }
    return render(request, "programme/campagne_clore.html", contexte)


def _visible(request, cle):
    return get_object_or_404(Campagne.objects.visibles_par(request.user), cle=cle)


def _empechement(request, campagne, grille):
    """Return where to go when nobody answers any more; raise `PermissionDenied` for who has no row."""
    if not campagne.est_ouverte:
        messages.info(request, f"Cette campagne est {campagne.etat}{INSECABLE}: elle ne prend pas de réponse.")
        return redirect(reverse("campagne", args=[campagne.cle]))
    if not grille.siens.exists():
        raise PermissionDenied
    return None
