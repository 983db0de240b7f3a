"""The outbox: each message, and what became of it; what each person wants to receive."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from comptes import genres_de_courrier
from comptes.acces import QuerySetPortee, administre
from comptes.cles import nouvelle_cle
from comptes.genres_de_courrier import Cadence


class EtatCourrier(models.TextChoices):
    A_ENVOYER = "a_envoyer", "À envoyer"
    A_GROUPER = "a_grouper", "Attend le récapitulatif"
    EN_COURS = "en_cours", "Envoi en cours"
    ENVOYE = "envoye", "Envoyé"
    GROUPE = "groupe", "Dans un récapitulatif"
    A_VERIFIER = "a_verifier", "À vérifier"
    ECHOUE = "echoue", "Échoué"
    ANNULE = "annule", "Annulé"


# Something is still to be done by the worker.
ETATS_OUVERTS = (EtatCourrier.A_ENVOYER, EtatCourrier.A_GROUPER, EtatCourrier.EN_COURS)
# The worker looks at these every second.
ETATS_DE_L_OUVRIER = (EtatCourrier.A_ENVOYER, EtatCourrier.EN_COURS)
# Somebody took it to send it, and has not said how it ended.
ETATS_RECLAMES = (EtatCourrier.EN_COURS, EtatCourrier.A_VERIFIER)
ETATS_A_RENVOYER = (EtatCourrier.A_VERIFIER, EtatCourrier.ECHOUE)


def _si_et_seulement_si(etats, rempli, vide):
    return (Q(etat__in=etats) & rempli) | (~Q(etat__in=etats) & vide)


class QuerySetCourriers(QuerySetPortee):
    def visibles_par(self, personne):
        """Messages hold what others are told: administrators only."""
        return self.filter(administre(personne))

    def modifiables_par(self, personne):
        """What is decided on a message passes through `comptes.courrier`."""
        return self.none()

    def ajoutables_par(self, personne):
        return False

    def a_traiter(self, maintenant, silence_max):
        """Keep those whose time has come, and those whose worker has said nothing for too long."""
        return self.filter(etat__in=ETATS_DE_L_OUVRIER).filter(
            Q(etat=EtatCourrier.A_ENVOYER, a_envoyer_apres__lte=maintenant)
            | Q(etat=EtatCourrier.EN_COURS, reclame_le__lt=maintenant - silence_max)
        )

    def purgeables(self, avant):
        """Keep those whose text may be erased: older than a date, and nothing is to be done with them."""
        return self.filter(cree_le__lt=avant, purge_le=None).exclude(etat__in=ETATS_OUVERTS)


class Courrier(models.Model):
    """A message to one address. Written, sent and closed by `comptes.courrier` only.

    Its history keeps what administrators decided, neither the address nor the text.
    """

    donnees_personnelles = ("destinataire", "adresse", "objet", "texte", "html", "lien", "dernier_echec")

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    genre = models.CharField("genre", max_length=40)
    destinataire = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="courriers",
        verbose_name="destinataire",
        help_text="Vide : l'adresse n'a pas encore de compte.",
    )
    adresse = models.EmailField("adresse", blank=True)
    objet = models.CharField("objet", max_length=255, blank=True)
    texte = models.TextField("texte", blank=True)
    html = models.TextField("HTML", blank=True)
    lien = models.CharField("lien", max_length=500, blank=True, help_text="Ce dont parle le message.")
    etat = models.CharField("état", max_length=10, choices=EtatCourrier, default=EtatCourrier.A_ENVOYER)
    cree_le = models.DateTimeField("créé le", default=timezone.now)
    a_envoyer_apres = models.DateTimeField("à envoyer après", null=True, blank=True)
    tentatives = models.PositiveSmallIntegerField("tentatives", default=0)
    dernier_echec = models.CharField("dernier échec", max_length=300, blank=True)
    reclame_le = models.DateTimeField("confié au serveur le", null=True, blank=True)
    jeton = models.CharField(
        "jeton d'envoi", max_length=10, blank=True, help_text="Qui n'a plus le bon ne dit plus comment l'envoi a fini."
    )
    envoye_le = models.DateTimeField("envoyé le", null=True, blank=True)
    recapitulatif = models.ForeignKey(
        "self",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="groupes",
        verbose_name="récapitulatif",
    )
    purge_le = models.DateTimeField("texte effacé le", null=True, blank=True)

    historique = HistoricalRecords(
        excluded_fields=["cle", "adresse", "objet", "texte", "html", "lien", "dernier_echec", "reclame_le", "jeton"]
    )
    objects = QuerySetCourriers.as_manager()

    class Meta:
        verbose_name = "courriel"
        ordering = ["-cree_le", "-pk"]
        indexes = [
            models.Index(
                fields=["a_envoyer_apres"], condition=Q(etat__in=ETATS_DE_L_OUVRIER), name="comptes_courrier_ouverts"
            ),
            models.Index(fields=["etat", "cree_le"], name="comptes_courrier_etat"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(etat__in=EtatCourrier.values),
                name="comptes_courrier_etat_connu",
                violation_error_message="Cet état n'existe pas.",
            ),
            models.CheckConstraint(
                condition=_si_et_seulement_si(
                    [EtatCourrier.A_ENVOYER], Q(a_envoyer_apres__isnull=False), Q(a_envoyer_apres=None)
                ),
                name="comptes_courrier_a_envoyer",
                violation_error_message="Un courriel à envoyer, et lui seul, a une date d'envoi prévue.",
            ),
            models.CheckConstraint(
                condition=_si_et_seulement_si(
                    ETATS_RECLAMES, Q(reclame_le__isnull=False) & ~Q(jeton=""), Q(reclame_le=None, jeton="")
                ),
                name="comptes_courrier_reclame",
                violation_error_message="Un courriel confié au serveur, et lui seul, a la date et le jeton de l'envoi.",
            ),
            models.CheckConstraint(
                condition=_si_et_seulement_si([EtatCourrier.ENVOYE], Q(envoye_le__isnull=False), Q(envoye_le=None)),
                name="comptes_courrier_envoye",
                violation_error_message="Un courriel envoyé, et lui seul, a une date d'envoi.",
            ),
            models.CheckConstraint(
                condition=_si_et_seulement_si(
                    [EtatCourrier.GROUPE], Q(recapitulatif__isnull=False), Q(recapitulatif=None)
                ),
                name="comptes_courrier_groupe",
                violation_error_message="Un courriel groupé, et lui seul, dit quel récapitulatif l'a porté.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=[EtatCourrier.A_GROUPER, EtatCourrier.GROUPE]) | Q(destinataire__isnull=False),
                name="comptes_courrier_groupe_pour_quelqu_un",
                violation_error_message="Seule une personne qui a un compte reçoit un récapitulatif.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=ETATS_A_RENVOYER) | ~Q(dernier_echec=""),
                name="comptes_courrier_echec_dit",
                violation_error_message="Un courriel échoué ou à vérifier dit ce qui s'est passé.",
            ),
            models.CheckConstraint(
                condition=(Q(purge_le=None) & ~Q(texte="") & ~Q(adresse=""))
                | (Q(purge_le__isnull=False, texte="", html="", lien="") & ~Q(etat__in=ETATS_OUVERTS)),
                name="comptes_courrier_texte",
                violation_error_message="Un courriel a une adresse et un texte, jusqu'à ce que celui-ci soit effacé.",
            ),
        ]

    def __str__(self):
        return self.objet or f"{self.libelle_du_genre} ({self.cle})"

    @property
    def libelle_du_genre(self):
        return genres_de_courrier.libelle(self.genre)

    @property
    def est_confidentiel(self):
        """Whether its text may open an account: nobody else reads it."""
        return not genres_de_courrier.est_au_choix(self.genre)


class PreferenceCourrier(models.Model):
    """What a person wants of a kind of message. Without a row: what the kind says."""

    donnees_personnelles = ("personne", "genre", "choix")

    personne = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="preferences_courrier",
        verbose_name="personne",
    )
    genre = models.CharField("genre", max_length=40)
    choix = models.CharField("choix", max_length=10, choices=Cadence)

    historique = HistoricalRecords()

    class Meta:
        verbose_name = "préférence de courriel"
        verbose_name_plural = "préférences de courriel"
        ordering = ["personne", "genre"]
        constraints = [
            models.UniqueConstraint(
                fields=["personne", "genre"],
                name="comptes_preference_courrier_unique",
                violation_error_message="Cette personne a déjà une préférence pour ce genre de courriel.",
            ),
            models.CheckConstraint(
                condition=Q(choix__in=Cadence.values),
                name="comptes_preference_courrier_choix",
                violation_error_message="Ce choix n'existe pas.",
            ),
        ]

    def __str__(self):
        return f"{genres_de_courrier.libelle(self.genre)}, {self.get_choix_display().lower()}"
