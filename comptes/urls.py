from django.contrib.auth.views import LogoutView
from django.urls import path

from comptes import views, views_courriels

urlpatterns = [
    path("connexion/", views.Connexion.as_view(), name="connexion"),
    path("deconnexion/", LogoutView.as_view(), name="deconnexion"),
    path("compte/courriels/", views_courriels.preferences, name="courriels"),
]
