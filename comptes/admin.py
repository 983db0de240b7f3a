"""Accounts, for the national team."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group

from comptes import administration_courriels  # noqa: F401 - declares the page of messages
from comptes.administration import AdministrationHistorisee
from comptes.models import Utilisateur

# Rights come from habilitations, never from groups.
admin.site.unregister(Group)


class FormulaireCreation(AdminUserCreationForm):
    """A new account: an address instead of a user name; without password, its owner will choose one."""

    class Meta:
        model = Utilisateur
        fields = ["email", "prenom", "nom"]


class FormulaireModification(UserChangeForm):
    class Meta:
        model = Utilisateur
        fields = "__all__"
        field_classes = {"email": forms.EmailField}


@admin.register(Utilisateur)
class UtilisateurAdmin(AdministrationHistorisee, UserAdmin):
    form = FormulaireModification
    add_form = FormulaireCreation
    list_display = ["email", "prenom", "nom", "fonction", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_superuser", "is_active"]
    search_fields = ["email", "prenom", "nom", "fonction"]
    date_hierarchy = "date_joined"
    ordering = ["email"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Personne", {"fields": ["prenom", "nom", "fonction", "telephone"]}),
        ("Accès", {"fields": ["is_active", "is_staff", "is_superuser"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["email", "prenom", "nom"]}),
        ("Mot de passe", {"fields": ["usable_password", "password1", "password2"]}),
    ]

    def get_urls(self):
        adresses = super().get_urls()
        for adresse in adresses:
            # Named after Django's own model otherwise.
            if adresse.name == "auth_user_password_change":
                adresse.name = "comptes_utilisateur_password_change"
        return adresses

    def get_readonly_fields(self, request, obj=None):
        """Nobody gives rights that they don't have, nor shuts themselves out."""
        champs = super().get_readonly_fields(request, obj)
        if obj and (obj == request.user or not request.user.is_superuser):
            return [*champs, "is_active", "is_staff", "is_superuser"]
        return champs

    def has_change_permission(self, request, obj=None):
        """A superuser's address and password would be a way to become one."""
        autorise = super().has_change_permission(request, obj)
        return autorise and (obj is None or not obj.is_superuser or request.user.is_superuser)

    def has_delete_permission(self, request, obj=None):
        """An account is made inactive: what its owner did stays signed."""
        return False
