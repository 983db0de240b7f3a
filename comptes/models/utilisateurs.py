"""People who sign in."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from simple_history.models import HistoricalRecords


class UtilisateurManager(BaseUserManager):
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
        return self._creer(email, password, **{**champs, "is_staff": True, "is_superuser": True})


class Utilisateur(AbstractBaseUser, PermissionsMixin):
    """A person with an account; the e-mail address identifies them, whatever its case."""

    donnees_personnelles = ("email", "prenom", "nom", "fonction", "telephone", "last_login")

    email = models.EmailField(
        "adresse électronique",
        unique=True,
        error_messages={"unique": "Un compte existe déjà avec cette adresse."},
    )
    prenom = models.CharField("prénom", max_length=100, blank=True)
    nom = models.CharField("nom", max_length=100, blank=True)
    fonction = models.CharField("fonction", max_length=200, blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    is_staff = models.BooleanField("équipe nationale", default=False, help_text="Donne accès à l'administration.")
    is_active = models.BooleanField(
        "compte actif", default=True, help_text="Décocher plutôt que supprimer : l'historique reste lisible."
    )
    date_joined = models.DateTimeField("créé le", default=timezone.now, editable=False)

    historique = HistoricalRecords(excluded_fields=["password", "last_login"])
    objects = UtilisateurManager()

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
            )
        ]

    def __str__(self):
        return self.get_full_name() or self.email

    def clean(self):
        super().clean()
        self.email = self.email.lower()

    def save(self, *args, **kwargs):
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def get_full_name(self):
        return f"{self.prenom} {self.nom}".strip()

    def get_short_name(self):
        return self.prenom or self.email
