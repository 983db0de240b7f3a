"""What remains of each import: the file's name and hash, the rows and what became of them, who applied it, when."""

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from comptes.acces import QuerySetPortee, nationale, tient_la_reference
from comptes.cles import nouvelle_cle
from tableurs import ressources
from tableurs.enums import ETATS_AU_TRAVAIL, EtatLot, Seau


def stockage_prive():
    """Return the storage of files that no address serves."""
    return storages["prive"]


class QuerySetLots(QuerySetPortee):
    def visibles_par(self, personne):
        """The national team sees every import; others their own, of what they may still import."""
        return self.filter(nationale(personne) | self._siens(personne))

    def modifiables_par(self, personne):
        """Who keeps the reference takes up a colleague's import; others only their own."""
        partages = tient_la_reference(personne) & Q(ressource__in=ressources.ouvertes(personne))
        return self.filter(partages | self._siens(personne))

    def ajoutables_par(self, personne):
        return bool(ressources.ouvertes(personne))

    def _siens(self, personne):
        return Q(depose_par=personne.pk, ressource__in=ressources.ouvertes(personne))


class LotImport(models.Model):
    """One file brought in. Counts add up: `lignes` is the sum of the five buckets, at the database."""

    donnees_personnelles = ("nom_fichier", "depose_par", "applique_par", "annule_par")

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    ressource = models.CharField("ressource", max_length=30)
    options = models.JSONField("options", default=dict)
    nom_fichier = models.CharField("nom du fichier", max_length=255)
    empreinte = models.CharField("empreinte SHA-256 du fichier", max_length=64)
    taille = models.PositiveIntegerField("taille (octets)")
    fichier = models.FileField(
        "fichier",
        storage=stockage_prive,
        upload_to="imports",
        blank=True,
        editable=False,
        help_text="Gardé jusqu'à la comparaison, puis effacé : ses lignes restent.",
    )
    lecture_forcee = models.JSONField("lecture choisie", default=dict, help_text="encodage, separateur")
    attendues = models.PositiveIntegerField("lignes à lire", default=0)
    lues = models.PositiveIntegerField("lignes comparées", default=0, editable=False)
    lu_comme = models.CharField("lu comme", max_length=200, blank=True)
    # A text without limit: LibreOffice has none on the names of sheets.
    feuille = models.TextField("feuille", blank=True)
    tableau = models.PositiveSmallIntegerField("tableau", default=0, help_text="Son rang sur la feuille, depuis 0.")
    entetes = models.JSONField("en-têtes", default=list)
    correspondance = models.JSONField("correspondance des colonnes", default=dict)
    remarques = models.JSONField("remarques de lecture", default=list)
    etat = models.CharField("état", max_length=12, choices=EtatLot, default=EtatLot.DEPOSE, editable=False)
    message = models.TextField("message", blank=True)
    battement = models.DateTimeField(
        "dernier signe de vie", null=True, editable=False, help_text="Vide : attend son tour."
    )
    jeton = models.CharField(
        "passage en cours",
        max_length=36,
        blank=True,
        editable=False,
        help_text="Change à chaque comparaison et à chaque choix : qui n'a plus le bon n'écrit plus rien.",
    )
    interruptions = models.PositiveSmallIntegerField("lectures interrompues", default=0, editable=False)
    operations = models.JSONField("opérations d'ensemble", default=list, editable=False)
    creees = models.JSONField("clés créées", default=dict, editable=False)

    lignes = models.PositiveIntegerField("lignes", default=0)
    crees = models.PositiveIntegerField("créées", default=0)
    modifies = models.PositiveIntegerField("modifiées", default=0)
    inchanges = models.PositiveIntegerField("inchangées", default=0)
    refuses = models.PositiveIntegerField("refusées", default=0)
    doublons = models.PositiveIntegerField("doublons", default=0)
    disparus = models.PositiveIntegerField("disparus", default=0)

    depose_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, null=True, related_name="+", verbose_name="déposé par"
    )
    depose_le = models.DateTimeField("déposé le", default=timezone.now)
    applique_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, null=True, related_name="+", verbose_name="appliqué par"
    )
    applique_le = models.DateTimeField("appliqué le", null=True)
    annule_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, null=True, related_name="+", verbose_name="annulé par"
    )
    annule_le = models.DateTimeField("annulé le", null=True)
    purge_le = models.DateTimeField("lignes effacées le", null=True, editable=False)

    objects = QuerySetLots.as_manager()

    class Meta:
        verbose_name = "import"
        ordering = ["-depose_le"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lignes=F("crees") + F("modifies") + F("inchanges") + F("refuses") + F("doublons")),
                name="tableurs_lot_aucune_ligne_perdue",
                violation_error_message="Chaque ligne du fichier doit finir dans un et un seul seau.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=[EtatLot.APPLIQUE, EtatLot.ANNULE]) | Q(applique_le__isnull=False),
                name="tableurs_lot_applique_date",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatLot.ANNULE) | Q(annule_le__isnull=False), name="tableurs_lot_annule_date"
            ),
        ]

    def __str__(self):
        return f"{self.nom_fichier} ({self.cle})"

    def get_absolute_url(self):
        return reverse("import", args=[self.cle])

    @property
    def en_attente(self):
        """Whether the worker has been asked to compare, apply or undo, and hasn't begun."""
        return self.etat in ETATS_AU_TRAVAIL and self.battement is None

    @property
    def annulation_en_cours(self):
        """Whether what is under way is undoing: only what was applied can be undone."""
        return self.etat == EtatLot.EN_COURS and self.applique_le is not None

    @property
    def motif(self):
        """What the history of every row changed by this import says."""
        return f"Import {self.cle}"


class LigneImport(models.Model):
    """A row of the file (or an object that the file doesn't name), its bucket, and what applying it would do.

    `cellules` are texts in the order of the headers; `changements` are shown (champ, avant, apres); `problemes` hold
    colonne, lettre, valeur, raison, remede; `operations` are what `tableurs.operations` does, in order.
    """

    donnees_personnelles = ("cellules", "changements", "operations")

    lot = models.ForeignKey(LotImport, on_delete=models.CASCADE, related_name="details")
    numero = models.PositiveIntegerField("ligne", help_text="Comme dans Excel ; 0 pour un disparu.")
    seau = models.CharField("résultat", max_length=9, choices=Seau)
    libelle = models.CharField("objet", max_length=300, blank=True)
    cellules = models.JSONField("cellules", default=list)
    changements = models.JSONField("changements", default=list)
    problemes = models.JSONField("problèmes", default=list)
    operations = models.JSONField("opérations", default=list)
    retenue = models.BooleanField("à appliquer", default=True)

    class Meta:
        verbose_name = "ligne d'import"
        verbose_name_plural = "lignes d'import"
        ordering = ["lot", "pk"]
        indexes = [models.Index(fields=["lot", "seau"], name="tableurs_ligne_seau")]

    def __str__(self):
        return f"{self.lot_id}, ligne {self.numero}"


class CorrespondanceRetenue(models.Model):
    """The columns that somebody confirmed for these headers: proposed again for the next file that has them."""

    donnees_personnelles = ()

    ressource = models.CharField("ressource", max_length=30)
    empreinte = models.CharField("empreinte des en-têtes", max_length=64)
    places = models.JSONField("places", default=dict)

    class Meta:
        verbose_name = "correspondance retenue"
        verbose_name_plural = "correspondances retenues"
        constraints = [
            models.UniqueConstraint(fields=["ressource", "empreinte"], name="tableurs_correspondance_unique")
        ]

    def __str__(self):
        return f"{self.ressource} {self.empreinte}"
