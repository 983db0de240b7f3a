"""Invitations as the admin shows them: read, within the rule; they are sent and closed on their own pages."""

from django.contrib import admin
from django.utils.html import format_html

from comptes.administration import AdministrationHistorisee
from comptes.models import EtatInvitation, Invitation
from comptes.models.invitations import lire_les_portees

TONS = {EtatInvitation.ACCEPTEE: "bon", EtatInvitation.ANNULEE: "neutre"}


@admin.register(Invitation)
class InvitationAdmin(AdministrationHistorisee):
    list_display = [
        "adresse",
        "etat_dit",
        "titre",
        "qualite_dite",
        "auteur",
        "creee_le",
        "envoyee_le",
        "envois",
    ]
    list_filter = ["etat"]
    list_select_related = ["auteur", "courrier"]
    search_fields = ["adresse", "prenom", "nom", "auteur__email", "auteur__prenom", "auteur__nom"]
    date_hierarchy = "creee_le"
    ordering = ["-creee_le", "-pk"]
    exclude = ["secret", "courrier", "genre", "qualite", "portee"]
    readonly_fields = ["titre", "perimetre", "qualite_dite"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="état", ordering="etat")
    def etat_dit(self, invitation):
        ton = "attention" if invitation.est_expiree else TONS.get(invitation.etat, "neutre")
        return format_html('<span class="etat etat--{}">{}</span>', ton, invitation.etat_dit)

    @admin.display(description="habilitation", ordering="genre")
    def titre(self, invitation):
        return invitation.modele_donne.titre

    @admin.display(description="qualité", ordering="qualite")
    def qualite_dite(self, invitation):
        return invitation.qualite_dite

    @admin.display(description="périmètre")
    def perimetre(self, invitation):
        (invitation,) = lire_les_portees([invitation])
        return invitation.objet or "Tout"
