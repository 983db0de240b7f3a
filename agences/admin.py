"""Agencies, federations and who acts for them, in the admin."""

from django.contrib import admin

from agences.models import LIEUX, Agence, Cner, Correspondant, Desserte, Federation, MembreFederation
from comptes.administration import AdministrationHistorisee, SansDetour, decrire
from comptes.administration_habilitations import AdministrationDesHabilitations
from comptes.administration_regle import SelonLaRegle


class DessertesEnLigne(SelonLaRegle, SansDetour, admin.StackedInline):
    """One below the other: four assisted choices don't stand in a row."""

    model = Desserte
    fields = [("region", "departement"), ("collectivite", "territoire"), ("du", "au")]
    autocomplete_fields = LIEUX
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*LIEUX)


@admin.register(Agence)
class AgenceAdmin(AdministrationHistorisee):
    """The file of an agency, its contact address included: for its own people, CNER and the national team."""

    inlines = [DessertesEnLigne]
    list_display = ["nom", "niveau", "siren", "adherente_du", "adherente_au", "fermee_le"]
    list_filter = ["niveau"]
    search_fields = ["nom", "siren"]
    plutot_que_supprimer = "Une agence qui a fermé se garde, avec sa date de fermeture : elle quitte la liste publique."
    fieldsets = [
        (None, {"fields": ["nom", "niveau", "siren"]}),
        ("Adhésion au CNER", {"fields": ["adherente_du", "adherente_au"]}),
        ("Coordonnées", {"fields": ["courriel", "telephone", "adresse", "site", "presentation"]}),
        ("Fermeture", {"fields": ["fermee_le"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request) & Agence.objects.coordonnees_vues_par(request.user)

    def journaux_lies(self, cle):
        lignes = decrire(
            Desserte.historique.filter(agence_id=cle)
            .select_related("history_user", *LIEUX)
            .order_by("-history_date", "-history_id"),
            sauf=["agence"],
        )
        for ligne in lignes:
            ligne.objet = next(
                filter(None, (ligne.region, ligne.departement, ligne.collectivite, ligne.territoire)), ""
            )
        return [("Zones desservies", lignes)]


@admin.register(Federation)
class FederationAdmin(AdministrationHistorisee):
    list_display = ["nom", "siren"]
    search_fields = ["nom", "siren"]
    plutot_que_supprimer = "Une fédération dont des personnes lisent les listes se garde."


@admin.register(Correspondant)
class CorrespondantAdmin(AdministrationDesHabilitations):
    portees = ["agence"]


@admin.register(Cner)
class CnerAdmin(AdministrationDesHabilitations):
    pass


@admin.register(MembreFederation)
class MembreFederationAdmin(AdministrationDesHabilitations):
    portees = ["federation"]
