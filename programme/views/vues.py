"""A person's own views of the list of projects: kept, renamed, replaced, deleted."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.methodes import lire_ou_ecrire, lire_seulement, methodes
from programme.forms.vues import FormulaireVue
from programme.models import VueDeProjets
from programme.models.vues import LONGUEUR_MAX_QUESTION, VUES_MAX
from programme.views.projets import incompris, projets_demandes
from programme.vues_de_projets import ce_qu_elle_montre, question_retenue
from tableurs.views.acces import envoi

recevoir_seulement = methodes("POST")


@lire_seulement
@never_cache
def liste(request):
    vues = VueDeProjets.objects.visibles_par(request.user)
    filtre, _ = projets_demandes(request, QueryDict())
    contexte = {
        "fil_ariane": _fil_ariane("Mes vues"),
        "vues": [(vue, ce_qu_elle_montre(vue, filtre)) for vue in vues],
        "maximum": VUES_MAX,
    }
    return render(request, "programme/vue_liste.html", contexte)


@lire_ou_ecrire
@never_cache
def nouvelle(request):
    """Keep what the same address, at `/projets/`, shows."""
    question, refus = _question(request)
    if refus:
        messages.error(request, refus)
        return redirect(f"{reverse('projets')}?{request.GET.urlencode()}")
    donnees, _ = envoi(request)
    vue = VueDeProjets(personne=request.user, question=question)
    formulaire = FormulaireVue(donnees, instance=vue)
    if formulaire.is_bound and formulaire.is_valid() and formulaire.garder():
        messages.success(request, f"La vue « {vue} » est enregistrée : vous la retrouvez au-dessus de la liste.")
        return redirect(vue)
    return _formulaire(request, formulaire, vue, "Enregistrer cette vue")


@lire_ou_ecrire
@never_cache
def modifier(request, cle):
    vue = _vue_ou_404(request, cle)
    donnees, _ = envoi(request)
    formulaire = FormulaireVue(donnees, instance=vue)
    if formulaire.is_bound and formulaire.is_valid() and formulaire.garder():
        messages.success(request, f"La vue « {vue} » est enregistrée.")
        return redirect("vues")
    return _formulaire(request, formulaire, VueDeProjets.objects.get(pk=vue.pk), "Modifier une vue")


@recevoir_seulement
def remplacer(request, cle):
    """What the address asks takes the place of what the view asked."""
    vue = _vue_ou_404(request, cle)
    vue.question, refus = _question(request)
    try:
        if refus:
            raise ValidationError(refus)
        vue.garder()
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
        return redirect(f"{reverse('projets')}?{request.GET.urlencode()}")
    messages.success(request, f"La vue « {vue} » montre maintenant ce qui est affiché.")
    return redirect(vue)


@lire_ou_ecrire
@never_cache
def supprimer(request, cle):
    vue = _vue_ou_404(request, cle)
    donnees, _ = envoi(request)
    if donnees is not None:
        vue.delete()
        messages.success(request, f"La vue « {vue} » est supprimée.")
        return redirect("vues")
    return render(request, "programme/vue_supprimer.html", {"fil_ariane": _fil_ariane("Supprimer une vue"), "vue": vue})


def _vue_ou_404(request, cle):
    return get_object_or_404(VueDeProjets.objects.visibles_par(request.user), cle=cle)


def _question(request):
    """Return what is kept of the address, and why it can't be, in a sentence."""
    filtre, _ = projets_demandes(request)
    question = question_retenue(request.GET)
    if not filtre.is_valid():
        return "", f"Cette vue n'est pas enregistrée : {' ; '.join(incompris(filtre))} n'est pas compris."
    if len(question) > LONGUEUR_MAX_QUESTION:
        return "", "Cette vue n'est pas enregistrée : ce qu'elle cherche est trop long."
    return question, ""


def _formulaire(request, formulaire, vue, titre):
    filtre, _ = projets_demandes(request, QueryDict())
    contexte = {
        "fil_ariane": _fil_ariane(titre),
        "form": formulaire,
        "vue": vue,
        "titre": titre,
        "montre": ce_qu_elle_montre(vue, filtre),
        "retour": reverse("vues") if vue.pk else f"{reverse('projets')}?{request.GET.urlencode()}",
    }
    return render(request, "programme/vue_modifier.html", contexte)


def _fil_ariane(page):
    fil = [("Projets", reverse("projets"))]
    return [*fil, ("Mes vues", reverse("vues")), (page, "")] if page != "Mes vues" else [*fil, (page, "")]
