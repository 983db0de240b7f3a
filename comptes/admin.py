"""Accounts and the national team. An account begins when its owner accepts an invitation, nowhere else."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path

from comptes import administration_courriels, administration_invitations, effacement  # noqa: F401 - declare their pages
from comptes.administration import AdministrationHistorisee
from comptes.administration_habilitations import AdministrationDesHabilitations
from comptes.models import EquipeNationale, Utilisateur


class FormulaireUtilisateur(forms.ModelForm):
    def clean_is_active(self):
        """Two administrators don't close each other's account."""
        actif = self.cleaned_data["is_active"]
        if self.instance.is_active and not actif:
            effacement.verrouiller_les_administrateurs()
            if effacement.est_le_dernier_administrateur(self.instance):
                raise ValidationError(effacement.DERNIER_ADMINISTRATEUR)
        return actif


@admin.register(Utilisateur)
class UtilisateurAdmin(AdministrationHistorisee):
    form = FormulaireUtilisateur
    list_display = ["email", "prenom", "nom", "fonction", "is_active", "last_login"]
    list_filter = ["is_active"]
    search_fields = ["email", "prenom", "nom", "fonction"]
    date_hierarchy = "date_joined"
    ordering = ["email"]
    # Its owner changes the address, and proves that it is theirs.
    readonly_fields = ["email", "last_login", "date_joined", "efface_le"]
    fieldsets = [
        (None, {"fields": ["email", "prenom", "nom", "fonction", "telephone"]}),
        ("Accès", {"fields": ["is_active"]}),
        ("Dates", {"fields": ["last_login", "date_joined", "efface_le"]}),
    ]

    def get_urls(self):
        effacer = self.admin_site.admin_view(self.effacer)
        return [path("<path:object_id>/effacer/", effacer, name="comptes_utilisateur_effacer"), *super().get_urls()]

    def get_readonly_fields(self, request, obj=None):
        """Nobody shuts themselves out."""
        return [*self.readonly_fields, "is_active"] if obj == request.user else self.readonly_fields

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.efface_le)

    def save_model(self, request, obj, form, change):
        if "is_active" in form.changed_data:
            # Opened again: whoever was warned is warned anew (`comptes.inutilises`).
            obj.prevenu_le = None
        super().save_model(request, obj, form, change)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["peut_effacer"] = self.has_change_permission(request, obj) and obj != request.user
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def effacer(self, request, object_id):
        """Erase somebody who asked for it and can't sign in; for oneself, there is the page of one's account."""
        compte = self.get_object(request, object_id)
        if not self.has_change_permission(request, compte):
            raise PermissionDenied
        if compte == request.user:
            return redirect("effacer")
        if request.method == "POST":
            try:
                effacement.anonymiser(compte)
            except effacement.EffacementImpossible as impossible:
                self.message_user(request, str(impossible), messages.ERROR)
            else:
                self.message_user(request, "Le compte est effacé. Ce qu'il a signé le reste, sans nom.")
            return redirect("admin:comptes_utilisateur_change", compte.pk)
        contexte = {
            **self.admin_site.each_context(request),
            "title": "Effacer ce compte ?",
            "opts": self.opts,
            "compte": compte,
            "chiffres": effacement.consequences(compte),
        }
        return TemplateResponse(request, "admin/compte_effacer.html", contexte)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        """An account is made inactive: what its owner did stays signed."""
        return False


@admin.register(EquipeNationale)
class EquipeNationaleAdmin(AdministrationDesHabilitations):
    pass
