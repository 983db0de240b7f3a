"""Pages by what they are about: the public ones, then those of the members."""

from django.urls import path

from pilotage.views import (
    acces,
    accueil,
    communes,
    exports,
    financements,
    habilitations,
    membres,
    mesures,
    technique,
    territoires,
    textes,
)

urlpatterns = [
    path("", accueil.accueil, name="accueil"),
    path("communes/", communes.chercher, name="communes"),
    path("communes/suggestions/", communes.suggestions, name="communes_suggestions"),
    path("communes/export.<str:format_demande>", exports.communes, name="communes_export"),
    path("communes/<slug:code>/", communes.commune, name="commune"),
    path("carte/", territoires.carte, name="carte"),
    path("territoires/", territoires.liste, name="territoires"),
    path("territoires/export.<str:format_demande>", exports.territoires, name="territoires_export"),
    path("territoires/<slug:slug>/", territoires.fiche, name="territoire"),
    path("territoires/<slug:slug>/acces/", acces.territoire_acces, name="territoire_acces"),
    path("mesures/", mesures.liste, name="mesures"),
    path("mesures/export.<str:format_demande>", exports.mesures, name="mesures_export"),
    path("mesures/<slug:code>/", mesures.fiche, name="mesure"),
    path("financements/", financements.financements, name="financements"),
    path("financements/export.<str:format_demande>", exports.financements, name="financements_export"),
    path("membres/", membres.liste, name="membres"),
    path("membres/export.<str:format_demande>", membres.exporter, name="membres_export"),
    path("membres/<slug:genre>/<slug:cle>/", habilitations.fiche, name="membre"),
    path("membres/<slug:genre>/<slug:cle>/terminer/", habilitations.terminer, name="membre_terminer"),
    path("membres/<slug:genre>/<slug:cle>/transferer/", habilitations.transferer, name="membre_transferer"),
    path("plan-du-site/", textes.plan_du_site, name="plan_du_site"),
    path("accessibilite/", textes.accessibilite, name="accessibilite"),
    path("mentions-legales/", textes.mentions_legales, name="mentions_legales"),
    path("donnees-personnelles/", textes.donnees_personnelles, name="donnees_personnelles"),
    path("aide/", textes.aide, name="aide"),
    path("sante/", technique.sante, name="sante"),
    path("robots.txt", technique.robots, name="robots"),
    path("sitemap.xml", technique.sitemap, name="sitemap"),
]
