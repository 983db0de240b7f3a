"""Money in the admin: read there, moved by its own pages; and who operates envelopes."""

from django.contrib import admin

from comptes.administration import AdministrationHistorisee
from comptes.administration_habilitations import AdministrationDesHabilitations
from comptes.administration_regle import SelonLaRegle
from programme.admin.lecture import EnLecture
from programme.models import Financement, Mouvement, Operateur


@admin.register(Operateur)
class OperateurAdmin(AdministrationDesHabilitations):
    portees = ["enveloppe", "region"]


class MouvementsEnLigne(EnLecture, SelonLaRegle, admin.TabularInline):
    model = Mouvement
    fields = readonly_fields = [
        "transition",
        "autorite",
        "date",
        "acte",
        "programme",
        "engage",
        "verse",
        "saisie_par",
        "saisie_le",
    ]
    extra = max_num = 0
    can_delete = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("saisie_par", "financement__enveloppe")


@admin.register(Financement)
class FinancementAdmin(EnLecture, AdministrationHistorisee):
    inlines = [MouvementsEnLigne]
    list_display = ["__str__", "nature", "etat", "demande", "engage", "verse"]
    list_filter = ["etat", "nature", "enveloppe"]
    list_select_related = ["projet", "enveloppe"]
    search_fields = ["projet__titre", "projet__numero", "beneficiaire_nom", "beneficiaire_siret", "dossier_operateur"]
