"""People who sign in. What they may do comes from their habilitations, never from the account."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Concat, Lower, NullIf, Trim
from django.utils import timezone
from simple_history.models import HistoricalRecords

from comptes import acces
from comptes.enums import QualiteNationale
from comptes.noms import simplifier


class QuerySetUtilisateurs(acces.QuerySetPortee):
    def visibles_par(self, personne):
        """The national team sees everyone; others themselves, and those whose habilitation they see."""
        condition = acces.nationale(personne) | Q(pk=personne.pk)
        for genre in acces.genres():
            condition |= Q(pk__in=genre.objects.visibles_par(personne).values("personne"))
        return self.filter(condition)

    def modifiables_par(self, personne):
        """Whoever changes an address may become its owner: administrators only."""
        return self.filter(acces.administre(personne))


def nom_dit(chemin):
    """Return, in SQL, what `str` says of an account that isn't erased: `chemin` leads to it."""
    entier = Trim(Concat(f"{chemin}__prenom", Value(" "), f"{chemin}__nom"))
    return Coalesce(NullIf(entier, Value("")), f"{chemin}__email")


class UtilisateurManager(BaseUserManager.from_queryset(QuerySetUtilisateurs)):
    def get_by_natural_key(self, email):
        return self.get(email=email.lower())

    def _creer(self, email, password, **champs):
        if not email:
            raise ValueError("Une adresse électronique est nécessaire.")
        utilisateur = self.model(email=email, **champs)
        utilisateur.set_password(password)
        utilisateur.save(using=self._db)
        return utilisateur

    def create_user(self, email, password=None, **champs):
        return self._creer(email, password, **champs)

    def create_superuser(self, email, password=None, **champs):
        """Make the first account of a portal: an administrator of the national team (`manage.py createsuperuser`)."""
        utilisateur = self._creer(email, password, **champs)
        utilisateur.equipenationale_set.create(qualite=QualiteNationale.ADMINISTRATEUR)
        return utilisateur


class Utilisateur(AbstractBaseUser):
    """A person with an account; the e-mail address identifies them, whatever its case."""

    donnees_personnelles = ("email", "prenom", "nom", "fonction", "telephone", "last_login", "nom_normalise")

    email = models.EmailField(
        "adresse électronique",
        unique=True,
        error_messages={"unique": "Un compte existe déjà avec cette adresse."},
    )
    prenom = models.CharField("prénom", max_length=100, blank=True)
    nom = models.CharField("nom", max_length=100, blank=True)
    # Name and address as they are put in order and looked for.
    nom_normalise = models.CharField(max_length=500, editable=False, db_index=True)
    fonction = models.CharField("fonction", max_length=200, blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    is_active = models.BooleanField(
        "compte actif", default=True, help_text="Décocher plutôt que supprimer : l'historique reste lisible."
    )
    date_joined = models.DateTimeField("créé le", default=timezone.now, editable=False)
    # Of `comptes.inutilises`: counts as long as they have not signed in since.
    prevenu_le = models.DateTimeField("prévenu de la fermeture le", null=True, editable=False)
    # Of `comptes.effacement`.
    efface_le = models.DateTimeField("effacé le", null=True, editable=False)

    historique = HistoricalRecords(excluded_fields=["password", "last_login", "nom_normalise", "prevenu_le"])
    objects = UtilisateurManager()

    # The one habilitation in whose capacity they act in this request, when they chose one (`comptes.en_qualite`).
    en_qualite_de = None

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = "utilisateur"
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="comptes_utilisateur_email_sans_casse",
                violation_error_message="Un compte existe déjà avec cette adresse.",
            ),
            models.CheckConstraint(
                condition=Q(efface_le=None) | Q(is_active=False, prenom="", nom="", fonction="", telephone=""),
                name="comptes_utilisateur_efface",
                violation_error_message="Un compte effacé reste vide et fermé.",
            ),
        ]

    def __str__(self):
        return "Compte effacé" if self.efface_le else self.get_full_name() or self.email

    def clean(self):
        super().clean()
        self.email = self.email.lower()

    def save(self, *args, **kwargs):
        self.email = self.email.lower()
        self.nom_normalise = simplifier(f"{self.nom} {self.prenom} {self.email}")[:500]
        champs = kwargs.get("update_fields")
        if champs is not None and {"email", "prenom", "nom"} & set(champs):
            kwargs["update_fields"] = {*champs, "nom_normalise"}
        # Signing in changes nothing that the history keeps: pages that show names stay in the cache.
        if champs is not None and set(champs) == {"last_login"}:
            self.skip_history_when_saving = True
        try:
            super().save(*args, **kwargs)
        finally:
            vars(self).pop("skip_history_when_saving", None)

    # --- What Django's admin asks of a person: the rule of access answers (`comptes.acces`)

    @property
    def is_staff(self):
        return bool(acces.habilitations(self))

    def has_perm(self, perm, obj=None):
        """The admin pages ask the rule themselves; what they don't ask is for administrators of the national team."""
        return acces.est_administrateur(self)

    def has_module_perms(self, app_label):
        return self.is_staff

    def get_full_name(self):
        return f"{self.prenom} {self.nom}".strip()

    def get_short_name(self):
        return self.prenom or self.email
