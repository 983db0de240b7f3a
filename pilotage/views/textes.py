"""Pages of text: their words stand in templates, what depends on the installation in the settings."""

from django.conf import settings
from django.shortcuts import render

from comptes.pages_publiques import page_publique


def _texte(request, modele, titre):
    contexte = {
        "fil_ariane": [(titre, "")],
        "courriel_de_contact": settings.COURRIEL_DE_CONTACT,
        "editeur": settings.EDITEUR,
        "direction_de_la_publication": settings.DIRECTION_DE_LA_PUBLICATION,
        "hebergeur": settings.HEBERGEUR,
    }
    return render(request, f"pilotage/{modele}.html", contexte)


@page_publique()
def plan_du_site(request):
    return _texte(request, "texte_plan_du_site", "Plan du site")


@page_publique()
def accessibilite(request):
    return _texte(request, "texte_accessibilite", "Accessibilité")


@page_publique()
def mentions_legales(request):
    return _texte(request, "texte_mentions_legales", "Mentions légales")


@page_publique()
def donnees_personnelles(request):
    return _texte(request, "texte_donnees_personnelles", "Données personnelles")


@page_publique()
def aide(request):
    return _texte(request, "texte_aide", "Aide")
