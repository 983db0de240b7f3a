"""Every URL of the portal starts here."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("pilotage.urls")),
    path("", include("agences.urls")),
    path("", include("programme.urls")),
    path("", include("comptes.urls")),
    path("", include("tableurs.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "pilotage.views.erreurs.requete_invalide"
handler403 = "pilotage.views.erreurs.acces_refuse"
handler404 = "pilotage.views.erreurs.page_introuvable"
# allauth, when a limit on attempts is reached.
handler429 = "comptes.limites.trop_de_tentatives"
handler500 = "pilotage.views.erreurs.erreur_interne"
