"""What somebody asked of the list of projects, kept under a name: theirs, and nobody else's."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from simple_history.models import HistoricalRecords

from comptes.acces import QuerySetPortee
from comptes.cles import nouvelle_cle
from comptes.models import Utilisateur

VUES_MAX = 20
LONGUEUR_MAX_QUESTION = 2000
# In the address of the list: which view it comes from, or none (« toutes »).
PARAMETRE_VUE, TOUTES = "vue", "toutes"


class QuerySetVues(QuerySetPortee):
    """One's own: an administrator does not read another's."""

    def visibles_par(self, personne):
        return self.filter(personne=personne.pk) if personne.is_authenticated else self.none()

    def modifiables_par(self, personne):
        return self.visibles_par(personne)

    def ajoutables_par(self, personne):
        return personne.is_authenticated


class VueDeProjets(models.Model):
    """`question`: filters, order and columns, as the address of the list says them (`programme/vues_de_projets.py`)."""

    donnees_personnelles = ("personne", "nom", "question")

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    # It goes with the account: erasing follows relations that have a name.
    personne = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        editable=False,
        related_name="vues_de_projets",
        verbose_name="personne",
    )
    nom = models.CharField("nom", max_length=60, help_text="Personne d'autre que vous ne le voit.")
    question = models.CharField(
        "filtres, tri et colonnes", max_length=LONGUEUR_MAX_QUESTION, blank=True, editable=False
    )
    par_defaut = models.BooleanField(
        "l'ouvrir quand j'arrive sur les projets",
        default=False,
        help_text="Par le menu « Projets ». Un lien, toujours présent, montre tous les projets.",
    )

    historique = HistoricalRecords()
    objects = QuerySetVues.as_manager()

    class Meta:
        verbose_name = "vue de la liste des projets"
        verbose_name_plural = "vues de la liste des projets"
        ordering = ["nom", "pk"]
        constraints = [
            models.UniqueConstraint(
                "personne",
                Lower("nom"),
                name="programme_vue_unique",
                violation_error_message="Vous avez déjà une vue de ce nom.",
            ),
            models.UniqueConstraint(
                fields=["personne"],
                condition=Q(par_defaut=True),
                name="programme_vue_par_defaut",
                violation_error_message="Une seule vue s'ouvre par défaut.",
            ),
            models.CheckConstraint(
                condition=~Q(nom=""), name="programme_vue_nommee", violation_error_message="Donnez un nom à la vue."
            ),
        ]

    def __str__(self):
        return self.nom

    def get_absolute_url(self):
        question = f"{self.question}&" if self.question else ""
        return f"{reverse('projets')}?{question}{PARAMETRE_VUE}={self.cle}"

    def garder(self):
        """Save it; the default one takes the place of the one before. Raises `ValidationError`, in words.

        Two tabs wait for one another: neither the limit nor the default is passed over.
        """
        with transaction.atomic():
            list(Utilisateur.objects.select_for_update().filter(pk=self.personne_id).values_list("pk"))
            siennes = VueDeProjets.objects.filter(personne=self.personne_id).exclude(pk=self.pk)
            if self._state.adding and siennes.count() >= VUES_MAX:
                raise ValidationError(f"Vous avez déjà {VUES_MAX} vues : supprimez-en une d'abord.")
            if self.par_defaut:
                for autre in siennes.filter(par_defaut=True):
                    autre.par_defaut = False
                    autre.save()
            self.full_clean()
            self.save()
