"""Accounts and the national team. An account begins when its owner accepts an invitation, nowhere else."""

from django.contrib import admin

from comptes import administration_courriels, administration_invitations  # noqa: F401 - declare their pages
from comptes.administration import AdministrationHistorisee
from comptes.administration_habilitations import AdministrationDesHabilitations
from comptes.models import EquipeNationale, Utilisateur


@admin.register(Utilisateur)
class UtilisateurAdmin(AdministrationHistorisee):
    list_display = ["email", "prenom", "nom", "fonction", "is_active", "last_login"]
    list_filter = ["is_active"]
    search_fields = ["email", "prenom", "nom", "fonction"]
    date_hierarchy = "date_joined"
    ordering = ["email"]
    # Its owner changes the address, and proves that it is theirs.
    readonly_fields = ["email", "last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "prenom", "nom", "fonction", "telephone"]}),
        ("Accès", {"fields": ["is_active"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        """Nobody shuts themselves out."""
        return [*self.readonly_fields, "is_active"] if obj == request.user else self.readonly_fields

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        """An account is made inactive: what its owner did stays signed."""
        return False


@admin.register(EquipeNationale)
class EquipeNationaleAdmin(AdministrationDesHabilitations):
    pass
