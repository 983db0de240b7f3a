"""Addresses of projects. One address an object, public or not: the rule of access says what it shows."""

from django.urls import path

from programme.views import parcours, projets

urlpatterns = [
    # Reading
    path("projets/", projets.liste, name="projets"),
    path("projets/<slug:cle>/", projets.fiche, name="projet"),
    # Moving
    path("projets/<slug:cle>/etape/<slug:etape>/", parcours.passer_une_etape, name="projet_etape"),
    # Writing the fiche
]
