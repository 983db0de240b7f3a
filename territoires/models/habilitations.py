"""Who acts for a region, for the State, for a territory."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from comptes.acces import Delegation, Habilitation, QuerySetHabilitations
from territoires.enums import QualiteEtat, QualiteRegionale, QualiteTerritoriale

from .decoupage import Departement, Region
from .listes import Inscription, Territoire

# What they may do, in words that « Qui a accès ? » shows; projects are in a room further on.
PILOTE = "lit les projets des territoires de sa région, instruit et décide là où elle pilote"
SUR_LES_SIENS = "les équipes et les porteurs des territoires qu'elle pilote"
LIT = "lit les projets du territoire et voit qui y a accès"
ECRIT = "écrit, transmet et suit les projets du territoire et voit qui y a accès"
DEJA = "Cette personne a déjà cette habilitation, sans fin prévue."


def regions_de(personne, qualites=QualiteRegionale):
    """Return the codes of the regions that a person pilots, in one of these qualities."""
    return PiloteRegional.objects.de(personne).filter(qualite__in=qualites).values("region")


def regions_decidees_par(personne):
    """Return the codes of the regions for which a person decides."""
    return regions_de(personne, QualiteRegionale.decident())


def regions_presidees_par(personne):
    return PiloteRegional.objects.de(personne).filter(qualite=QualiteRegionale.PRESIDENCE).values("region")


def inscriptions_actuelles():
    """Return the inscription of each territory in its latest list."""
    suivantes = Inscription.objects.filter(territoire=OuterRef("territoire"), liste__date__gt=OuterRef("liste__date"))
    return Inscription.objects.filter(~Exists(suivantes))


def territoires_pilotes_par(personne):
    """Return the territories on which a person decides for the region: those that it leads."""
    decident = PiloteRegional.objects.de(personne).filter(qualite__in=QualiteRegionale.decident())
    return inscriptions_actuelles().filter(region__in=decident.values("region")).values("territoire")


def territoires_menes_par(personne):
    """Return the territories of which a person is chef de projet."""
    siens = ActeurLocal.objects.de(personne).filter(qualite=QualiteTerritoriale.CHEF_DE_PROJET)
    return siens.values("territoire")


def territoires_de_la_region(code):
    """Return the territories of which a region is one, lead or not."""
    inscrites = inscriptions_actuelles().filter(
        Q(region=code)
        | Exists(Inscription.regions.through.objects.filter(inscription=OuterRef("pk"), region=code))
        | Q(perimetre__regions=code)
    )
    return inscrites.values("territoire")


def territoires_de_l_equipe(personne, qualites=QualiteTerritoriale):
    """Return the territories of which a person is of the team, in one of these qualities."""
    return ActeurLocal.objects.de(personne).filter(qualite__in=qualites).values("territoire")


def territoires_des_regions_de(personne, qualites=QualiteRegionale):
    """Return the territories of which a region that a person pilots is one, lead or not."""
    regions = regions_de(personne, qualites)
    publiees = Inscription.regions.through.objects.filter(inscription=OuterRef("pk"), region__in=regions)
    inscrites = inscriptions_actuelles().filter(
        Q(region__in=regions) | Exists(publiees) | Q(perimetre__regions__in=regions)
    )
    return inscrites.values("territoire")


def territoires_de_l_etat(personne):
    """Return the territories that a service of the State where a person works follows."""
    etat = EtatTerritorial.objects.de(personne)
    inscrites = inscriptions_actuelles().filter(
        Q(perimetre__regions__in=etat.values("region")) | Q(perimetre__departements__in=etat.values("departement"))
    )
    return inscrites.values("territoire")


def territoires_de(personne):
    """Return the territories that a person follows: their own, those of their region or service, lead or not."""
    return Territoire.objects.filter(
        Q(pk__in=territoires_de_l_equipe(personne))
        | Q(pk__in=territoires_des_regions_de(personne))
        | Q(pk__in=territoires_de_l_etat(personne))
    ).values("pk")


def regions_sur(territoires):
    """Return the conditions « a region of one of `territoires` »: lead, published, of the communes."""
    actuelles = inscriptions_actuelles().filter(territoire__in=territoires)
    publiees = Inscription.regions.through.objects.filter(inscription__in=actuelles.values("pk"))
    return (
        Q(region__in=actuelles.values("region"))
        | Q(region__in=publiees.values("region"))
        | Q(region__in=actuelles.values("perimetre__regions"))
    )


class QuerySetPilotes(QuerySetHabilitations):
    def couvrant(self, territoires):
        """As `territoires_de`, the other way round: lead or not."""
        return self.filter(regions_sur(territoires))

    def de_la_region(self, code):
        return self.filter(region=code)

    def _du_perimetre(self, personne):
        """Pilots see their own region's; who works on a territory sees those of its regions."""
        return Q(region__in=regions_de(personne)) | regions_sur(territoires_de(personne))


class PiloteRegional(Habilitation):
    """The card's region president, and those whom they delegate."""

    titre = "Pilote régional"
    portee = "region"
    avec = ("region",)
    tri = ("region__nom_normalise",)
    second_facteur = True
    delegations = (
        Delegation("la présidence de la région", tuple(QualiteRegionale.deleguees()), regions_presidees_par),
    )
    permissions = {
        QualiteRegionale.PRESIDENCE: f"{PILOTE} ; nomme les autres pilotes de la région, {SUR_LES_SIENS}",
        QualiteRegionale.VICE_PRESIDENCE: f"{PILOTE} ; nomme {SUR_LES_SIENS}",
        QualiteRegionale.AGENT_INSTRUCTEUR: f"{PILOTE} ; nomme {SUR_LES_SIENS}",
        QualiteRegionale.LECTURE: "lit les projets des territoires de sa région et voit qui y a accès",
    }
    # On a territory that another region leads, whatever the quality.
    permission_en_region_associee = "lit les projets du territoire ; la région pilote y décide seule"
    donnees_personnelles = ("personne", "nommee_par")

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="pilotes", verbose_name="région")
    qualite = models.CharField("qualité", max_length=15, choices=QualiteRegionale)

    objects = QuerySetPilotes.as_manager()

    class Meta(Habilitation.Meta):
        verbose_name = "pilote régional"
        verbose_name_plural = "pilotes régionaux"
        constraints = [
            *Habilitation.Meta.constraints,
            models.UniqueConstraint(
                fields=["personne", "region", "qualite"],
                condition=Q(au=None, retiree_le=None),
                name="territoires_piloteregional_unique",
                violation_error_message=DEJA,
            ),
        ]


class QuerySetEtat(QuerySetHabilitations):
    def couvrant(self, territoires):
        return self.filter(self._sur(territoires))

    def de_la_region(self, code):
        return self.filter(Q(region=code) | Q(departement__region=code))

    def _du_perimetre(self, personne):
        """Whoever follows a territory sees the services of the State that follow it too."""
        return self._sur(territoires_de(personne))

    def _sur(self, territoires):
        perimetres = inscriptions_actuelles().filter(territoire__in=territoires)
        return Q(region__in=perimetres.values("perimetre__regions")) | Q(
            departement__in=perimetres.values("perimetre__departements")
        )


class EtatTerritorial(Habilitation):
    """The State in a region or in a département: named by the national team."""

    titre = "État territorial"
    avec = ("region", "departement")
    tri = ("region__nom_normalise", "departement__nom_normalise")
    second_facteur = True
    permissions = dict.fromkeys(
        QualiteEtat, "lit les projets transmis de son périmètre, donne l'avis de l'État et voit qui y a accès"
    )
    donnees_personnelles = ("personne", "nommee_par")

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="etat", verbose_name="région"
    )
    departement = models.ForeignKey(
        Departement, on_delete=models.PROTECT, null=True, blank=True, related_name="etat", verbose_name="département"
    )
    qualite = models.CharField("service", max_length=10, choices=QualiteEtat)

    objects = QuerySetEtat.as_manager()

    class Meta(Habilitation.Meta):
        verbose_name = "habilitation de l'État"
        verbose_name_plural = "État territorial"
        constraints = [
            *Habilitation.Meta.constraints,
            models.CheckConstraint(
                condition=Q(region__isnull=False, departement=None) | Q(region=None, departement__isnull=False),
                name="territoires_etatterritorial_portee",
                violation_error_message="Choisissez une région ou un département, pas les deux.",
            ),
            models.UniqueConstraint(
                fields=["personne", "qualite", "region"],
                condition=Q(au=None, retiree_le=None, departement=None),
                name="territoires_etatterritorial_unique_region",
                violation_error_message=DEJA,
            ),
            models.UniqueConstraint(
                fields=["personne", "qualite", "departement"],
                condition=Q(au=None, retiree_le=None, region=None),
                name="territoires_etatterritorial_unique_departement",
                violation_error_message=DEJA,
            ),
        ]

    @property
    def objet(self):
        return self.region or self.departement


class QuerySetActeurs(QuerySetHabilitations):
    def couvrant(self, territoires):
        return self.filter(territoire__in=territoires)

    def de_la_region(self, code):
        return self.filter(territoire__in=territoires_de_la_region(code))

    def _du_perimetre(self, personne):
        return Q(territoire__in=territoires_de(personne))


class ActeurLocal(Habilitation):
    """The card's local actor: someone of a territory's team."""

    titre = "Équipe du territoire"
    portee = "territoire"
    avec = ("territoire",)
    tri = ("territoire__slug",)
    delegations = (
        Delegation("les pilotes qui décident pour la région pilote", QualiteTerritoriale, territoires_pilotes_par),
        Delegation(
            "les chefs de projet du territoire", QualiteTerritoriale.nommees_par_le_chef(), territoires_menes_par
        ),
    )
    permissions = {
        QualiteTerritoriale.CHEF_DE_PROJET: f"{ECRIT} ; nomme les porteurs et l'équipe, hors chefs de projet",
        QualiteTerritoriale.MAIRE: f"{ECRIT} ; nomme les porteurs",
        QualiteTerritoriale.PRESIDENT_EPCI: f"{ECRIT} ; nomme les porteurs",
        QualiteTerritoriale.ELU_REFERENT: f"{ECRIT}, note leur validation locale ; nomme les porteurs",
        QualiteTerritoriale.INDUSTRIEL_REFERENT: f"{LIT} ; note la validation locale des projets",
        QualiteTerritoriale.LECTURE: LIT,
    }
    donnees_personnelles = ("personne", "nommee_par")

    territoire = models.ForeignKey(
        Territoire, on_delete=models.PROTECT, related_name="acteurs", verbose_name="territoire"
    )
    qualite = models.CharField("fonction", max_length=19, choices=QualiteTerritoriale)
    nom_public = models.BooleanField(
        "nom montré à tous",
        default=False,
        help_text="Pour un élu référent ou un industriel référent, avec son accord.",
    )

    objects = QuerySetActeurs.as_manager()

    class Meta(Habilitation.Meta):
        verbose_name = "membre de l'équipe du territoire"
        verbose_name_plural = "équipes des territoires"
        constraints = [
            *Habilitation.Meta.constraints,
            models.UniqueConstraint(
                fields=["personne", "territoire", "qualite"],
                condition=Q(au=None, retiree_le=None),
                name="territoires_acteurlocal_unique",
                violation_error_message="Cette personne a déjà cette fonction dans ce territoire, sans fin prévue.",
            ),
            models.CheckConstraint(
                condition=Q(nom_public=False) | Q(qualite__in=QualiteTerritoriale.referents()),
                name="territoires_acteurlocal_nom_public",
                violation_error_message="Seul le nom des référents (élu, industriel) peut être montré à tous.",
            ),
        ]
