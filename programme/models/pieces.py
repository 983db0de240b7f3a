"""Documents of a project: private files, that one view serves behind the rule of access (ADR 0013)."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from comptes.acces import administre
from comptes.cles import nouvelle_cle
from programme.enums import Cercle, NaturePiece, TypePiece
from tableurs.models import stockage_prive

from .projets import Projet
from .regle_projets import QuerySetDeCercle

DOSSIER = "pieces"
TAILLE_MAX = 20 * 1024 * 1024


def nom_au_hasard(piece, nom):
    """Return where a file is kept: its own name is nowhere on the disk."""
    return f"{DOSSIER}/{secrets.token_hex(16)}"


class QuerySetPieces(QuerySetDeCercle):
    def visibles_par(self, personne):
        """Of its circle, those who share the *secret des affaires* when it is one."""
        partages = Projet.objects.secrets_connus_par(personne).order_by().values("pk")
        return super().visibles_par(personne).filter(Q(secret_des_affaires=False) | Q(projet__in=partages))

    def modifiables_par(self, personne):
        """Keep those that a person withdraws: who deposited them, and administrators."""
        siennes = Q(deposee_par=personne.pk) | administre(personne)
        return self.visibles_par(personne).servies().filter(siennes)

    def ajoutables_par(self, personne):
        return Projet.objects.documentables_par(personne).exists()

    def servies(self):
        return self.filter(retiree_le=None)


class Piece(models.Model):
    """What was deposited stays told; once withdrawn it is served no more, then its file goes."""

    donnees_personnelles = ("intitule", "nom_fichier")
    tus_a_qui_signe = ("fichier", "empreinte", "retiree_par", "retiree_le")

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    projet = models.ForeignKey(Projet, on_delete=models.PROTECT, related_name="pieces", verbose_name="projet")
    intitule = models.CharField("intitulé", max_length=150, help_text="Ce que l'on y trouve, en quelques mots.")
    nature = models.CharField("nature", max_length=12, choices=NaturePiece)
    cercle = models.CharField("qui peut la lire", max_length=17, choices=Cercle)
    secret_des_affaires = models.BooleanField("couverte par le secret des affaires", default=False)
    fichier = models.FileField("fichier", storage=stockage_prive, upload_to=nom_au_hasard, blank=True, editable=False)
    nom_fichier = models.CharField("nom du fichier", max_length=150)
    type = models.CharField("type", max_length=4, choices=TypePiece)
    taille = models.PositiveIntegerField("taille (octets)")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    deposee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name="déposée par"
    )
    deposee_le = models.DateTimeField("déposée le", default=timezone.now)
    retiree_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="retirée par",
    )
    retiree_le = models.DateTimeField("retirée le", null=True, blank=True)

    objects = QuerySetPieces.as_manager()

    class Meta:
        verbose_name = "pièce"
        ordering = ["-deposee_le", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taille__gte=1, taille__lte=TAILLE_MAX),
                name="programme_piece_taille",
                violation_error_message="Une pièce n'est ni vide, ni de plus de 20 Mo.",
            ),
            models.CheckConstraint(
                condition=Q(retiree_par=None, retiree_le=None) | Q(retiree_par__isnull=False, retiree_le__isnull=False),
                name="programme_piece_retiree",
                violation_error_message="Une pièce retirée l'est par quelqu'un, à une date.",
            ),
            models.CheckConstraint(
                condition=~Q(fichier="") | Q(retiree_le__isnull=False),
                name="programme_piece_fichier",
                violation_error_message="Une pièce qui n'est pas retirée a son fichier.",
            ),
            models.CheckConstraint(
                condition=Q(cercle__in=Cercle.values),
                name="programme_piece_cercle",
                violation_error_message="Dites qui peut lire cette pièce.",
            ),
        ]

    def __str__(self):
        return self.intitule

    def get_absolute_url(self):
        return reverse("piece", args=[self.projet.cle, self.cle])

    @property
    def nom_servi(self):
        """Its name, with the extension of what it is whatever became of it."""
        suffixe = f".{self.type}"
        return self.nom_fichier if self.nom_fichier.endswith(suffixe) else self.nom_fichier + suffixe

    @property
    def mime(self):
        return TypePiece(self.type).mime

    @property
    def est_retiree(self):
        return self.retiree_le is not None
