"""Regions, départements, communes and groups of communes."""

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html

from comptes.administration import AdministrationHistorisee
from tableurs.francais import nombre, normaliser, pluriel
from tableurs.typographie import typographier
from territoires.enums import NatureCollectivite
from territoires.models import Collectivite, Departement, Rattachement, Region
from territoires.recherche import communes_commencant_par

AVERTISSEMENT_COG = typographier(
    "Ces lignes viennent des fichiers de référence : « charger_reference » leur rend ce que disent ces fichiers, "
    "une correction durable s'inscrit dans fixtures/reference/corrections.csv. Les périmètres des territoires ne "
    "suivent qu'avec l'action « Recalculer les périmètres » d'une liste."
)


@admin.display(description="nom", ordering="nom_normalise")
def nom_en_ordre(nommee):
    return nommee.nom


@admin.register(Region)
class RegionAdmin(AdministrationHistorisee):
    list_display = [nom_en_ordre, "code", "population", "superficie"]
    list_select_related = ["fond"]
    search_fields = ["nom", "code"]
    fieldsets = [(None, {"fields": ["code", "nom"], "description": AVERTISSEMENT_COG})]
    plutot_que_supprimer = "Une région ne se supprime pas : les listes passées y renvoient."

    def get_queryset(self, request):
        return super().get_queryset(request).defer("fond__trace")

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []

    @admin.display(description="population municipale", ordering="fond__population")
    def population(self, region):
        return nombre(region.fond.population) if hasattr(region, "fond") else None

    @admin.display(description="superficie (km²)", ordering="fond__superficie")
    def superficie(self, region):
        return nombre(region.fond.superficie) if hasattr(region, "fond") else None


@admin.register(Departement)
class DepartementAdmin(AdministrationHistorisee):
    list_display = [nom_en_ordre, "code", "region"]
    list_filter = ["region"]
    list_select_related = ["region"]
    search_fields = ["nom", "code"]
    autocomplete_fields = ["region"]
    fieldsets = [(None, {"fields": ["code", "nom", "region"], "description": AVERTISSEMENT_COG})]
    plutot_que_supprimer = "Un département ne se supprime pas : ses communes y renvoient."

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []


class Existence(admin.SimpleListFilter):
    title = "existence"
    parameter_name = "existence"

    def lookups(self, request, model_admin):
        return [("actuelle", "Aujourd'hui"), ("finie", "A pris fin")]

    def queryset(self, request, queryset):
        return queryset.filter(au__isnull=self.value() == "actuelle") if self.value() else queryset


def collectivites_nommees(texte):
    """Return the condition on collectivités for what someone typed: a name whatever its accents, a code, a postcode.

    Communes of today are found as on the public site; groups and former communes, few, are compared one by one.
    """
    mots = normaliser(texte).split()
    if not mots:
        return Q(pk__in=[])
    autres = Collectivite.objects.exclude(nature=NatureCollectivite.COMMUNE, au=None).values_list("code", "nom")
    trouvees = [code for code, nom in autres if all(mot in f"{normaliser(nom)} {code.lower()}" for mot in mots)]
    return Q(pk__in=communes_commencant_par(texte)) | Q(pk__in=trouvees)


@admin.register(Collectivite)
class CollectiviteAdmin(AdministrationHistorisee):
    list_display = ["nom", "code", "nature", "departement", "habitants", "du", "au", "remplacee_par"]
    list_filter = ["nature", Existence, "departement__region"]
    list_select_related = ["departement", "remplacee_par"]
    show_full_result_count = False
    search_fields = ["nom", "code"]
    search_help_text = "Nom (avec ou sans accents, ancien nom compris), code Insee, SIREN ou code postal."
    autocomplete_fields = ["departement", "remplacee_par"]
    fieldsets = [
        (
            None,
            {
                "fields": ["code", "nature", "nom", "departement", "codes_postaux"],
                "description": AVERTISSEMENT_COG,
            },
        ),
        ("Mesures", {"fields": ["population", "superficie", "longitude", "latitude"]}),
        ("Existence", {"fields": ["du", "au", "remplacee_par"]}),
        ("Liens", {"fields": ["rattachements"]}),
    ]
    plutot_que_supprimer = typographier(
        "Une collectivité qui disparaît garde sa ligne : indiquez « jusqu'au » et « remplacée par »."
    )

    def get_readonly_fields(self, request, obj=None):
        return ["code", "rattachements"] if obj else ["rattachements"]

    def get_search_results(self, request, queryset, search_term):
        return (queryset.filter(collectivites_nommees(search_term)) if search_term.strip() else queryset), False

    @admin.display(description="population", ordering="population")
    def habitants(self, collectivite):
        return nombre(collectivite.population)

    @admin.display(description="rattachements")
    def rattachements(self, collectivite):
        champ = "commune" if collectivite.est_commune else "groupement"
        total = Rattachement.objects.filter(**{champ: collectivite}).count()
        return format_html(
            '<a href="{}?{}={}">{} {}</a>',
            reverse("admin:territoires_rattachement_changelist"),
            champ,
            collectivite.pk,
            nombre(total),
            pluriel(total, "rattachement"),
        )


@admin.register(Rattachement)
class RattachementAdmin(AdministrationHistorisee):
    list_display = ["commune", "groupement", "du", "au"]
    list_filter = [Existence, "groupement__nature"]
    list_select_related = ["commune", "groupement"]
    show_full_result_count = False
    search_fields = ["commune__nom"]
    search_help_text = "Nom ou code de la commune ou du groupement."
    autocomplete_fields = ["commune", "groupement"]
    fieldsets = [(None, {"fields": ["commune", "groupement", "du", "au"], "description": AVERTISSEMENT_COG})]
    plutot_que_supprimer = typographier(
        "Une commune qui quitte un groupement garde son rattachement : indiquez « jusqu'au »."
    )

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        trouvees = Collectivite.objects.filter(collectivites_nommees(search_term)).order_by().values("pk")
        return queryset.filter(Q(commune__in=trouvees) | Q(groupement__in=trouvees)), False
