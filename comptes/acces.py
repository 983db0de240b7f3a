"""One rule of access, for every screen, file, search, export and admin page.

A right is an *habilitation*: a person, a scope, a quality, from one day to another. Each room declares its kinds
(subclasses of `Habilitation`) and says on the queryset of each model who sees and who writes its rows. Without a rule:
nobody.
"""

from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords


def aujourdhui():
    """Return today's date in Paris."""
    return timezone.localdate()


class Delegation(NamedTuple):
    """A row of the table « who names whom », beside administrators of the national team, who name anyone.

    `qui` names in French those who may; `qualites`, what they may give; `portees(personne)` returns the scopes on which
    a person may give it: a queryset of keys, within the page's own query.
    """

    qui: str
    qualites: tuple
    portees: Callable


class QuerySetHabilitations(models.QuerySet):
    """Habilitations are rows behind the rule too: a kind says in `_du_perimetre` who else sees them."""

    def en_cours(self, le=None):
        """Keep those in force on a day (today by default): both ends are included."""
        le = le or aujourdhui()
        return self.filter(Q(au=None) | Q(au__gte=le), du__lte=le, retiree_le=None)

    def de(self, personne):
        """Keep those that a person has today; none without an active account."""
        if not personne.is_authenticated or not personne.is_active:
            return self.none()
        return self.en_cours().filter(personne=personne)


class Habilitation(models.Model):
    """What somebody may do, on what, from one day to another (both included). Nothing is deleted: it ends.

    A kind adds its scope, its `qualite` and their constraints. `acte`: of delegation, when there is one.
    """

    # Name of the field of the scope; "" for everything.
    portee = ""
    # Whether a second factor is needed to come in.
    second_facteur = False
    # Who may give it, beside administrators of the national team.
    delegations = ()

    personne = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, verbose_name="personne")
    du = models.DateField("depuis le", default=aujourdhui)
    au = models.DateField("jusqu'au", null=True, blank=True, help_text="Ce jour compris. Vide : sans fin prévue.")
    retiree_le = models.DateTimeField("retirée le", null=True, blank=True, editable=False)
    nommee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="nommée par",
    )
    acte_numero = models.CharField("numéro de l'acte de délégation", max_length=50, blank=True)
    acte_date = models.DateField("date de l'acte de délégation", null=True, blank=True)

    historique = HistoricalRecords(inherit=True)
    objects = QuerySetHabilitations.as_manager()

    class Meta:
        abstract = True
        ordering = ["personne", "du"]
        constraints = [
            models.CheckConstraint(
                condition=Q(au=None) | Q(au__gte=F("du")),
                name="%(app_label)s_%(class)s_periode",
                violation_error_message="La fin doit suivre le début.",
            ),
            models.CheckConstraint(
                condition=Q(acte_numero="", acte_date=None) | (~Q(acte_numero="") & Q(acte_date__isnull=False)),
                name="%(app_label)s_%(class)s_acte",
                violation_error_message="Un acte de délégation a un numéro et une date.",
            ),
        ]

    def __str__(self):
        return f"{self.get_qualite_display()}{self._de_quoi()}"

    def _de_quoi(self):
        """Return the scope, to be read after the quality."""
        objet = getattr(self, self.portee) if self.portee else None
        return f", {objet}" if objet else ""

    @property
    def est_en_cours(self):
        jour = aujourdhui()
        return self.retiree_le is None and self.du <= jour and (self.au is None or self.au >= jour)

    @property
    def administre(self):
        """Whether it lets do anything, among which naming anyone."""
        return False

    def retirer(self):
        """End at once: nothing of it is left, today included."""
        self.retiree_le = timezone.now()
        self.save()


def genres():
    """Return the kinds of habilitation of all rooms, in the order in which rooms are loaded."""
    return [genre for genre in Habilitation.__subclasses__() if not genre._meta.abstract]


def habilitations(personne):
    """Return what a person may do today: read once a request, one query a kind."""
    if not personne.is_authenticated or not personne.is_active:
        return []
    if not hasattr(personne, "_habilitations"):
        personne._habilitations = [
            habilitation
            for genre in genres()
            for habilitation in genre.objects.de(personne).select_related(*([genre.portee] if genre.portee else []))
        ]
    return personne._habilitations


def est_administrateur(personne):
    return any(habilitation.administre for habilitation in habilitations(personne))


def exige_second_facteur(personne):
    """Tell whether one of a person's habilitations asks for a second factor."""
    return any(habilitation.second_facteur for habilitation in habilitations(personne))
