"""The catalogue of the programme and what was announced, for the national team."""

from django.contrib import admin

from comptes.administration import AdministrationHistorisee
from programme.enums import PrecisionMontant, UniteChiffre
from programme.models import Besoin, ChiffreAnnonce, Enveloppe, Mesure
from tableurs.francais import INSECABLE, millions, nombre


@admin.register(Besoin)
class BesoinAdmin(AdministrationHistorisee):
    list_display = ["nom", "code", "phase", "ordre"]
    list_filter = ["phase"]
    list_select_related = ["phase"]
    search_fields = ["nom", "code", "description"]
    autocomplete_fields = ["phase"]
    plutot_que_supprimer = "Un besoin se garde tant que des mesures y répondent."

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []


@admin.register(Mesure)
class MesureAdmin(AdministrationHistorisee):
    list_display = ["titre", "code", "besoin", "ordre", "fiabilite"]
    list_filter = ["fiabilite", "besoin", "besoin__phase"]
    list_select_related = ["besoin"]
    search_fields = ["titre", "code", "description", "besoin__nom"]
    autocomplete_fields = ["besoin"]

    def get_readonly_fields(self, request, obj=None):
        # It is in the address of the public page.
        return ["code"] if obj else []


@admin.register(Enveloppe)
class EnveloppeAdmin(AdministrationHistorisee):
    list_display = ["nom", "code", "phase", "montant", "circuit"]
    list_filter = ["phase", "precision", "circuit"]
    list_select_related = ["phase"]
    search_fields = ["nom", "code", "source"]
    autocomplete_fields = ["phase", "region"]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []

    @admin.display(description="montant annoncé", ordering="montant_annonce", empty_value="inconnu")
    def montant(self, enveloppe):
        if enveloppe.montant_annonce is None:
            return None
        plus_de = f"plus de{INSECABLE}" if enveloppe.precision == PrecisionMontant.AU_MOINS else ""
        return f"{plus_de}{millions(enveloppe.montant_annonce)}"


@admin.register(ChiffreAnnonce)
class ChiffreAnnonceAdmin(AdministrationHistorisee):
    list_display = ["libelle", "cle", "annonce", "precision"]
    list_filter = ["unite"]
    search_fields = ["libelle", "cle", "source"]

    def get_readonly_fields(self, request, obj=None):
        # Pages name the figures they show by this key.
        return ["cle"] if obj else []

    @admin.display(description="valeur", ordering="valeur")
    def annonce(self, chiffre):
        if chiffre.unite == UniteChiffre.EUROS:
            return millions(chiffre.valeur)
        suffixe = f"{INSECABLE}%" if chiffre.unite == UniteChiffre.POURCENTAGE else ""
        return f"{nombre(chiffre.valeur)}{suffixe}"
