"""The administrative map and the lists, for the national team.

What is computed from them (coverage, perimeters, outlines, ways to look for a commune) is shown, never typed.
"""

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import slugify
from simple_history.utils import update_change_reason

from comptes.administration import AdministrationHistorisee
from tableurs.francais import enumeration, nombre, normaliser, pluriel
from tableurs.typographie import typographier
from territoires.forms import (
    FormulaireInscription,
    FormulaireListe,
    FormulaireMembre,
    FormulairesMembres,
    FormulaireTerritoire,
    contradictions,
)
from territoires.models import (
    Appellation,
    Collectivite,
    Composition,
    Departement,
    Filiation,
    Inscription,
    Liste,
    Phase,
    Rattachement,
    Region,
    Territoire,
)
from territoires.perimetres import appliquer
from territoires.recherche import normaliser_lieu

AVERTISSEMENT_COG = typographier(
    "Ces lignes viennent des fichiers de référence : « charger_reference » leur rend ce que disent ces fichiers, "
    "une correction durable s'inscrit dans fixtures/reference/corrections.csv. Les périmètres des territoires ne "
    "suivent qu'avec l'action « Recalculer les périmètres » d'une liste."
)


def recalculer(request, liste):
    """Recompute the perimeters of a list, and say so."""
    appliquer(liste)
    messages.info(request, typographier(f"Les périmètres de « {liste} » ont été recalculés."))


@admin.register(Region)
class RegionAdmin(AdministrationHistorisee):
    list_display = ["nom", "code", "population", "superficie"]
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
    list_display = ["nom", "code", "region"]
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
    cherche, mots = normaliser_lieu(texte), normaliser(texte).split()
    if not mots:
        return Q(pk__in=[])
    autres = Collectivite.objects.exclude(nature="COM", au=None).values_list("code", "nom")
    trouvees = [code for code, nom in autres if all(mot in f"{normaliser(nom)} {code.lower()}" for mot in mots)]
    communes = Appellation.objects.filter(texte__prefixe=cherche).values("commune")
    return Q(pk__in=communes) | Q(pk__in=trouvees)


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

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        communes = db_field.name == "commune"
        objets = Collectivite.objects
        kwargs["queryset"] = objets.communes() if communes else objets.groupements()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Phase)
class PhaseAdmin(AdministrationHistorisee):
    list_display = ["nom", "numero", "debut", "fin"]
    search_fields = ["nom"]
    plutot_que_supprimer = "Une phase qui a des listes, des territoires ou des mesures se garde."

    def get_readonly_fields(self, request, obj=None):
        return ["numero"] if obj else []


@admin.register(Liste)
class ListeAdmin(AdministrationHistorisee):
    form = FormulaireListe
    actions = ["recalculer_les_perimetres"]
    list_display = ["titre", "date_en_clair", "precision", "phase", "slug"]
    list_filter = ["phase"]
    list_select_related = ["phase"]
    search_fields = ["titre", "slug"]
    autocomplete_fields = ["phase"]
    prepopulated_fields = {"slug": ["date"]}
    plutot_que_supprimer = "Une liste est la photographie d'un jour : une nouvelle liste la suit, sans l'effacer."

    def get_readonly_fields(self, request, obj=None):
        # The slug stands in public addresses; territories are those of one phase.
        return ["slug", "phase"] if obj else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    @admin.display(description="date", ordering="date")
    def date_en_clair(self, liste):
        return liste.date_en_clair

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if change and "date" in form.changed_data:
            recalculer(request, form.instance)

    @admin.action(description="Recalculer les périmètres", permissions=["change"])
    def recalculer_les_perimetres(self, request, queryset):
        for choisie in queryset.order_by("date"):
            with transaction.atomic():
                liste = Liste.objects.select_for_update().get(pk=choisie.pk)
                phrases = contradictions(liste)
                if not phrases:
                    recalculer(request, liste)
                    liste.save()
                    update_change_reason(liste, "Périmètres recalculés")
            if phrases:
                messages.error(
                    request,
                    typographier(f"Les périmètres de « {liste} » n'ont pas été recalculés. {' '.join(phrases)}"),
                )


class InscriptionsDuTerritoire(admin.TabularInline):
    """In which lists a territory stands: read here, changed on the page of each."""

    model = Inscription
    fields = ["liste", "code", "nom", "region", "fiabilite"]
    readonly_fields = fields
    extra = 0
    show_change_link = True
    can_delete = False
    verbose_name_plural = "Dans les listes"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("liste", "region").order_by("liste__date")

    def has_add_permission(self, request, obj):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Territoire)
class TerritoireAdmin(AdministrationHistorisee):
    """A territory is known by its first code in a phase; its name follows its latest list."""

    form = FormulaireTerritoire
    inlines = [InscriptionsDuTerritoire]
    list_display = ["nom", "code", "phase", "dans_les_listes"]
    list_filter = ["phase", "inscriptions__liste", "inscriptions__fiabilite", "inscriptions__region"]
    list_select_related = ["phase"]
    search_fields = ["nom", "code", "inscriptions__nom"]
    plutot_que_supprimer = "Un territoire qui a été dans une liste se garde : la liste y renvoie."

    def get_queryset(self, request):
        inscriptions = Inscription.objects.select_related("liste").order_by("liste__date")
        return super().get_queryset(request).prefetch_related(Prefetch("inscriptions", inscriptions))

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description="listes (fiabilité)")
    def dans_les_listes(self, territoire):
        return format_html_join(
            " · ",
            "{} ({})",
            (
                (inscription.liste.date_en_clair, inscription.get_fiabilite_display())
                for inscription in territoire.inscriptions.all()
            ),
        )

    def save_model(self, request, obj, form, change):
        if not obj.slug:
            obj.slug = slugify(obj.nom)[:130]
            if Territoire.objects.filter(slug=obj.slug).exists():
                obj.slug = f"{obj.slug}-{slugify(obj.code)}"
        super().save_model(request, obj, form, change)


class MembresEnLigne(admin.TabularInline):
    model = Composition
    form = FormulaireMembre
    formset = FormulairesMembres
    fields = ["collectivite", "du", "au"]
    autocomplete_fields = ["collectivite"]
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("collectivite")


@admin.register(Inscription)
class InscriptionAdmin(AdministrationHistorisee):
    form = FormulaireInscription
    inlines = [MembresEnLigne]
    list_display = ["nom", "code", "liste", "region", "fiabilite", "communes", "population", "superficie"]
    list_filter = ["liste", "fiabilite", "region"]
    list_select_related = ["liste", "region", "perimetre"]
    search_fields = ["nom_normalise"]
    search_help_text = "Nom ou code, avec ou sans accents."
    autocomplete_fields = ["territoire", "region", "regions"]
    plutot_que_supprimer = (
        "Une liste est la photographie d'un jour : un territoire qui en sort par décision garde son inscription, "
        "avec la fin de ses membres."
    )
    computed = [
        "communes",
        "population",
        "superficie",
        "densite",
        "departements_des_communes",
        "regions_des_communes",
        "voisins",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("perimetre__geometrie", "perimetre__trace", "perimetre__trace_carte")

    def get_readonly_fields(self, request, obj=None):
        return ["liste", *self.computed] if obj else []

    def get_fieldsets(self, request, obj=None):
        groupes = [
            (None, {"fields": ["liste", "territoire", "code", "nom"]}),
            ("Régions", {"fields": ["region", "regions"]}),
            ("Fiabilité", {"fields": ["fiabilite", "source"]}),
        ]
        if obj:
            groupes.append(
                (
                    "Calculé à partir des membres",
                    {
                        "fields": self.computed,
                        "description": "Recalculé quand on enregistre des membres : quelques secondes.",
                    },
                )
            )
        return groupes

    def view_on_site(self, inscription):
        return inscription.territoire.get_absolute_url()

    def journaux_lies(self, cle):
        lignes = (
            Composition.historique.filter(inscription_id=cle)
            .select_related("history_user", "collectivite")
            .order_by("-history_date", "-history_id")
        )
        return [("Membres", _nommer(lignes))]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        inscription = form.instance
        derniere = inscription.territoire.inscriptions.order_by("-liste__date").first()
        if inscription.territoire.nom != derniere.nom:
            inscription.territoire.nom = derniere.nom
            inscription.territoire.save()
        membres_changes = any(formset.has_changed() for formset in formsets)
        if not change or membres_changes or "region" in form.changed_data:
            recalculer(request, inscription.liste)

    # --- Computed figures

    @admin.display(description="communes", ordering="perimetre__nb_communes")
    def communes(self, inscription):
        return nombre(inscription.perimetre.nb_communes) if _calculee(inscription) else None

    @admin.display(description="population municipale", ordering="perimetre__population")
    def population(self, inscription):
        return nombre(inscription.perimetre.population) if _calculee(inscription) else None

    @admin.display(description="superficie (km²)", ordering="perimetre__superficie")
    def superficie(self, inscription):
        return nombre(inscription.perimetre.superficie) if _calculee(inscription) else None

    @admin.display(description="densité (habitants par km²)")
    def densite(self, inscription):
        return nombre(inscription.perimetre.densite) if _calculee(inscription) else None

    @admin.display(description="départements")
    def departements_des_communes(self, inscription):
        return enumeration(inscription.perimetre.departements.all()) if _calculee(inscription) else None

    @admin.display(description="régions des communes")
    def regions_des_communes(self, inscription):
        return enumeration(inscription.perimetre.regions.all()) if _calculee(inscription) else None

    @admin.display(description="territoires voisins")
    def voisins(self, inscription):
        return enumeration(inscription.perimetre.voisins.all()) if _calculee(inscription) else None


def _calculee(inscription):
    return hasattr(inscription, "perimetre")


def _nommer(lignes):
    for ligne in lignes:
        ligne.objet = ligne.collectivite or ligne.collectivite_id
    return lignes


@admin.register(Filiation)
class FiliationAdmin(AdministrationHistorisee):
    list_display = ["origine", "nature", "suite", "date", "acte"]
    list_filter = ["nature", "suite__phase"]
    list_select_related = ["origine", "suite"]
    search_fields = ["origine__nom", "origine__code", "suite__nom", "suite__code", "acte"]
    autocomplete_fields = ["origine", "suite"]
    date_hierarchy = "date"
