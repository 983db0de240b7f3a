"""Imports: their screens, for the national team, and the files that go with them."""

from django.urls import path

from tableurs.views import decisions, depot, fichiers, listes, verification

urlpatterns = [
    path("imports/", listes.liste, name="imports"),
    path("imports/nouveau/", depot.deposer, name="import_nouveau"),
    path("imports/modeles/<slug:ressource>.xlsx", fichiers.modele, name="import_modele"),
    path("imports/donnees/<slug:cle>.<slug:format_demande>", fichiers.donnees, name="import_donnees"),
    path("imports/<slug:cle>/", verification.fiche, name="import"),
    path("imports/<slug:cle>/colonnes/", depot.colonnes, name="import_colonnes"),
    path("imports/<slug:cle>/lecture/", depot.relire, name="import_lecture"),
    path("imports/<slug:cle>/disparus/", decisions.choisir_les_disparus, name="import_disparus"),
    path("imports/<slug:cle>/appliquer/", decisions.appliquer, name="import_appliquer"),
    path("imports/<slug:cle>/annuler/", decisions.annuler, name="import_annuler"),
    path("imports/<slug:cle>/abandonner/", decisions.abandonner, name="import_abandonner"),
    path("imports/<slug:cle>/refus.xlsx", fichiers.refus, name="import_refus"),
    path("imports/<slug:cle>/lignes.<slug:format_demande>", fichiers.lignes, name="import_lignes"),
]
