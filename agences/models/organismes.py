"""Agencies, the areas that they serve, and the federations that ask for their people."""

from itertools import count

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils.text import slugify
from simple_history.models import HistoricalRecords

from agences import zones
from agences.champs import ChampSite
from agences.enums import NiveauAgence, QualiteAgence, QualiteCner
from comptes.acces import QuerySetPortee, aujourdhui, habilitations, tient_la_reference
from programme.champs import LONGUEUR_DU_SIREN, ChampSiren
from tableurs.francais import normaliser
from territoires.models import Collectivite, Departement, Region, Territoire

from .habilitations import Cner, agences_de, est_du_reseau, tient_le_reseau

# What an area may be, from the widest to the narrowest.
LIEUX = ("region", "departement", "collectivite", "territoire")
NOM_PRIS = "Ce nom est déjà pris, aux accents et aux majuscules près."


def slug_libre(nom, est_pris):
    """Return the end of the address of a new page: from its name, numbered if `est_pris(slug)`. For bulk paths too."""
    premier = slugify(normaliser(nom))[:100].strip("-") or "sans-nom"
    if not est_pris(premier):
        return premier
    return next(slug for rang in count(2) if not est_pris(slug := f"{premier}-{rang}"))


class QuerySetRegistre(QuerySetPortee):
    """What anyone may look at; CNER keeps it, and so does the national team."""

    def visibles_par(self, personne):
        return self.all()

    def modifiables_par(self, personne):
        return self.filter(tient_la_reference(personne) | tient_le_reseau(personne))

    def ajoutables_par(self, personne):
        return any(
            une.tient_la_reference or (isinstance(une, Cner) and une.qualite == QualiteCner.GESTION)
            for une in habilitations(personne)
        )


class Organisme(models.Model):
    """A body with a page of its own. `slug` comes from the first name and never changes."""

    nom = models.CharField("nom", max_length=200)
    # No wider than the name, whatever ligatures it has: « œ » makes two letters.
    nom_normalise = models.CharField(max_length=400, editable=False)
    slug = models.SlugField("identifiant", max_length=120, unique=True, editable=False)
    siren = ChampSiren("SIREN", blank=True, help_text="Neuf chiffres, par exemple 552 100 554. Vide : inconnu.")

    class Meta:
        abstract = True
        ordering = ["nom_normalise"]
        constraints = [
            models.UniqueConstraint(
                fields=["nom_normalise"],
                name="%(app_label)s_%(class)s_nom",
                violation_error_message=NOM_PRIS,
            ),
            models.UniqueConstraint(
                fields=["siren"],
                condition=~Q(siren=""),
                name="%(app_label)s_%(class)s_siren_unique",
                violation_error_message="Ce SIREN est déjà celui d'une autre fiche.",
            ),
            models.CheckConstraint(
                condition=Q(siren="") | Exact(Length("siren"), LONGUEUR_DU_SIREN),
                name="%(app_label)s_%(class)s_siren",
                violation_error_message="Un SIREN a neuf chiffres.",
            ),
        ]

    def __str__(self):
        return self.nom

    def save(self, *args, **kwargs):
        # Bulk paths, which do not come here, give both.
        self.nom_normalise = normaliser(self.nom)
        if not self.slug:
            pris = type(self).objects.filter
            self.slug = slug_libre(self.nom, lambda slug: pris(slug=slug).exists())
        super().save(*args, **kwargs)

    def clean(self):
        """Forms leave out what is not typed, hence its constraint: the name that is compared."""
        super().clean()
        self.nom_normalise = normaliser(self.nom)
        if type(self).objects.filter(nom_normalise=self.nom_normalise).exclude(pk=self.pk).exists():
            raise ValidationError({"nom": NOM_PRIS})


class Federation(Organisme):
    """Of local authorities that implement the programme: it asks CNER for experts."""

    donnees_personnelles = ()

    historique = HistoricalRecords(excluded_fields=["nom_normalise"])
    objects = QuerySetRegistre.as_manager()

    class Meta(Organisme.Meta):
        verbose_name = "fédération"


class QuerySetAgences(QuerySetRegistre):
    def ouvertes(self):
        """Keep those that have not closed: those that pages show."""
        return self.filter(Q(fermee_le=None) | Q(fermee_le__gte=aujourdhui()))

    def adherentes(self):
        """Keep the members of CNER of today."""
        return self.filter(Q(adherente_au=None) | Q(adherente_au__gte=aujourdhui()), adherente_du__lte=aujourdhui())

    def couvrant(self, territoires):
        """Keep those that serve one of `territoires` today (a queryset, or a list of keys)."""
        return self._qui_desservent(zones.sur_les_territoires(territoires))

    def de_la_region(self, code):
        """Keep those that serve a region today, be it in part."""
        return self._qui_desservent(zones.dans_la_region(code))

    def coordonnees_vues_par(self, personne):
        """Keep those of which a person reads the file whole, its contact address included."""
        return self.filter(est_du_reseau(personne) | Q(pk__in=agences_de(personne)))

    def coordonnees_modifiables_par(self, personne):
        """Keep those of which a person writes the contacts, the site and the presentation."""
        siennes = agences_de(personne, [QualiteAgence.CORRESPONDANT])
        return self.filter(tient_la_reference(personne) | tient_le_reseau(personne) | Q(pk__in=siennes))

    def _qui_desservent(self, condition):
        return self.filter(pk__in=Desserte.objects.en_cours().filter(condition).values("agence"))


class Agence(Organisme):
    """A development agency, member of CNER or not."""

    # Somebody's, sometimes: they go with the account that has the address.
    donnees_personnelles = ("courriel", "telephone")

    niveau = models.CharField("niveau", max_length=15, choices=NiveauAgence)
    adherente_du = models.DateField(
        "adhérente du CNER depuis le", null=True, blank=True, help_text="Vide : ne l'est pas."
    )
    adherente_au = models.DateField(
        "adhérente du CNER jusqu'au", null=True, blank=True, help_text="Ce jour compris. Vide : sans fin prévue."
    )
    fermee_le = models.DateField(
        "fermée le", null=True, blank=True, help_text="Dernier jour d'activité. Elle quitte ensuite la liste publique."
    )
    courriel = models.EmailField("adresse électronique", blank=True, help_text="Jamais publiée.")
    telephone = models.CharField("téléphone", max_length=30, blank=True, help_text="Publié.")
    adresse = models.TextField("adresse postale", max_length=300, blank=True, help_text="Publiée.")
    site = ChampSite("site internet", blank=True, help_text="Publié.")
    presentation = models.TextField(
        "présentation",
        max_length=1500,
        blank=True,
        help_text="Publiée : ce que l'agence fait pour les entreprises et les collectivités. 1 500 signes au plus.",
    )

    historique = HistoricalRecords(excluded_fields=["nom_normalise"])
    objects = QuerySetAgences.as_manager()

    class Meta(Organisme.Meta):
        verbose_name = "agence"
        constraints = [
            *Organisme.Meta.constraints,
            models.CheckConstraint(
                condition=Q(adherente_au=None)
                | (Q(adherente_du__isnull=False) & Q(adherente_au__gte=F("adherente_du"))),
                name="agences_agence_adhesion",
                violation_error_message="Une adhésion qui finit a commencé, avant sa fin.",
            ),
        ]

    def get_absolute_url(self):
        return reverse("agence", args=[self.slug])

    @property
    def est_ouverte(self):
        return self.fermee_le is None or self.fermee_le >= aujourdhui()

    @property
    def est_adherente(self):
        jour = aujourdhui()
        return (
            self.adherente_du is not None
            and self.adherente_du <= jour
            and (self.adherente_au is None or self.adherente_au >= jour)
        )


class QuerySetDessertes(QuerySetRegistre):
    def en_cours(self):
        """Keep those of today: both ends are included."""
        jour = aujourdhui()
        return self.filter(Q(du=None) | Q(du__lte=jour), Q(au=None) | Q(au__gte=jour))


def _une_seule():
    """Return the condition « exactly one place »."""
    condition = Q()
    for lieu in LIEUX:
        condition |= Q(**{f"{autre}__isnull": autre != lieu for autre in LIEUX})
    return condition


class Desserte(models.Model):
    """What an agency serves, or a part of it: one region, département, group of communes or territory."""

    donnees_personnelles = ()

    agence = models.ForeignKey(Agence, on_delete=models.CASCADE, related_name="dessertes", verbose_name="agence")
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="région"
    )
    departement = models.ForeignKey(
        Departement, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="département"
    )
    collectivite = models.ForeignKey(
        Collectivite, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="intercommunalité"
    )
    territoire = models.ForeignKey(
        Territoire, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="territoire"
    )
    du = models.DateField("depuis le", null=True, blank=True, help_text="Vide : depuis toujours.")
    au = models.DateField("jusqu'au", null=True, blank=True, help_text="Ce jour compris. Vide : aujourd'hui encore.")

    historique = HistoricalRecords()
    objects = QuerySetDessertes.as_manager()

    class Meta:
        verbose_name = "zone desservie"
        verbose_name_plural = "zones desservies"
        ordering = ["agence", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=_une_seule(),
                name="agences_desserte_une_seule",
                violation_error_message=(
                    "Une zone est une région, un département, une intercommunalité ou un territoire : un seul."
                ),
            ),
            models.CheckConstraint(
                condition=Q(du=None) | Q(au=None) | Q(au__gte=F("du")),
                name="agences_desserte_periode",
                violation_error_message="La fin doit suivre le début.",
            ),
            *(
                models.UniqueConstraint(
                    fields=["agence", lieu],
                    condition=Q(au=None, **{f"{lieu}__isnull": False}),
                    name=f"agences_desserte_{lieu}",
                    violation_error_message="L'agence dessert déjà cette zone.",
                )
                for lieu in LIEUX
            ),
        ]

    def __str__(self):
        return str(self.lieu)

    @property
    def lieu(self):
        return next((getattr(self, lieu) for lieu in LIEUX if getattr(self, f"{lieu}_id") is not None), None)

    def clean(self):
        """A commune is no area: its group is."""
        super().clean()
        if self.collectivite and self.collectivite.est_commune:
            raise ValidationError({"collectivite": "C'est une commune : choisissez son intercommunalité."})
