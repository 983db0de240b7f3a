"""One rule of access, for every screen, file, search, export and admin page.

A right is an *habilitation*: a person, a scope, a quality, from one day to another. Each room declares its kinds
(subclasses of `Habilitation`) and says on the queryset of each model who sees and who writes its rows. Without a rule:
nobody.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, Q
from django.utils import timezone
from django.utils.text import slugify
from simple_history.models import HistoricalRecords

from comptes.cles import nouvelle_cle
from comptes.enums import QualiteNationale
from comptes.requetes import QUELQU_UN, demander, oublier, reponse


def aujourdhui():
    """Return today's date in Paris."""
    return timezone.localdate()


class Delegation(NamedTuple):
    """A row of the table « who names whom », beside administrators of the national team, who name anyone.

    `qui` names in French those who may; `qualites`, what they may give; `portees(personne)` returns the scopes on which
    a person may give it: a queryset of the one value of their keys, named as the scope, within the page's own query.
    """

    qui: str
    qualites: Iterable
    portees: Callable


class QuerySetPortee(models.QuerySet):
    """Rows behind the rule. A model says who sees and who writes its rows: by default nobody."""

    def visibles_par(self, personne):
        return self.none()

    def modifiables_par(self, personne):
        return self.none()

    def ajoutables_par(self, personne):
        """Tell whether a person may add any row at all; which ones, `modifiables_par` says."""
        return est_administrateur(personne)


class QuerySetReference(QuerySetPortee):
    """What anyone may look at; administrators and analysts of the national team keep it."""

    def visibles_par(self, personne):
        return self.all()

    def modifiables_par(self, personne):
        return self.filter(tient_la_reference(personne))

    def ajoutables_par(self, personne):
        return any(habilitation.tient_la_reference for habilitation in habilitations(personne))


class QuerySetHabilitations(QuerySetPortee):
    """Who has access to what is told to the national team, to those who share the perimeter, and to the person."""

    def en_cours(self, le=None):
        """Keep those in force on a day (today by default): both ends are included."""
        le = le or aujourdhui()
        return self.filter(Q(au=None) | Q(au__gte=le), du__lte=le, retiree_le=None)

    def de(self, personne):
        """Keep those in whose capacity a person acts today: all of theirs unless they chose one. None: no account."""
        if not self.tient(personne):
            return self.none()
        siennes = self.en_cours().filter(personne=personne)
        choisie = personne.en_qualite_de
        if choisie is None:
            return siennes
        return siennes.filter(pk=choisie.pk) if isinstance(choisie, self.model) else self.none()

    def tient(self, personne):
        """Tell whether a person holds one of this kind today, in whatever capacity they act."""
        return personne.is_authenticated and personne.is_active and _tient(personne, self.model)

    def visibles_par(self, personne):
        return self.filter(nationale(personne) | Q(personne=personne.pk) | self._du_perimetre(personne))

    def modifiables_par(self, personne):
        condition = administre(personne)
        for delegation in self.model.delegations:
            condition |= Q(
                qualite__in=delegation.qualites, **{f"{self.model.portee}__in": delegation.portees(personne)}
            )
        return self.filter(condition)

    def ajoutables_par(self, personne):
        return super().ajoutables_par(personne) or demander_une_fois(personne, self.model, self._en_delegue)

    def _en_delegue(self, personne):
        return any(delegation.portees(personne).exists() for delegation in self.model.delegations)

    def a_venir(self):
        return self.filter(retiree_le=None, du__gt=aujourdhui())

    def terminees(self):
        return self.filter(retiree_le=None, au__lt=aujourdhui())

    def actuelles(self):
        """Keep those in force today or later."""
        return self.filter(Q(au=None) | Q(au__gte=aujourdhui()), retiree_le=None)

    def retirees(self):
        return self.exclude(retiree_le=None)

    def couvrant(self, territoires):
        """Keep those that give access to one of `territoires` (a queryset of keys); each kind says."""
        return self.none()

    def de_la_region(self, code):
        """Keep those whose scope is this region, or lies in it; each kind says."""
        return self.none()

    def _du_perimetre(self, personne):
        """Return the condition on those that a person sees besides their own; each kind says."""
        return Q(pk__in=[])


class Habilitation(models.Model):
    """What somebody may do, on what, from one day to another (both included). Nothing is deleted: it ends.

    A kind adds its scope, its `qualite` and their constraints. `acte`: of delegation, when there is one.
    """

    # What the kind is called in the interface.
    titre = ""
    # Name of the field of the scope; "" for everything.
    portee = ""
    # Name of the address of the list from which a scope is chosen, when they are too many for a choice; "" for none.
    se_choisit_dans = ""
    # What is read with it, to name it.
    avec = ()
    # What puts its scopes in order.
    tri = ()
    # Whether a second factor is needed to come in.
    second_facteur = False
    # Who may give it, beside administrators of the national team.
    delegations = ()
    # What each quality lets do, in words: {quality: the rest of a sentence that begins with the person}.
    permissions = {}

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
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
        return f"{self.titre} · {self.objet}" if self.objet else self.titre

    @classmethod
    def adresse(cls):
        """Return what addresses call the kind: « pilote-regional »."""
        return slugify(cls.titre)

    @property
    def objet(self):
        """What it is about: a region, a territory… None for everything."""
        return getattr(self, self.portee) if self.portee else None

    @property
    def permet(self):
        """What it lets do, in words (« lit », « nomme »…): screens and docs say it from here."""
        return self.permissions[self.qualite]

    @property
    def est_en_cours(self):
        jour = aujourdhui()
        return self.retiree_le is None and self.du <= jour and (self.au is None or self.au >= jour)

    @property
    def est_finie(self):
        return self.retiree_le is not None or (self.au is not None and self.au < aujourdhui())

    @property
    def etat(self):
        """In one word, today: « en cours », « à venir », « terminée », « retirée »."""
        if self.retiree_le:
            return "retirée"
        if self.du > aujourdhui():
            return "à venir"
        return "en cours" if self.est_en_cours else "terminée"

    @property
    def voit_tout(self):
        """Whether it is of the national team, which sees every row."""
        return False

    @property
    def administre(self):
        """Whether it lets do anything, among which naming anyone."""
        return False

    @property
    def tient_la_reference(self):
        """Whether it lets keep what everyone may look at: lists, catalogue, and their imports."""
        return False

    def nommable_par(self, personne):
        """Tell whether a person may give it as it is: who, what, on what."""
        return est_administrateur(personne) or any(
            self.qualite in delegation.qualites
            and delegation.portees(personne).filter(**{self.portee: getattr(self, f"{self.portee}_id")}).exists()
            for delegation in self.delegations
        )

    def empechement_de_fin(self, auteur, dernier_jour=None):
        """Return why `auteur` may not end it after a day (at once by default), in a sentence; else an empty text."""
        return ""

    def pareilles(self):
        """Return those of the same kind and quality on the same scope, itself among them."""
        portee = {champ: getattr(self, f"{champ}_id") for champ in self.avec}
        return type(self).objects.filter(qualite=self.qualite, **portee)

    def terminer(self, auteur, dernier_jour=None):
        """End it at the end of a day; by default at once. Raises `ValidationError`, in words, when it can't be.

        Those that it may not leave alone are locked: two administrators don't end each other's.
        """
        with transaction.atomic():
            list(self.pareilles().select_for_update().order_by("pk").values_list("pk"))
            self.refresh_from_db(fields=["du", "au", "retiree_le"])
            if self.est_finie:
                raise ValidationError("Cette habilitation a déjà pris fin.")
            if self.au and dernier_jour and dernier_jour > self.au:
                raise ValidationError("Cette habilitation s'arrête déjà avant ce jour.")
            if raison := self.empechement_de_fin(auteur, dernier_jour):
                raise ValidationError(raison)
            if dernier_jour is None or dernier_jour < aujourdhui():
                self.retirer()
            else:
                self.au = dernier_jour
                self.save()

    def retirer(self):
        """End at once: nothing of it is left, today included."""
        self.retiree_le = timezone.now()
        self._change_reason = getattr(self, "_change_reason", None) or "Habilitation retirée"
        self.save()


def genres():
    """Return the kinds of habilitation of all rooms, in the order in which rooms are loaded."""
    return [genre for genre in Habilitation.__subclasses__() if not genre._meta.abstract]


def genre_a_l_adresse(adresse):
    """Return the kind that addresses call so (« pilote-regional »), or None."""
    return next((genre for genre in genres() if genre.adresse() == adresse), None)


def habilitations(personne):
    """Return those in whose capacity a person acts today: all of theirs, unless they chose one."""
    toutes = toutes_les_habilitations(personne)
    return [personne.en_qualite_de] if toutes and personne.en_qualite_de else toutes


def toutes_les_habilitations(personne):
    """Return what a person holds today: read once a request, in one query and one for each kind that they hold."""
    if not personne.is_authenticated or not personne.is_active:
        return []
    if getattr(personne, "_habilitations", None) is None:
        personne._habilitations = _lire_les_habilitations(personne)
    return personne._habilitations


def genres_tenus(personne):
    """Tell of each kind whether a person holds it today: the others have no place in the queries of their pages."""
    if personne.pk == QUELQU_UN:
        return (True,) * len(genres())
    return tuple(bool(tenu) for tenu in reponse(personne, "habilitations"))


def _tient(personne, genre):
    return genres_tenus(personne)[genres().index(genre)]


def _lire_les_habilitations(personne):
    """Most people hold one kind of the many."""
    return [
        habilitation
        for genre in genres()
        if _tient(personne, genre)
        for habilitation in genre.objects.en_cours()
        .filter(personne=personne)
        .select_related(*genre.avec)
        .order_by("pk")
    ]


def _genres_tenus(personne):
    return [Exists(genre.objects.de(personne)) for genre in genres()]


demander("habilitations", _genres_tenus)


def oublier_les_habilitations(personne):
    """Have them read again, as somebody just received one."""
    personne._habilitations = None
    oublier(personne)


def demander_une_fois(personne, cle, question):
    """Return `question(personne)`, asked once for the habilitations that were read: once a request."""
    tenues = habilitations(personne)
    reponses = vars(personne).setdefault("_reponses", {})
    if cle not in reponses or reponses[cle][0] != tenues:
        reponses[cle] = (tenues, question(personne))
    return reponses[cle][1]


def voit_tout(personne):
    return any(habilitation.voit_tout for habilitation in habilitations(personne))


def est_modifiable(objet, personne):
    """Tell whether a person may write a row, as the rule of its model says."""
    return type(objet).objects.modifiables_par(personne).filter(pk=objet.pk).exists()


def est_administrateur(personne):
    return any(habilitation.administre for habilitation in habilitations(personne))


def nationale(personne, *qualites):
    """Return the condition « is of the national team » (in one of these qualities), within the page's own query."""
    siennes = apps.get_model("comptes.EquipeNationale").objects.de(personne)
    return Q(Exists(siennes.filter(qualite__in=qualites) if qualites else siennes))


def administre(personne):
    return nationale(personne, QualiteNationale.ADMINISTRATEUR)


def tient_la_reference(personne):
    return nationale(personne, *QualiteNationale.tiennent_la_reference())


def exige_second_facteur(personne):
    """Tell whether one of a person's habilitations asks for a second factor, in whatever capacity they act."""
    return any(habilitation.second_facteur for habilitation in toutes_les_habilitations(personne))
