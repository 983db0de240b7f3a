"""Invitations: what each will give, to whom, and what became of it."""

from datetime import datetime, time, timedelta

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Cast, Concat, Lower
from django.utils import timezone
from simple_history.models import HistoricalRecords

from comptes import acces
from comptes.cles import nouvelle_cle
from comptes.conditions import condition_gardee
from comptes.models.courriers import ETATS_DE_L_OUVRIER

# A link serves until the end of the 14th day after it was sent.
DUREE = timedelta(days=14)


class EtatInvitation(models.TextChoices):
    A_ENVOYER = "a_envoyer", "À envoyer"
    ENVOYEE = "envoyee", "Envoyée"
    ACCEPTEE = "acceptee", "Acceptée"
    ANNULEE = "annulee", "Annulée"

    @classmethod
    def ouverts(cls):
        """Return those in which an acceptance may still come, be the link expired or not."""
        return [cls.A_ENVOYER, cls.ENVOYEE]


def genres_par_cle():
    """Return {label of the model: kind of habilitation}."""
    return {genre._meta.label_lower: genre for genre in acces.genres()}


def debut_du_jour(jour):
    """Return the instant at which a day begins in Paris."""
    return timezone.make_aware(datetime.combine(jour, time.min))


class QuerySetInvitations(acces.QuerySetPortee):
    """Whoever may name on a scope sees what was promised there; the author, what they promised while they act."""

    def visibles_par(self, personne):
        if not acces.habilitations(personne):
            return self.none()
        return self.filter(acces.nationale(personne) | Q(auteur=personne.pk) | self._nommables_par(personne))

    def modifiables_par(self, personne):
        return self.filter(acces.administre(personne) | self._nommables_par(personne))

    def ajoutables_par(self, personne):
        return any(genre.objects.ajoutables_par(personne) for genre in acces.genres())

    def ouvertes(self):
        return self.filter(etat__in=EtatInvitation.ouverts())

    def expirees(self):
        """Keep those whose link has served its time; the rest of the « envoyées » still opens."""
        return self.filter(etat=EtatInvitation.ENVOYEE, envoyee_le__lt=debut_du_jour(acces.aujourdhui() - DUREE))

    def en_attente(self):
        return self.filter(etat=EtatInvitation.ENVOYEE, envoyee_le__gte=debut_du_jour(acces.aujourdhui() - DUREE))

    def a_envoyer(self):
        """Keep those whose message the worker has not sent yet."""
        return self.en_attente().filter(courrier__etat__in=ETATS_DE_L_OUVRIER)

    def sans_reponse(self):
        """Keep those whose message has left, and whose link still opens."""
        return self.en_attente().exclude(courrier__etat__in=ETATS_DE_L_OUVRIER)

    @condition_gardee
    def _nommables_par(self, personne):
        condition = Q(pk__in=[])
        for cle, genre in genres_par_cle().items():
            for delegation in genre.delegations:
                portees = delegation.portees(personne).annotate(
                    cle_texte=Concat(
                        Value(f"{genre.portee}:"), Cast(genre.portee, TextField()), output_field=TextField()
                    )
                )
                condition |= Q(genre=cle, qualite__in=[*delegation.qualites], portee__in=portees.values("cle_texte"))
        return condition


class Invitation(models.Model):
    """An habilitation promised to an address: it begins, and the account with it, when its owner accepts.

    Written by `comptes.invitations` only. « Expirée » follows from the date. The link holds `cle` and `secret`, signed;
    it is written nowhere but in the message, and the secret changes at each sending.
    """

    donnees_personnelles = ("adresse", "prenom", "nom", "message", "auteur", "acceptee_par", "annulee_par")

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    adresse = models.EmailField("adresse électronique")
    prenom = models.CharField("prénom", max_length=100, blank=True)
    nom = models.CharField("nom", max_length=100, blank=True)
    genre = models.CharField("habilitation", max_length=80)
    qualite = models.CharField("qualité", max_length=30)
    portee = models.CharField("portée", max_length=60, blank=True)
    du = models.DateField("depuis le", default=acces.aujourdhui)
    au = models.DateField("jusqu'au", null=True, blank=True, help_text="Ce jour compris. Vide : sans fin prévue.")
    acte_numero = models.CharField("numéro de l'acte de délégation", max_length=50, blank=True)
    acte_date = models.DateField("date de l'acte de délégation", null=True, blank=True)
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="invitations", verbose_name="invité par"
    )
    message = models.CharField("message", max_length=500, blank=True)
    remplace = models.BigIntegerField(
        "remplace l'habilitation", null=True, blank=True, help_text="Du même genre : elle finit à l'acceptation."
    )
    etat = models.CharField("état", max_length=9, choices=EtatInvitation, default=EtatInvitation.A_ENVOYER)
    creee_le = models.DateTimeField("créée le", default=timezone.now, editable=False)
    secret = models.CharField(max_length=10, default=nouvelle_cle, editable=False)
    envoyee_le = models.DateTimeField("envoyée le", null=True, blank=True)
    envois = models.PositiveSmallIntegerField("nombre d'envois", default=0)
    courrier = models.ForeignKey(
        "comptes.Courrier",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="dernier courriel",
    )
    demandee_le = models.DateTimeField("demandée à nouveau le", null=True, blank=True)
    acceptee_le = models.DateTimeField("acceptée le", null=True, blank=True)
    acceptee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="acceptée par",
    )
    obtenue = models.BigIntegerField("habilitation obtenue", null=True, blank=True)
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)
    annulee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="annulée par",
    )

    historique = HistoricalRecords(excluded_fields=["secret"])
    objects = QuerySetInvitations.as_manager()

    class Meta:
        verbose_name = "invitation"
        ordering = ["-creee_le", "-pk"]
        indexes = [models.Index(fields=["auteur", "etat"], name="comptes_invitation_auteur")]
        constraints = [
            models.CheckConstraint(
                condition=Q(adresse=Lower("adresse")),
                name="comptes_invitation_adresse",
                violation_error_message="L'adresse s'écrit en minuscules.",
            ),
            models.CheckConstraint(
                condition=Q(au=None) | Q(au__gte=F("du")),
                name="comptes_invitation_periode",
                violation_error_message="La fin doit suivre le début.",
            ),
            models.CheckConstraint(
                condition=Q(acte_numero="", acte_date=None) | (~Q(acte_numero="") & Q(acte_date__isnull=False)),
                name="comptes_invitation_acte",
                violation_error_message="Un acte de délégation a un numéro et une date.",
            ),
            models.CheckConstraint(
                condition=Q(envoyee_le=None, envois=0) | Q(envoyee_le__isnull=False, envois__gte=1),
                name="comptes_invitation_envois",
                violation_error_message="Une invitation envoyée a une date et un nombre d'envois.",
            ),
            models.CheckConstraint(
                condition=Q(etat=EtatInvitation.A_ENVOYER, envoyee_le=None)
                | Q(etat__in=[EtatInvitation.ENVOYEE, EtatInvitation.ACCEPTEE], envoyee_le__isnull=False)
                | Q(etat=EtatInvitation.ANNULEE),
                name="comptes_invitation_envoyee",
                violation_error_message="Une invitation est envoyée à une date, ou elle reste à envoyer.",
            ),
            models.CheckConstraint(
                condition=(
                    Q(etat=EtatInvitation.ACCEPTEE)
                    & Q(acceptee_le__isnull=False, acceptee_par__isnull=False, obtenue__isnull=False)
                )
                | (~Q(etat=EtatInvitation.ACCEPTEE) & Q(acceptee_le=None, acceptee_par=None, obtenue=None)),
                name="comptes_invitation_acceptee",
                violation_error_message="Une invitation acceptée, et elle seule, l'est par quelqu'un, à une date.",
            ),
            models.CheckConstraint(
                condition=(Q(etat=EtatInvitation.ANNULEE) & Q(annulee_le__isnull=False, annulee_par__isnull=False))
                | (~Q(etat=EtatInvitation.ANNULEE) & Q(annulee_le=None, annulee_par=None)),
                name="comptes_invitation_annulee",
                violation_error_message="Une invitation annulée, et elle seule, l'est par quelqu'un, à une date.",
            ),
            models.UniqueConstraint(
                fields=["adresse", "genre", "portee", "qualite"],
                condition=Q(etat__in=[EtatInvitation.A_ENVOYER, EtatInvitation.ENVOYEE]),
                name="comptes_invitation_une_ouverte",
                violation_error_message="Une invitation pareille attend déjà une réponse.",
            ),
        ]

    def __str__(self):
        return f"{self.adresse}, {self.modele_donne.titre.lower()}"

    def clean(self):
        super().clean()
        self.adresse = self.adresse.lower()
        if self.genre not in genres_par_cle():
            raise ValidationError({"genre": "Ce genre d'habilitation n'existe pas."})

    # --- What it gives

    @property
    def modele_donne(self):
        return apps.get_model(self.genre)

    @property
    def destinataire(self):
        """The person's name as the inviter wrote it, else their address."""
        return f"{self.prenom} {self.nom}".strip() or self.adresse

    @property
    def qualite_dite(self):
        return dict(self.modele_donne._meta.get_field("qualite").choices).get(self.qualite, self.qualite)

    @property
    def champ_de_portee(self):
        return self.portee.partition(":")[0]

    def a_donner(self, personne=None):
        """Return the habilitation that it gives, not saved: it never begins before it is accepted."""
        champ, _, cle = self.portee.partition(":")
        modele = self.modele_donne
        portee = {f"{champ}_id": modele._meta.get_field(champ).target_field.to_python(cle)} if champ else {}
        return modele(
            personne=personne,
            nommee_par=self.auteur,
            qualite=self.qualite,
            du=max(self.du, acces.aujourdhui()),
            au=self.au,
            acte_numero=self.acte_numero,
            acte_date=self.acte_date,
            **portee,
        )

    @property
    def nommable(self):
        """Whether its author may still give it."""
        return self.a_donner().nommable_par(self.auteur)

    # --- Until when

    @property
    def dernier_jour(self):
        """The last day of its link, Paris time; None before it is sent."""
        return timezone.localdate(self.envoyee_le) + DUREE if self.envoyee_le else None

    @property
    def est_ouverte(self):
        return self.etat in EtatInvitation.ouverts()

    @property
    def est_expiree(self):
        return self.etat == EtatInvitation.ENVOYEE and self.dernier_jour < acces.aujourdhui()

    @property
    def est_a_envoyer(self):
        """Whether its message has not left yet: the outbox says so, the invitation was written with it."""
        parti = self.courrier is None or self.courrier.etat not in ETATS_DE_L_OUVRIER
        return self.est_ouverte and not parti and not self.est_expiree

    @property
    def etat_dit(self):
        """The state as screens say it: what follows from the date and from the outbox is kept nowhere."""
        if self.est_expiree:
            return "Expirée"
        return EtatInvitation.A_ENVOYER.label if self.est_a_envoyer else self.get_etat_display()

    @property
    def est_perimee(self):
        """Whether what it gives would already be over."""
        return self.au is not None and self.au < acces.aujourdhui()


def lire_les_portees(invitations):
    """Give each invitation its `objet` (a region, a territory…; None for everything): one query a kind of scope."""
    invitations = list(invitations)
    cles = {}
    for invitation in invitations:
        champ, _, cle = invitation.portee.partition(":")
        if champ:
            modele = invitation.modele_donne._meta.get_field(champ).related_model
            cles.setdefault(modele, set()).add(cle)
    objets = {
        (modele, str(objet.pk)): objet
        for modele, voulues in cles.items()
        for objet in modele._default_manager.filter(pk__in=voulues)
    }
    for invitation in invitations:
        champ, _, cle = invitation.portee.partition(":")
        modele = invitation.modele_donne._meta.get_field(champ).related_model if champ else None
        invitation.objet = objets.get((modele, cle))
    return invitations
