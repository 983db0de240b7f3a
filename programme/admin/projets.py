"""Projects in the admin: the fiche, its parts, its journal. The state is read here: `comptes.parcours` moves it."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse

from comptes.acces import est_administrateur
from comptes.administration import AdministrationHistorisee, SansDetour
from comptes.administration_habilitations import AdministrationDesHabilitations
from comptes.administration_regle import SelonLaRegle
from comptes.parcours import possibles
from programme.historique import TUS, journaux_des_parties, taire_les_montants
from programme.models import Decision, Etiquette, Frein, Indicateur, Jalon, Porteur, Projet
from programme.redaction import CHANGEE_ENTRE_TEMPS, FICHE, MONTANTS, droits_sur, territoires_ecrits_par
from tableurs.francais import normaliser
from territoires.enums import QualiteRegionale
from territoires.models import PiloteRegional, Region

DE_LA_REGION = ["reference_regionale", "etiquettes", "non_public_motif"]
VIE = [
    "numero",
    "etat",
    "etat_depuis",
    "version_fiche",
    "validation_locale_le",
    "validation_locale_par",
    "validation_saisie_par",
    "saisi_par",
    "cree_le",
    "archive_le",
    "archive_par",
]


def droits(request, projet):
    """Return the names of the rules under which a person may do something of a project: read once a request."""
    lus = request.__dict__.setdefault("_droits_sur_les_projets", {})
    if projet.pk not in lus:
        lus[projet.pk] = droits_sur(projet, request.user)
    return lus[projet.pk]


def actes_de(request, projet):
    """Return [(words, address)] of what the reader may do with a project, as its page on the portal has it."""
    actes = [
        (possible.transition.verbe, reverse("projet_etape", args=[projet.cle, possible.transition.cle]))
        for possible in possibles(projet, request.user)
    ]
    permis = droits(request, projet)
    ouvertes = [
        ("actualisables_par", "Actualiser la fiche", "projet_actualiser"),
        ("archivables_par", "Archiver", "projet_archiver"),
        ("desarchivables_par", "Sortir des archives", "projet_desarchiver"),
    ]
    return actes + [(verbe, reverse(nom, args=[projet.cle])) for regle, verbe, nom in ouvertes if regle in permis]


class FormulaireProjet(forms.ModelForm):
    """Knows which revision was read: what somebody else wrote since is not overwritten."""

    revision_lue = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["revision_lue"] = self.instance.revision

    def clean(self):
        donnees = super().clean()
        if self.instance.pk:
            # Locked until the admin's transaction ends.
            lue = Projet.objects.select_for_update().values_list("revision", flat=True).get(pk=self.instance.pk)
            if donnees.get("revision_lue") != lue:
                raise ValidationError(CHANGEE_ENTRE_TEMPS)
        return donnees


class PartieEnLigne(SelonLaRegle, SansDetour, admin.TabularInline):
    """A part of the project, written by whoever completes the project today."""

    extra = 0

    def has_add_permission(self, request, obj=None):
        return self._se_complete(request, obj)

    def has_change_permission(self, request, obj=None):
        return self._se_complete(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self._se_complete(request, obj)

    def _se_complete(self, request, projet):
        if projet is None or projet.pk is None:
            return Projet.objects.ajoutables_par(request.user)
        return "completables_par" in droits(request, projet)


class FreinsEnLigne(PartieEnLigne):
    model = Frein


class JalonsEnLigne(PartieEnLigne):
    model = Jalon


class IndicateursEnLigne(PartieEnLigne):
    model = Indicateur
    show_change_link = True


class DecisionsEnLigne(SelonLaRegle, admin.TabularInline):
    """The journal: read."""

    model = Decision
    fields = [
        "saisie_le",
        "de",
        "vers",
        "autorite_dite",
        "date",
        "acte",
        "motif",
        "condition",
        "echeance",
        "saisie_par",
    ]
    readonly_fields = fields
    extra = max_num = 0
    can_delete = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("saisie_par", "projet")

    @admin.display(description="décidé par")
    def autorite_dite(self, decision):
        return decision.autorite_dite

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    has_delete_permission = has_change_permission


@admin.register(Projet)
class ProjetAdmin(AdministrationHistorisee):
    form = FormulaireProjet
    inlines = [FreinsEnLigne, JalonsEnLigne, IndicateursEnLigne, DecisionsEnLigne]
    list_display = ["titre", "numero", "territoire", "etat", "etat_depuis", "porteur_nom"]
    list_filter = ["etat", "maturite", "porteur_genre"]
    list_select_related = ["territoire"]
    search_fields = ["recherche"]
    search_help_text = "Titre, porteur ou numéro, avec ou sans accents."
    show_full_result_count = False
    autocomplete_fields = ["territoires_associes", "mesures", "communes", "etiquettes"]
    tus_dans_l_historique = TUS
    plutot_que_supprimer = "Un projet ne se supprime pas : il se retire, ou s'abandonne."

    def get_queryset(self, request):
        """Those whose whole fiche is read: public pages show the others."""
        return super().get_queryset(request) & Projet.objects.connus_par(request.user)

    def get_search_results(self, request, queryset, search_term):
        """In SQL, on the normalised column: there may be hundreds of thousands."""
        for mot in normaliser(search_term).split():
            queryset = queryset.filter(recherche__contains=mot)
        return queryset, False

    # --- Its life: the pages of the portal move it, the admin leads there

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["actes"] = actes_de(request, obj) if obj else []
        return super().render_change_form(request, context, add, change, form_url, obj)

    # --- Which fields, for whom

    def get_fieldsets(self, request, obj=None):
        groupes = [(None, {"fields": ["territoire", *FICHE, "revision_lue"]})]
        if obj is None or "montants_visibles_par" in droits(request, obj):
            groupes.append(("Montants", {"fields": MONTANTS}))
        if obj:
            groupes += [("Région", {"fields": self._de_la_region(request)}), ("Vie du projet", {"fields": VIE})]
        return groupes

    def _de_la_region(self, request):
        """Tags are read by who keeps some, or has some to read."""
        etiquettes = Etiquette.objects
        lit = etiquettes.ajoutables_par(request.user) or etiquettes.visibles_par(request.user).exists()
        return DE_LA_REGION if lit else [champ for champ in DE_LA_REGION if champ != "etiquettes"]

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        permis = droits(request, obj)
        lus = ["territoire", *VIE]
        if "redigeables_par" not in permis:
            lus += [*FICHE, *MONTANTS]
        if "instruisibles_par" not in permis:
            lus += DE_LA_REGION
        return lus

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "territoire":
            kwargs["queryset"] = territoires_ecrits_par(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        if change:
            obj.revision = form.cleaned_data["revision_lue"] + 1
        else:
            obj.saisi_par = request.user
        super().save_model(request, obj, form, change)

    # --- History

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=True):
        super().set_history_delta_changes(request, historical_records, foreign_keys_are_objs)
        taire_les_montants(
            ligne
            for ligne in historical_records.object_list
            if "montants_visibles_par" not in droits(request, Projet(pk=ligne.id))
        )

    def journaux_lies(self, cle):
        return journaux_des_parties(cle)


@admin.register(Etiquette)
class EtiquetteAdmin(AdministrationHistorisee):
    list_display = ["nom", "region"]
    list_select_related = ["region"]
    search_fields = ["nom", "region__nom"]

    def get_readonly_fields(self, request, obj=None):
        return ["region"] if obj else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if not est_administrateur(request.user):
            decident = PiloteRegional.objects.de(request.user).filter(qualite__in=QualiteRegionale.decident())
            kwargs["queryset"] = Region.objects.filter(pk__in=decident.values("region"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Porteur)
class PorteurAdmin(AdministrationDesHabilitations):
    portees = ["projet"]
