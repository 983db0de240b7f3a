"""Habilitations in the admin: given, then ended."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from comptes.acces import aujourdhui
from comptes.administration import AdministrationHistorisee


class FormulaireHabilitation(forms.ModelForm):
    """`auteur` is who fills it: the page of the admin says."""

    auteur = None

    def clean(self):
        donnees = super().clean()
        portee = self.instance.portee
        nouvelle = self.instance.pk is None and not self.errors
        if self.instance.pk:
            self._refuser_la_fin(donnees)
        if nouvelle and not self._meta.model(
            qualite=donnees["qualite"], **({portee: donnees[portee]} if portee else {})
        ).nommable_par(self.auteur):
            raise ValidationError("Vous ne pouvez pas donner cette habilitation-là : d'autres que vous la donnent.")
        return donnees

    def _refuser_la_fin(self, donnees):
        """Say why it may not end then, or begin later, which ends it for now; others are kept from ending meanwhile."""
        habilitation, du, au = self.instance, donnees.get("du"), donnees.get("au")
        list(habilitation.pareilles().select_for_update().order_by("pk").values_list("pk"))
        habilitation.refresh_from_db(fields=["retiree_le"])
        fins = {"au": au} if "au" in self.changed_data and au else {}
        if habilitation.est_en_cours and du and du > aujourdhui():
            fins["du"] = None
        for champ, dernier_jour in fins.items():
            if raison := habilitation.empechement_de_fin(self.auteur, dernier_jour):
                self.add_error(champ, raison)


class AdministrationDesHabilitations(AdministrationHistorisee):
    """Who may do what. An habilitation is given, then ended; it never passes to another person or scope."""

    form = FormulaireHabilitation
    # Fields of the scope, as the kind calls them.
    portees = ()
    propres = ()
    search_fields = ["personne__email", "personne__prenom", "personne__nom"]
    list_filter = ["qualite"]

    def get_list_display(self, request):
        return ["personne", *self.portees, "qualite", "du", "au", "etat"]

    def get_list_select_related(self, request):
        return ["personne", *self.portees]

    def get_form(self, request, obj=None, change=False, **kwargs):
        formulaire = super().get_form(request, obj, change, **kwargs)
        formulaire.auteur = request.user
        return formulaire

    def get_autocomplete_fields(self, request):
        return ["personne", *self.portees]

    def get_fields(self, request, obj=None):
        champs = ["personne", *self.portees, "qualite", *self.propres, "du", "au", "acte_numero", "acte_date"]
        return [*champs, "nommee_par", "retiree_le"] if obj else champs

    def get_readonly_fields(self, request, obj=None):
        return ["personne", *self.portees, "qualite", "nommee_par", "retiree_le"] if obj else []

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        if not change:
            obj.nommee_par = request.user
        super().save_model(request, obj, form, change)

    @admin.display(description="état")
    def etat(self, habilitation):
        return habilitation.etat
