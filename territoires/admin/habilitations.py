"""Who acts for a region, for the State, for a territory."""

from django.contrib import admin

from comptes.administration_habilitations import AdministrationDesHabilitations
from territoires.models import ActeurLocal, EtatTerritorial, PiloteRegional


@admin.register(PiloteRegional)
class PiloteRegionalAdmin(AdministrationDesHabilitations):
    portees = ["region"]


@admin.register(EtatTerritorial)
class EtatTerritorialAdmin(AdministrationDesHabilitations):
    portees = ["region", "departement"]


@admin.register(ActeurLocal)
class ActeurLocalAdmin(AdministrationDesHabilitations):
    portees = ["territoire"]
    propres = ["nom_public"]
