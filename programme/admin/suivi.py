"""Indicators in the admin, with their readings."""

from django.contrib import admin

from comptes.administration import AdministrationHistorisee, SansDetour, decrire
from comptes.administration_regle import SelonLaRegle
from programme.models import Indicateur, Projet, Releve


class RelevesEnLigne(SelonLaRegle, SansDetour, admin.TabularInline):
    model = Releve
    extra = 0

    def has_add_permission(self, request, obj=None):
        return self._se_suit(request, obj)

    def has_change_permission(self, request, obj=None):
        return self._se_suit(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self._se_suit(request, obj)

    def _se_suit(self, request, indicateur):
        if indicateur is None or indicateur.pk is None:
            return Indicateur.objects.ajoutables_par(request.user)
        return self._interroger(
            request,
            indicateur.pk,
            lambda personne: Indicateur.objects.modifiables_par(personne).filter(pk=indicateur.pk).exists(),
        )


@admin.register(Indicateur)
class IndicateurAdmin(AdministrationHistorisee):
    inlines = [RelevesEnLigne]
    list_display = ["nom", "projet", "unite", "base", "cible"]
    list_select_related = ["projet"]
    search_fields = ["nom", "projet__titre", "projet__numero"]
    autocomplete_fields = ["projet"]

    def get_readonly_fields(self, request, obj=None):
        return ["projet"] if obj else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "projet":
            kwargs["queryset"] = Projet.objects.completables_par(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def journaux_lies(self, cle):
        lignes = decrire(
            Releve.historique.filter(indicateur_id=cle)
            .select_related("history_user", "indicateur")
            .order_by("-history_date", "-history_id"),
            sauf=["indicateur"],
        )
        for ligne in lignes:
            ligne.objet = f"{ligne.date:%d/%m/%Y}"
        return [("Relevés", lignes)]
