"""The money of a project, or of a company of a territory: asked for, programmed, awarded, paid.

Amounts are in euros. What is stored of a line (`programme`, `engage`, `verse`) is the sum of its journal (`Mouvement`):
`comptes.parcours.passer` writes both together, through `programme/argent/ecritures.py`.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from comptes.cles import nouvelle_cle
from comptes.parcours import AvecParcours
from programme.argent.enums import (
    Credits,
    EtatFinancement,
    Financeur,
    NatureFinancement,
    Preuve,
)
from programme.argent.parcours import PARCOURS
from programme.champs import ChampEuros, ChampSiret
from programme.enums import BaseDeTaxe, EtatProjet
from programme.montants import RIEN, au_plus
from territoires.models import Region, Territoire

from .catalogue import Enveloppe
from .dotations import Dotation
from .projets import Projet
from .regle_financements import QuerySetDeFinancement, QuerySetFinancements

LONGUEUR_DU_SIRET = 14
# Written with the journal, never by a form.
SOMMES = ("programme", "engage", "verse", "retenu")


class Financement(AvecParcours):
    """A line: of the plan of a project, or « hors fiche-action » (a territory and who receives).

    `retenu`: what it counts for among the sources of the project: awarded, else programmed, else asked.
    """

    donnees_personnelles = ("beneficiaire_nom", "commentaire")
    tus_a_qui_signe = ("etat", "etat_depuis", "demande", "assiette", "dossier_operateur", "region", *SOMMES)
    parcours = PARCOURS
    refus_a_qui_a_saisi = "vous avez demandé ce financement. Une autre personne en décide."

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    projet = models.ForeignKey(
        Projet, on_delete=models.PROTECT, null=True, blank=True, related_name="financements", verbose_name="projet"
    )
    territoire = models.ForeignKey(
        Territoire,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="financements",
        verbose_name="territoire",
        help_text="D'un financement hors fiche-action seulement.",
    )
    beneficiaire_siret = ChampSiret("SIRET du bénéficiaire", blank=True)
    beneficiaire_nom = models.CharField("bénéficiaire", max_length=200, blank=True)

    financeur = models.CharField("financeur", max_length=11, choices=Financeur)
    financeur_nom = models.CharField("nom du financeur", max_length=200, blank=True)
    enveloppe = models.ForeignKey(
        Enveloppe,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="financements",
        verbose_name="enveloppe",
    )
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        related_name="financements",
        verbose_name="région",
        help_text="La région pilote, sauf si l'acte en nomme une autre du territoire.",
    )
    dotation = models.ForeignKey(
        Dotation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="financements",
        verbose_name="imputé sur",
    )
    nature = models.CharField("nature", max_length=13, choices=NatureFinancement, default=NatureFinancement.SUBVENTION)
    credits = models.CharField("crédits", max_length=12, choices=Credits, default=Credits.DEDIES)
    demande = ChampEuros("montant demandé (€)")
    assiette = ChampEuros(
        "assiette (€)", null=True, blank=True, help_text="La dépense sur laquelle l'aide est calculée."
    )
    assiette_taxe = models.CharField("assiette HT ou TTC", max_length=3, choices=BaseDeTaxe, blank=True)
    base_juridique = models.CharField(
        "base de l'aide", max_length=200, blank=True, help_text="Régime d'aide, par exemple « de minimis »."
    )
    preuve = models.CharField("niveau de preuve", max_length=8, choices=Preuve, default=Preuve.DECLARE)
    dossier_operateur = models.CharField("numéro de dossier de l'opérateur", max_length=60, blank=True)
    commentaire = models.TextField("commentaire", blank=True)

    programme = ChampEuros("programmé (€)", default=RIEN, editable=False)
    engage = ChampEuros("engagé (€)", default=RIEN, editable=False)
    verse = ChampEuros("versé (€)", default=RIEN, editable=False)
    retenu = ChampEuros("retenu (€)", default=RIEN, editable=False)
    hors_contrat = models.BooleanField("hors contrat", default=False, editable=False)
    etat = models.CharField(
        "état", max_length=12, choices=EtatFinancement, default=EtatFinancement.A_SOLLICITER, editable=False
    )
    etat_depuis = models.DateTimeField("dans cet état depuis", default=timezone.now, editable=False)
    saisi_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, editable=False, related_name="+", verbose_name="saisi par"
    )
    cree_le = models.DateTimeField("créé le", default=timezone.now, editable=False)

    historique = HistoricalRecords()
    objects = QuerySetFinancements.as_manager()

    class Meta:
        verbose_name = "financement"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["enveloppe", "etat", "etat_depuis"], name="programme_financement_file"),
            models.Index(fields=["dotation", "etat"], name="programme_financement_imputes"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(projet__isnull=False, territoire=None) & Q(beneficiaire_siret=""))
                | (Q(projet=None, territoire__isnull=False) & ~Q(beneficiaire_siret="")),
                name="programme_financement_de_quoi",
                violation_error_message=(
                    "Un financement est celui d'un projet ; hors fiche-action, il a un territoire et un bénéficiaire."
                ),
            ),
            models.CheckConstraint(
                condition=Q(beneficiaire_siret="") | Exact(Length("beneficiaire_siret"), LONGUEUR_DU_SIRET),
                name="programme_financement_siret",
                violation_error_message="Un SIRET a quatorze chiffres.",
            ),
            models.CheckConstraint(
                condition=(Q(financeur=Financeur.ENVELOPPE) & Q(enveloppe__isnull=False))
                | (~Q(financeur=Financeur.ENVELOPPE) & Q(enveloppe=None)),
                name="programme_financement_financeur",
                violation_error_message="Une enveloppe du programme se choisit ; un autre financeur n'en a pas.",
            ),
            models.CheckConstraint(
                condition=Q(dotation=None) | Q(enveloppe__isnull=False),
                name="programme_financement_imputable",
                violation_error_message="Seul un financement du programme s'impute sur une enveloppe régionale.",
            ),
            models.CheckConstraint(
                condition=Q(enveloppe=None)
                | Q(dotation__isnull=False)
                | Q(etat__in=[*EtatFinancement.avant_decision(), EtatFinancement.REFUSE, EtatFinancement.RETIRE]),
                name="programme_financement_impute",
                violation_error_message="Ce qui est programmé ou attribué s'impute sur une enveloppe régionale.",
            ),
            models.CheckConstraint(
                condition=(Q(assiette=None) & Q(assiette_taxe="")) | (Q(assiette__isnull=False) & ~Q(assiette_taxe="")),
                name="programme_financement_taxe",
                violation_error_message="L'assiette se dit HT ou TTC ; sans montant, ni l'un ni l'autre.",
            ),
            models.CheckConstraint(
                condition=Q(demande__gte=0) & (Q(assiette=None) | Q(assiette__gte=0)),
                name="programme_financement_demande_positive",
                violation_error_message="Un montant demandé n'est pas négatif.",
            ),
            models.CheckConstraint(
                condition=Q(programme__gte=0) & Q(engage__gte=0) & Q(verse__gte=0) & Q(retenu__gte=0),
                name="programme_financement_sommes_positives",
                violation_error_message="On ne retire pas plus que ce qui est là.",
            ),
            models.CheckConstraint(
                condition=au_plus("verse", "engage"),
                name="programme_financement_verse_dans_l_engage",
                violation_error_message="On ne verse pas plus que ce qui est engagé.",
            ),
            models.CheckConstraint(
                condition=Q(programme=0) | Q(etat=EtatFinancement.PROGRAMME),
                name="programme_financement_programme",
                violation_error_message="Seul un financement programmé porte un montant programmé.",
            ),
            models.CheckConstraint(
                condition=Q(engage=0) | Q(etat__in=[*EtatFinancement.acquis(), EtatFinancement.CADUC]),
                name="programme_financement_engage",
                violation_error_message="Seul un financement attribué porte un montant engagé.",
            ),
            models.UniqueConstraint(
                fields=["enveloppe", "dossier_operateur"],
                condition=~Q(dossier_operateur=""),
                name="programme_financement_dossier",
                violation_error_message="Un autre financement de cette enveloppe a déjà ce numéro de dossier.",
            ),
        ]

    def __str__(self):
        return f"{self.financeur_dit}, {self.objet_dit}"

    def get_absolute_url(self):
        return reverse("financement", args=[self.cle])

    def save(self, *args, **kwargs):
        if not self._state.adding and not vars(self).get("_passe"):
            noms = {champ.name for champ in self._meta.concrete_fields if not champ.primary_key}
            kwargs["update_fields"] = set(kwargs.get("update_fields") or noms) - {*SOMMES, "dotation", "hors_contrat"}
        super().save(*args, **kwargs)

    @property
    def objet_dit(self):
        """What it is for, in words: a project, or who receives."""
        return str(self.projet or self.beneficiaire_nom or self.beneficiaire_siret)

    @property
    def lieu(self):
        return self.projet.territoire if self.projet_id else self.territoire

    @property
    def financeur_dit(self):
        return str(self.enveloppe) if self.enveloppe_id else (self.financeur_nom or self.get_financeur_display())

    @property
    def etat_dit(self):
        return EtatFinancement(self.etat).dit(self.nature)

    @property
    def ton(self):
        return EtatFinancement(self.etat).ton

    @property
    def porte(self):
        """What it draws on its « enveloppe régionale », in euros."""
        return self.programme + self.engage

    @property
    def reste_a_verser(self):
        return self.engage - self.verse

    @property
    def est_une_subvention_publique(self):
        return self.nature == NatureFinancement.SUBVENTION and self.financeur in Financeur.publics()

    @property
    def est_hors_contrat(self):
        """Whether what it draws on is kept for inscribed projects, which this one isn't."""
        return bool(
            self.enveloppe_id
            and self.enveloppe.inscription_requise
            and (self.projet_id is None or self.projet.etat not in EtatProjet.publics())
        )


class VersementPrevu(models.Model):
    """What is foreseen to be paid in a year on a line."""

    donnees_personnelles = ()

    financement = models.ForeignKey(
        Financement, on_delete=models.CASCADE, related_name="versements_prevus", verbose_name="financement"
    )
    exercice = models.PositiveSmallIntegerField("année")
    montant = ChampEuros("montant prévu (€)")

    historique = HistoricalRecords()
    objects = QuerySetDeFinancement.as_manager()

    class Meta:
        verbose_name = "versement prévu"
        verbose_name_plural = "versements prévus"
        ordering = ["financement", "exercice"]
        constraints = [
            models.UniqueConstraint(
                fields=["financement", "exercice"],
                name="programme_versementprevu_un_par_an",
                violation_error_message="Cette année a déjà un versement prévu.",
            ),
            models.CheckConstraint(
                condition=Q(montant__gte=0),
                name="programme_versementprevu_positif",
                violation_error_message="Un versement prévu n'est pas négatif.",
            ),
        ]

    def __str__(self):
        return f"{self.exercice}, {self.financement}"
