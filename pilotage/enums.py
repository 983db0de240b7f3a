"""Closed lists of the pages."""

from django.db.models import TextChoices

from comptes.acces import QuerySetHabilitations


class EtatMembre(TextChoices):
    """In what state the habilitations of the list are."""

    ACTUELLES = "", "En cours ou à venir"
    EN_COURS = "en-cours", "En cours"
    A_VENIR = "a-venir", "À venir"
    TERMINEES = "terminees", "Terminées"
    RETIREES = "retirees", "Retirées"
    TOUTES = "toutes", "Toutes"

    def parmi(self, habilitations: QuerySetHabilitations):
        """Keep those in this state."""
        return {
            EtatMembre.ACTUELLES: habilitations.actuelles,
            EtatMembre.EN_COURS: habilitations.en_cours,
            EtatMembre.A_VENIR: habilitations.a_venir,
            EtatMembre.TERMINEES: habilitations.terminees,
            EtatMembre.RETIREES: habilitations.retirees,
            EtatMembre.TOUTES: habilitations.all,
        }[self]()
