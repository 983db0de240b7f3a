"""Opinions, committees, contracts, perimeter requests in the admin: read; they are written on their own pages."""

from django.contrib import admin

from comptes.administration import AdministrationHistorisee
from comptes.administration_regle import SelonLaRegle
from programme.admin.lecture import EnLecture
from programme.models import Avis, Comite, Contrat, DemandeDePerimetre, PointDeComite


@admin.register(Avis)
class AvisAdmin(EnLecture, AdministrationHistorisee):
    list_display = ["projet", "autorite", "sens", "date", "remplace_le"]
    list_filter = ["sens"]
    list_select_related = ["projet", "region", "departement"]
    search_fields = ["projet__titre", "projet__numero"]
    date_hierarchy = "date"

    @admin.display(description="autorité")
    def autorite(self, avis):
        return avis.autorite


class PointsEnLigne(EnLecture, SelonLaRegle, admin.TabularInline):
    model = PointDeComite
    fields = ["rang", "projet"]
    extra = max_num = 0
    can_delete = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("projet", "comite")


@admin.register(Comite)
class ComiteAdmin(EnLecture, AdministrationHistorisee):
    inlines = [PointsEnLigne]
    list_display = ["date", "region", "genre", "lieu", "clos_le"]
    list_filter = ["genre"]
    list_select_related = ["region"]
    search_fields = ["region__nom", "lieu"]
    date_hierarchy = "date"


@admin.register(Contrat)
class ContratAdmin(EnLecture, AdministrationHistorisee):
    list_display = ["territoire", "genre", "signe_le", "du", "au"]
    list_filter = ["genre"]
    list_select_related = ["territoire"]
    search_fields = ["territoire__nom", "signataires"]
    date_hierarchy = "signe_le"
    exclude = ["projets"]

    def get_queryset(self, request):
        """Anyone may know what was signed; the history of its projects is for those who know them all."""
        return super().get_queryset(request) & Contrat.objects.connus_par(request.user)


@admin.register(DemandeDePerimetre)
class DemandeDePerimetreAdmin(EnLecture, AdministrationHistorisee):
    list_display = ["territoire", "sens", "collectivite", "etat", "etat_depuis", "effet_le"]
    list_filter = ["etat", "sens"]
    list_select_related = ["territoire", "collectivite"]
    search_fields = ["territoire__nom", "collectivite__nom"]
    date_hierarchy = "etat_depuis"
