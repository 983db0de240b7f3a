"""Campaigns in the admin: read only, they are opened, answered and closed on their own pages."""

from django.contrib import admin

from comptes.administration import AdministrationHistorisee
from programme.models import Campagne


@admin.register(Campagne)
class CampagneAdmin(AdministrationHistorisee):
    list_display = ["titre", "du", "au", "nationale", "couverte_le", "close_le"]
    list_filter = ["nationale"]
    search_fields = ["titre"]
    plutot_que_supprimer = "Une campagne se garde, avec les réponses données."

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
