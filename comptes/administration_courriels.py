"""The outbox as administrators see it: read, and two decisions on what could not be settled alone."""

from django.contrib import admin, messages
from django.template.response import TemplateResponse
from django.utils.html import format_html

from comptes import courrier as envois
from comptes import genres_de_courrier
from comptes.acces import est_administrateur
from comptes.administration import AdministrationHistorisee
from comptes.models import Courrier, EtatCourrier

# Colours of the message lists of Django's admin, beside the words.
TONS = {
    EtatCourrier.ENVOYE: "bon",
    EtatCourrier.GROUPE: "bon",
    EtatCourrier.A_VERIFIER: "attention",
    EtatCourrier.ECHOUE: "mauvais",
}
CONFIDENTIEL = "Confidentiel : ce texte peut ouvrir un compte, seul son destinataire le lit."
PEUT_ETRE_DEUX_FOIS = "Un courriel à vérifier est peut-être déjà arrivé. Son destinataire le recevrait alors deux fois."
QUAND_MARQUER = "À faire si le journal du serveur de courriel, ou le destinataire, dit que le message est arrivé."


class FiltreGenre(admin.SimpleListFilter):
    title = "genre"
    parameter_name = "genre"

    def lookups(self, request, model_admin):
        return [(genre.cle, genre.libelle) for genre in genres_de_courrier.tous()]

    def queryset(self, request, queryset):
        return queryset.filter(genre=self.value()) if self.value() else queryset


@admin.register(Courrier)
class CourrierAdmin(AdministrationHistorisee):
    list_display = ["objet_ou_genre", "etat_dit", "genre_dit", "adresse", "cree_le", "envoye_le", "tentatives"]
    list_filter = ["etat", FiltreGenre]
    list_select_related = ["destinataire"]
    search_fields = ["adresse", "objet", "destinataire__prenom", "destinataire__nom"]
    date_hierarchy = "cree_le"
    ordering = ["-cree_le", "-pk"]
    actions = ["envoyer_a_nouveau", "marquer_comme_envoye"]
    fieldsets = [
        (None, {"fields": ["objet", "genre_dit", "destinataire", "adresse"]}),
        (
            "Envoi",
            {
                "fields": [
                    "etat_dit",
                    "cree_le",
                    "a_envoyer_apres",
                    "reclame_le",
                    "envoye_le",
                    "tentatives",
                    "dernier_echec",
                    "recapitulatif",
                    "cle",
                ]
            },
        ),
        ("Message", {"fields": ["texte_lisible", "purge_le"]}),
    ]

    # --- Read only, by administrators

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return est_administrateur(request.user)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    # --- Columns

    @admin.display(description="objet", ordering="objet")
    def objet_ou_genre(self, courrier):
        return str(courrier)

    @admin.display(description="genre", ordering="genre")
    def genre_dit(self, courrier):
        return courrier.libelle_du_genre

    @admin.display(description="état", ordering="etat")
    def etat_dit(self, courrier):
        ton = TONS.get(courrier.etat, "neutre")
        return format_html('<span class="etat etat--{}">{}</span>', ton, courrier.get_etat_display())

    @admin.display(description="texte")
    def texte_lisible(self, courrier):
        if courrier.est_confidentiel:
            return CONFIDENTIEL
        return format_html('<pre class="courriel">{}</pre>', courrier.texte) if courrier.texte else "Effacé."

    # --- Decisions

    @admin.action(description="Envoyer à nouveau")
    def envoyer_a_nouveau(self, request, queryset):
        return self._decider(
            request,
            queryset,
            envois.envoyer_a_nouveau,
            question="Envoyer à nouveau ?",
            consequence=PEUT_ETRE_DEUX_FOIS,
            bouton="Envoyer à nouveau",
            fait="à envoyer",
        )

    @admin.action(description="Marquer comme envoyé")
    def marquer_comme_envoye(self, request, queryset):
        return self._decider(
            request,
            queryset,
            envois.marquer_comme_envoye,
            question="Marquer comme envoyé ?",
            consequence=QUAND_MARQUER,
            bouton="Marquer comme envoyé",
            fait="noté comme envoyé",
        )

    def _decider(self, request, queryset, acte, question, fait, **textes):
        """Ask, then do: one message at a time, each refusal is told apart."""
        if not request.POST.get("post"):
            contexte = {
                **self.admin_site.each_context(request),
                "title": question,
                "opts": self.opts,
                "courriers": queryset,
                "action": acte.__name__,
                **textes,
            }
            return TemplateResponse(request, "admin/courriels_confirmer.html", contexte)
        for courrier in queryset:
            try:
                acte(courrier)
            except envois.ActionImpossible as impossible:
                self.message_user(request, f"{courrier} : {impossible}", messages.ERROR)
            else:
                self.message_user(request, f"{courrier} : {fait}.", messages.SUCCESS)
        return None
