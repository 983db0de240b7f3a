"""Projects: the fiches-actions of the contracts."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact, GreaterThanOrEqual
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from simple_history.models import HistoricalRecords

from comptes.acces import aujourdhui
from comptes.cles import nouvelle_cle
from comptes.parcours import AvecParcours, Manque, TransitionImpossible
from programme.champs import LONGUEUR_DU_SIREN, ChampEuros, ChampSiren
from programme.choix_de_fiche import choix_de
from programme.enums import AutoriteLocale, BaseDeTaxe, EtatProjet, GenrePorteur, Maturite, Meteo
from programme.montants import RIEN, au_plus
from programme.parcours_projet import PARCOURS
from tableurs.francais import normaliser
from territoires.enums import NatureCollectivite
from territoires.models import Collectivite, Territoire

from .catalogue import Mesure
from .etiquettes import Etiquette
from .index_des_projets import INDEX
from .regle_projets import QuerySetProjets

METEO = ("meteo", "meteo_le")
# Written by `programme/argent/ecritures.py` only, with what they add up.
SOMMES = ("sources", "subventions_publiques")
LONGUEUR_DU_NUMERO = len("FA-2026-00001")


def _avec_sa_taxe(montant, taxe):
    return Q(**{f"{montant}__isnull": True, taxe: ""}) | (Q(**{f"{montant}__isnull": False}) & ~Q(**{taxe: ""}))


class Projet(AvecParcours):
    """A fiche-action. May be saved incomplete: what its transmission takes, `manques` says.

    Its state is moved by `comptes.parcours.passer` only; its number, version and local validation by methods.
    """

    # Free texts may name people.
    donnees_personnelles = ("contexte", "objectifs", "partenaires")
    # Of a project that one entered, one's own data say which it is, not what it has become.
    tus_a_qui_signe = (
        "porteur_nom",
        "porteur_siren",
        "cout_total",
        "assiette_eligible",
        "emplois",
        "non_public_motif",
        "recherche",
        "etat",
        "etat_depuis",
        *METEO,
        *SOMMES,
    )
    parcours = PARCOURS
    refus_a_qui_a_saisi = (
        "vous avez saisi, validé ou fait avancer ce projet pour le territoire. "
        "Une autre personne de la région, ou l'équipe nationale, l'examine."
    )

    cle = models.CharField("clé", max_length=10, unique=True, default=nouvelle_cle, editable=False)
    numero = models.CharField("numéro", max_length=16, unique=True, null=True, blank=True, editable=False)
    # What the region called it before the portal: an import knows the project by it the next time.
    reference_regionale = models.CharField("référence de la région", max_length=50, blank=True, db_index=True)
    titre = models.CharField("titre", max_length=250)
    # Titre, porteur and number as they are looked for.
    recherche = models.CharField(max_length=500, editable=False, db_index=True)
    territoire = models.ForeignKey(
        Territoire, on_delete=models.PROTECT, related_name="projets", verbose_name="territoire"
    )
    territoires_associes = models.ManyToManyField(
        Territoire, related_name="projets_associes", verbose_name="territoires associés", blank=True
    )
    mesures = models.ManyToManyField(Mesure, related_name="projets", verbose_name="mesures", blank=True)
    communes = models.ManyToManyField(
        Collectivite,
        related_name="projets",
        verbose_name="communes",
        blank=True,
        limit_choices_to={"nature": NatureCollectivite.COMMUNE},
    )
    sans_lieu = models.BooleanField("sans lieu précis", default=False)
    contexte = models.TextField("contexte", blank=True)
    objectifs = models.TextField("objectifs", blank=True)
    partenaires = models.TextField("partenaires", blank=True)

    porteur_nom = models.CharField("nom du porteur", max_length=200, blank=True)
    porteur_genre = models.CharField("nature du porteur", max_length=13, choices=GenrePorteur, blank=True)
    porteur_siren = ChampSiren("SIREN du porteur", blank=True, help_text="Neuf chiffres, par exemple 552 100 554.")
    porteur_en_creation = models.BooleanField("en cours de création", default=False)

    debut = models.DateField("début prévu", null=True, blank=True)
    fin = models.DateField("fin prévue", null=True, blank=True)
    cout_total = ChampEuros("coût total (€)", null=True, blank=True)
    cout_total_taxe = models.CharField("coût total HT ou TTC", max_length=3, choices=BaseDeTaxe, blank=True)
    assiette_eligible = ChampEuros("assiette éligible (€)", null=True, blank=True)
    assiette_taxe = models.CharField("assiette HT ou TTC", max_length=3, choices=BaseDeTaxe, blank=True)
    montants_secrets = models.BooleanField(
        "montants couverts par le secret des affaires",
        default=False,
        help_text="Montrés au porteur, au chef de projet, à la région, à l'État et à l'équipe nationale seulement.",
    )
    sources = ChampEuros("sources de financement (€)", default=RIEN, editable=False)
    subventions_publiques = ChampEuros("subventions publiques (€)", default=RIEN, editable=False)
    maturite = models.CharField("maturité", max_length=6, choices=Maturite, blank=True)
    emplois = models.PositiveIntegerField("emplois attendus", null=True, blank=True)

    etiquettes = models.ManyToManyField(Etiquette, related_name="projets", verbose_name="étiquettes", blank=True)
    non_public_motif = models.CharField(
        "raison de ne pas le montrer au public",
        max_length=300,
        blank=True,
        help_text="Vide : montré dès l'inscription.",
    )

    etat = models.CharField("état", max_length=15, choices=EtatProjet, default=EtatProjet.IDEE, editable=False)
    etat_depuis = models.DateTimeField("dans cet état depuis", default=timezone.now, editable=False)
    # The latest answer of a campaign, kept here for lists: `programme/campagnes.py` writes both together.
    meteo = models.CharField("météo", max_length=10, choices=Meteo, blank=True, editable=False)
    meteo_le = models.DateTimeField("météo donnée le", null=True, blank=True, editable=False)
    version_fiche = models.PositiveSmallIntegerField("version de la fiche", default=1, editable=False)
    # Goes up each time the fiche is saved: two people who edit at once find out.
    revision = models.PositiveIntegerField("révision", default=0, editable=False)
    validation_locale_le = models.DateField("validation locale le", null=True, blank=True, editable=False)
    validation_locale_par = models.CharField(
        "validation locale par", max_length=6, choices=AutoriteLocale, blank=True, editable=False
    )
    validation_saisie_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="validation saisie par",
    )
    saisi_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        editable=False,
        related_name="+",
        verbose_name="saisi par",
    )
    cree_le = models.DateTimeField("créé le", default=timezone.now, editable=False)
    archive_le = models.DateField("archivé le", null=True, blank=True, editable=False)
    archive_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="archivé par",
    )

    historique = HistoricalRecords(
        m2m_fields=[territoires_associes, mesures, communes, etiquettes], excluded_fields=["recherche", *METEO, *SOMMES]
    )
    objects = QuerySetProjets.as_manager()

    class Meta:
        verbose_name = "projet"
        ordering = ["-pk"]
        indexes = INDEX
        constraints = [
            models.UniqueConstraint(
                fields=["territoire", "reference_regionale"],
                condition=~Q(reference_regionale=""),
                name="programme_projet_reference_regionale",
                violation_error_message="Un autre projet de ce territoire a déjà cette référence de la région.",
            ),
            models.CheckConstraint(
                condition=Q(debut=None) | Q(fin=None) | Q(fin__gte=F("debut")),
                name="programme_projet_calendrier",
                violation_error_message="La fin prévue doit suivre le début prévu.",
            ),
            models.CheckConstraint(
                condition=Q(cout_total=None) | Q(cout_total__gte=0),
                name="programme_projet_cout_positif",
                violation_error_message="Un coût n'est pas négatif.",
            ),
            models.CheckConstraint(
                condition=Q(assiette_eligible=None) | Q(assiette_eligible__gte=0),
                name="programme_projet_assiette_positive",
                violation_error_message="Une assiette éligible n'est pas négative.",
            ),
            models.CheckConstraint(
                condition=_avec_sa_taxe("cout_total", "cout_total_taxe"),
                name="programme_projet_cout_taxe",
                violation_error_message="Le coût total se dit HT ou TTC ; sans montant, ni l'un ni l'autre.",
            ),
            models.CheckConstraint(
                condition=_avec_sa_taxe("assiette_eligible", "assiette_taxe"),
                name="programme_projet_assiette_taxe",
                violation_error_message="L'assiette éligible se dit HT ou TTC ; sans montant, ni l'un ni l'autre.",
            ),
            models.CheckConstraint(
                condition=Q(cout_total=None)
                | Q(assiette_eligible=None)
                | ~Q(assiette_taxe=F("cout_total_taxe"))
                | au_plus("assiette_eligible", "cout_total"),
                name="programme_projet_assiette_dans_le_cout",
                violation_error_message="L'assiette éligible ne dépasse pas le coût total.",
            ),
            models.CheckConstraint(
                condition=Q(cout_total=None) | au_plus("sources", "cout_total"),
                name="programme_projet_sources_dans_le_cout",
                violation_error_message="Les sources du plan de financement dépassent le coût total.",
            ),
            models.CheckConstraint(
                condition=Q(assiette_eligible=None) | au_plus("subventions_publiques", "assiette_eligible"),
                name="programme_projet_subventions_dans_l_assiette",
                violation_error_message="Les subventions publiques dépassent l'assiette éligible.",
            ),
            models.CheckConstraint(
                condition=Q(porteur_siren="") | Exact(Length("porteur_siren"), LONGUEUR_DU_SIREN),
                name="programme_projet_siren",
                violation_error_message="Un SIREN a neuf chiffres.",
            ),
            models.CheckConstraint(
                condition=Q(porteur_siren="") | Q(porteur_en_creation=False),
                name="programme_projet_siren_ou_creation",
                violation_error_message="Un porteur en cours de création n'a pas encore de SIREN.",
            ),
            models.CheckConstraint(
                condition=Q(validation_locale_le=None, validation_locale_par="", validation_saisie_par=None)
                | (
                    Q(validation_locale_le__isnull=False, validation_saisie_par__isnull=False)
                    & ~Q(validation_locale_par="")
                ),
                name="programme_projet_validation_locale",
                violation_error_message="La validation locale a une date, un auteur, et quelqu'un qui l'a saisie.",
            ),
            models.CheckConstraint(
                condition=Q(numero=None)
                | (Q(numero__startswith="FA-") & GreaterThanOrEqual(Length("numero"), LONGUEUR_DU_NUMERO)),
                name="programme_projet_numero",
                violation_error_message="Un numéro s'écrit comme FA-2026-00042.",
            ),
            models.CheckConstraint(
                condition=(Q(etat=EtatProjet.IDEE) & Q(numero=None))
                | (Q(etat__in=EtatProjet.apres_transmission()) & Q(numero__isnull=False))
                | Q(etat__in=[EtatProjet.PREPARATION, EtatProjet.RETIRE]),
                name="programme_projet_numero_a_la_transmission",
                violation_error_message="Un projet a son numéro dès qu'il est transmis, pas avant.",
            ),
            models.CheckConstraint(
                condition=Q(archive_le=None, archive_par=None)
                | Q(archive_le__isnull=False, archive_par__isnull=False, etat__in=EtatProjet.archivables()),
                name="programme_projet_archive",
                violation_error_message="Seul un projet terminé ou non inscrit s'archive, par quelqu'un, à une date.",
            ),
            models.CheckConstraint(
                condition=Q(version_fiche__gte=1),
                name="programme_projet_version",
                violation_error_message="Les versions d'une fiche se comptent à partir de un.",
            ),
        ]

    def __str__(self):
        return f"{self.numero} · {self.titre}" if self.numero else self.titre

    def save(self, *args, **kwargs):
        self.normaliser()
        if not self._state.adding:
            # The weather and the sums are others' to write: a form that was open meanwhile keeps its hands off.
            noms = {champ.name for champ in self._meta.concrete_fields if not champ.primary_key}
            kwargs["update_fields"] = {*(kwargs.get("update_fields") or noms), "recherche"} - {*METEO, *SOMMES}
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("projet", args=[self.cle])

    @property
    def adresse_des_echanges(self):
        return reverse("projet_echanges", args=[self.cle])

    def normaliser(self):
        """Set the searched form of the titre, porteur and number; bulk paths call it: they do not go through `save`."""
        self.recherche = normaliser(f"{self.titre} {self.porteur_nom} {self.numero or ''}")[:500]

    # --- What it is

    @property
    def ton(self):
        return EtatProjet(self.etat).ton

    @property
    def ton_de_la_meteo(self):
        return Meteo(self.meteo).ton if self.meteo else ""

    @property
    def manque_au_plan(self):
        """What is to be found for its plan of financing to balance, in euros; None when the cost is unknown."""
        return None if self.cout_total is None else self.cout_total - self.sources

    @property
    def est_public(self):
        return self.etat in EtatProjet.publics() and not self.non_public_motif

    @property
    def est_valide_localement(self):
        return self.validation_locale_le is not None

    # --- What it lacks

    @cached_property
    def choix(self):
        """Measures, communes, territories associated, as they were when first read: {field: [Choix]}."""
        return choix_de(self)

    def refresh_from_db(self, *args, **kwargs):
        vars(self).pop("choix", None)
        super().refresh_from_db(*args, **kwargs)

    def _a_choisi(self, champ):
        """Tell whether something is chosen, without a query when the choices were read, or prefetched."""
        return bool(self.choix[champ]) if "choix" in vars(self) else getattr(self, champ).all().exists()

    def manques(self):
        """Return what is missing for it to be transmitted, each with its field."""
        demandes = [
            ("titre", self.titre, "Donnez un titre au projet."),
            ("contexte", self.contexte, "Décrivez le contexte."),
            ("objectifs", self.objectifs, "Dites les objectifs."),
            ("porteur_nom", self.porteur_nom, "Nommez le porteur."),
            ("porteur_genre", self.porteur_genre, "Précisez la nature du porteur."),
            (
                "porteur_siren",
                self.porteur_siren or self.porteur_en_creation,
                "Donnez le SIREN du porteur, ou cochez « en cours de création ».",
            ),
            ("debut", self.debut, "Prévoyez une date de début."),
            ("fin", self.fin, "Prévoyez une date de fin."),
            ("cout_total", self.cout_total is not None, "Donnez le coût total."),
            ("maturite", self.maturite, "Dites où en est le projet : à l'étude, prêt, engagement ferme."),
            ("mesures", self._a_choisi("mesures"), "Choisissez au moins une mesure."),
            (
                "communes",
                self.sans_lieu or self._a_choisi("communes"),
                "Choisissez les communes, ou cochez « sans lieu précis ».",
            ),
            (
                "validation_locale_le",
                self.est_valide_localement,
                "Faites valider le projet par le comité de projet ou par le binôme.",
            ),
        ]
        return [Manque(message, champ) for champ, present, message in demandes if not present]

    # --- Local validation

    def valider_localement(self, par, autorite, le):
        """Keep that the territory validated the fiche: `autorite` (`AutoriteLocale`), on day `le`, entered by `par`.

        Raises `PermissionDenied`, or `ValidationError` by field.
        """
        if le > aujourdhui():
            raise ValidationError({"validation_locale_le": "Cette date est à venir : la validation est déjà donnée."})
        if autorite not in AutoriteLocale.values:
            raise ValidationError({"validation_locale_par": "Choisissez qui a validé le projet."})
        with transaction.atomic():
            self._verrouiller(par)
            self.validation_locale_le, self.validation_locale_par = le, autorite
            self.validation_saisie_par = par
            self._change_reason = "Validation locale"
            self.save()

    def annuler_la_validation(self, par):
        """Take back what was entered, while the fiche is still written. Raises `PermissionDenied`."""
        with transaction.atomic():
            self._verrouiller(par)
            self.retirer_la_validation()
            self._change_reason = "Validation locale annulée"
            self.save()

    def retirer_la_validation(self):
        """Blank the local validation, without saving."""
        self.validation_locale_le, self.validation_locale_par, self.validation_saisie_par = None, "", None

    def _verrouiller(self, par):
        self.refresh_from_db(from_queryset=Projet.objects.select_for_update())
        if not Projet.objects.validables_par(par).filter(pk=self.pk).exists():
            if self.etat not in EtatProjet.redigeables():
                raise TransitionImpossible("La fiche n'est plus en cours d'écriture : sa validation ne change plus.")
            raise PermissionDenied
