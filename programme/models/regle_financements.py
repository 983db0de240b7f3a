"""Who sees, asks for, instructs, programmes, awards and pays which lines: the rule of access, once (ADR 0018)."""

from django.db.models import Exists, OuterRef, Q

from comptes.acces import QuerySetPortee, administre, est_administrateur, habilitations, nationale
from comptes.conditions import condition_gardee
from comptes.parcours import QuerySetDeParcours
from programme.argent.enums import Circuit, EtatFinancement, QualiteOperateur
from territoires.enums import QualiteRegionale
from territoires.models import (
    EtatTerritorial,
    PiloteRegional,
    Region,
    inscriptions_actuelles,
    regions_decidees_par,
    territoires_de_l_equipe,
    territoires_de_l_etat,
    territoires_des_regions_de,
    territoires_pilotes_par,
)

from .habilitations import Operateur
from .projets import Projet


class QuerySetFinancements(QuerySetDeParcours):
    # --- Seeing

    def visibles_par(self, personne):
        """Keep those that a person reads: the whole plan of who knows its project and its amounts; one's envelope."""
        if not personne.is_authenticated:
            return self.none()
        return self.filter(self._vus_par(personne))

    def demandes_a(self, personne):
        """Keep those that were asked of an envelope that a person operates."""
        return self.filter(self._demandes_a(personne))

    def a_deux(self):
        """Keep those of which préfet and region decide together."""
        return self.filter(self._a_deux())

    def a_l_etat(self, personne):
        """Keep those of the region, or of a territory, that a service of the State follows."""
        return self.filter(self._de_l_etat(personne))

    def demandes(self):
        """Keep those that a funder knows."""
        return self.filter(etat__in=EtatFinancement.demandes())

    # --- Writing

    def modifiables_par(self, personne):
        """Keep those whose words and asked amount a person writes: before anything is decided, who asks."""
        return self.demandables_par(personne).filter(etat__in=EtatFinancement.avant_decision())

    def ajoutables_par(self, personne):
        return Projet.objects.finances_par(personne).exists() or self.saisissent_hors_fiche(personne)

    def saisissent_hors_fiche(self, personne):
        """Tell whether a person may add some line without any fiche-action."""
        return est_administrateur(personne) or any(
            (isinstance(une, PiloteRegional) and une.qualite in QualiteRegionale.decident())
            or (isinstance(une, Operateur) and une.qualite == QualiteOperateur.DECISION)
            for une in habilitations(personne)
        )

    def saisissables_hors_fiche_par(self, personne, financement):
        """Tell whether a person may add this line: its region's pilots, its envelope's operators."""
        if est_administrateur(personne):
            return True
        if regions_decidees_par(personne).filter(region=financement.region_id).exists():
            return True
        siennes = Operateur.objects.de(personne).filter(qualite=QualiteOperateur.DECISION)
        partout = Q(region=None) | Q(region=financement.region_id)
        return siennes.filter(partout, enveloppe=financement.enveloppe_id).exists()

    # --- Moving: named by the table of transitions

    def demandables_par(self, personne):
        """Keep those that a person asks for, or gives up: the team, the porteur, the lead region."""
        return self.filter(self._demandes_par(personne))

    def instruisibles_par(self, personne):
        """Keep those that a person instructs: their envelope's operator; their own credits, a region."""
        return self.filter(self._instruits_par(personne))

    def accordables_par_la_region(self, personne):
        return self.filter(self._a_deux() & (administre(personne) | Q(region__in=regions_decidees_par(personne))))

    def accordables_par_l_etat(self, personne):
        return self.filter(self._a_deux() & (administre(personne) | self._de_l_etat(personne)))

    def programmables_par(self, personne):
        """Keep those that a person programmes, as the circuit of their envelope says."""
        return self.filter(self._programmes_par(personne))

    def attribuables_par(self, personne):
        """Keep those of which a person records awards and payments: the operator; who asks, of other funders."""
        return self.filter(self._attribues_par(personne))

    # --- Following: whoever asks for it, programmes it or records what it awards

    def documentables_par(self, personne):
        """Keep those to which a person attaches documents, in whatever state: acts and proofs also come late."""
        return self.filter(
            self._demandes_par(personne) | self._programmes_par(personne) | self._attribues_par(personne)
        )

    def planifiables_par(self, personne):
        """Keep those of which a person foresees the payments: as long as some may come."""
        return self.documentables_par(personne).filter(etat__in=EtatFinancement.en_cours())

    # --- Conditions

    @condition_gardee
    def _vus_par(self, personne):
        hors_fiche = (
            Q(territoire__in=territoires_de_l_equipe(personne))
            | Q(territoire__in=territoires_des_regions_de(personne))
            | Q(territoire__in=territoires_de_l_etat(personne))
        )
        return (
            nationale(personne)
            | self._des_projets_chiffres_par(personne)
            | (Q(projet=None) & hors_fiche)
            | self._demandes_a(personne)
        )

    def _des_projets_chiffres_par(self, personne):
        chiffres = Projet.objects.connus_par(personne).filter(
            Q(montants_secrets=False) | Q(pk__in=Projet.objects.secrets_connus_par(personne).values("pk"))
        )
        # Of the lines that are read, rather than all the projects that one knows.
        return Q(Exists(chiffres.order_by().filter(pk=OuterRef("projet"))))

    @condition_gardee
    def _demandes_a(self, personne):
        return self._connus_du_financeur() & Operateur.objects.couvre(personne, "enveloppe", "region")

    def _connus_du_financeur(self):
        """What it was asked, and what is « hors fiche-action »: nobody asks that here, its operator enters it."""
        return Q(etat__in=EtatFinancement.demandes()) | Q(projet=None)

    def _demandes_par(self, personne):
        return (
            administre(personne)
            | Q(projet__in=Projet.objects.finances_par(personne).values("pk"))
            | (Q(projet=None) & self._pilotes_par(personne))
        )

    def _programmes_par(self, personne):
        """Of an envelope whose circuit says so."""
        circuits = {
            Circuit.OPERATEUR: Operateur.objects.couvre(personne, "enveloppe", "region", decident=True),
            Circuit.PREFET: self._de_l_etat(personne),
            Circuit.REGION: Q(region__in=regions_decidees_par(personne)),
            # Once both have agreed, whoever of the three is there first writes it down.
            Circuit.PREFET_ET_REGION: Q(region__in=regions_decidees_par(personne))
            | self._de_l_etat(personne)
            | Operateur.objects.couvre(personne, "enveloppe", "region", decident=True),
        }
        condition = administre(personne) & Q(enveloppe__isnull=False)
        for circuit, qui in circuits.items():
            condition |= Q(enveloppe__circuit=circuit) & qui
        return condition

    def _attribues_par(self, personne):
        """Of an envelope, its operator's; of other funders, who asks."""
        return self._instruits_par(personne) | (Q(enveloppe=None) & self._demandes_par(personne))

    def _instruits_par(self, personne):
        return (
            administre(personne)
            | (self._connus_du_financeur() & Operateur.objects.couvre(personne, "enveloppe", "region", decident=True))
            | (Q(enveloppe__region__isnull=False) & Q(enveloppe__region__in=regions_decidees_par(personne)))
        )

    def _pilotes_par(self, personne):
        return Q(territoire__in=territoires_pilotes_par(personne))

    def _a_deux(self):
        return Q(enveloppe__circuit=Circuit.PREFET_ET_REGION)

    def _de_l_etat(self, personne):
        """Of the region, or of a département of the territory, that a service of the State follows."""
        siens = EtatTerritorial.objects.de(personne)
        territoires = territoires_de_l_etat(personne)
        return (
            Q(region__in=siens.values("region")) | Q(projet__territoire__in=territoires) | Q(territoire__in=territoires)
        )


class QuerySetDeFinancement(QuerySetPortee):
    """Of what belongs to a line: read by whoever reads the line."""

    def visibles_par(self, personne):
        lignes = self.model._meta.get_field("financement").related_model.objects
        return self.filter(financement__in=lignes.visibles_par(personne).order_by().values("pk"))

    def modifiables_par(self, personne):
        return self.none()

    def ajoutables_par(self, personne):
        return False


def region_pilote(territoire):
    """Return the code of the region that leads a territory (its key), as of its latest list."""
    return inscriptions_actuelles().filter(territoire=territoire).values_list("region", flat=True).first()


def regions_du_territoire(territoire):
    """Return the regions of a territory (its key), the lead one among them, as of its latest list."""
    actuelles = inscriptions_actuelles().filter(territoire=territoire)
    return Region.objects.filter(
        Q(pk__in=actuelles.values("region"))
        | Q(pk__in=actuelles.values("regions"))
        | Q(pk__in=actuelles.values("perimetre__regions"))
    )
