"""Phases, lists, territories and what became of them."""

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Prefetch
from django.utils.html import format_html_join
from simple_history.utils import update_change_reason

from comptes.administration import AdministrationHistorisee, SansDetour, decrire
from comptes.administration_regle import SelonLaRegle
from tableurs.francais import enumeration, nombre
from tableurs.typographie import typographier
from territoires import taches
from territoires.forms import (
    FormulaireInscription,
    FormulaireListe,
    FormulaireMembre,
    FormulairesMembres,
    FormulaireTerritoire,
    contradictions,
)
from territoires.models import Composition, Filiation, Inscription, Liste, Phase, Territoire
from territoires.perimetres import appliquer


def recalculer(request, liste):
    """Recompute the perimeters of a list, and say so; again on the days that its members will enter or leave."""
    appliquer(liste)
    taches.prevoir_les_echeances()
    messages.info(request, typographier(f"Les périmètres de « {liste} » ont été recalculés."))


def suivre_le_nom(territoire):
    """Give a territory the name it has in its latest list."""
    derniere = territoire.inscriptions.order_by("-liste__date").first()
    if derniere and territoire.nom != derniere.nom:
        territoire.nom = derniere.nom
        territoire.save()


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


class MembresEnLigne(SelonLaRegle, SansDetour, admin.TabularInline):
    model = Composition
    form = FormulaireMembre
    formset = FormulairesMembres
    fields = ["collectivite", "du", "au"]
    autocomplete_fields = ["collectivite"]
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("collectivite", "inscription")


@admin.register(Inscription)
class InscriptionAdmin(AdministrationHistorisee):
    form = FormulaireInscription
    inlines = [MembresEnLigne]
    list_display = ["nom", "code", "de_la_liste", "pilote", "fiabilite", "communes", "population", "superficie"]
    se_creent_en_passant = ["territoire"]
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
        lignes = decrire(
            Composition.historique.filter(inscription_id=cle)
            .select_related("history_user", "inscription", "collectivite")
            .order_by("-history_date", "-history_id"),
            sauf=["inscription", "collectivite"],
        )
        for ligne in lignes:
            ligne.objet = ligne.collectivite or ligne.collectivite_id
        return [("Membres", lignes)]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        inscription = form.instance
        suivre_le_nom(inscription.territoire)
        if ancien := form.initial.get("territoire"):
            suivre_le_nom(Territoire.objects.get(pk=ancien))
        membres_changes = any(formset.has_changed() for formset in formsets)
        if not change or membres_changes or "region" in form.changed_data:
            recalculer(request, inscription.liste)

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        suivre_le_nom(obj.territoire)

    @admin.display(description="liste", ordering="liste__date")
    def de_la_liste(self, inscription):
        return inscription.liste.date_en_clair

    @admin.display(description="région pilote", ordering="region__nom_normalise")
    def pilote(self, inscription):
        return inscription.region.nom

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


@admin.register(Filiation)
class FiliationAdmin(AdministrationHistorisee):
    list_display = ["origine", "nature", "suite", "date", "acte"]
    list_filter = ["nature", "suite__phase"]
    list_select_related = ["origine", "suite"]
    search_fields = ["origine__nom", "origine__code", "suite__nom", "suite__code", "acte"]
    autocomplete_fields = ["origine", "suite"]
    date_hierarchy = "date"
