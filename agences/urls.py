from django.urls import path

from agences import views

urlpatterns = [
    path("agences/<slug:slug>/modifier/", views.modifier, name="agence_modifier"),
]
