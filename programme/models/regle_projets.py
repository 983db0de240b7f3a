"""Who sees, writes, examines and follows which projects: the rule of access, once (ADR 0009).

Each `…_par` is a subquery of the page's own query. The table of transitions (`programme/parcours_projet.py`) names
them; so do lists, forms, files, exports and the admin.
"""

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, Value

from comptes.acces import QuerySetPortee, administre, aujourdhui, est_administrateur, habilitations, nationale
from comptes.conditions import condition_gardee
from comptes.parcours import QuerySetDeParcours
from programme.enums import Cercle, EtatProjet, Groupe, QualitePorteur
from programme.models.habilitations import Operateur, Porteur
from territoires.enums import QualiteRegionale, QualiteTerritoriale
from territoires.models import (
    ActeurLocal,
    Territoire,
    territoires_de_l_equipe,
    territoires_de_l_etat,
    territoires_de_la_region,
    territoires_des_regions_de,
    territoires_pilotes_par,
)


class QuerySetProjets(QuerySetDeParcours):
    # --- Seeing

    def publics(self):
        """Keep those that the public pages show, as to their public fields."""
        return self.filter(etat__in=EtatProjet.publics(), non_public_motif="")

    def connus_par(self, personne):
        """Keep those whose whole fiche a person reads: teams, porteurs, regions, the State, the national team."""
        if not personne.is_authenticated:
            return self.none()
        return self.filter(self._connus_par(personne))

    def retraces_par(self, personne):
        """Keep those whose history a person reads, field by field: drafts too, which the State never sees."""
        if not personne.is_authenticated:
            return self.none()
        return self.filter(self._connus_des_le_debut_par(personne))

    def visibles_par(self, personne):
        # Visitors come often, and know nothing more.
        if not personne.is_authenticated:
            return self.publics()
        return self.filter(Q(etat__in=EtatProjet.publics(), non_public_motif="") | self._connus_par(personne))

    def montants_visibles_par(self, personne):
        """Keep those whose amounts a person reads: *secret des affaires* hides them from all but a few."""
        if not personne.is_authenticated:
            return self.publics().filter(montants_secrets=False)
        return self.visibles_par(personne).filter(Q(montants_secrets=False) | self._dans_le_secret(personne))

    def dits_a(self, personne, *champs):
        """Add what a person may be told of each, as `montants_visibles` and `est_connu`: of projects that they see."""
        conditions = {"montants_visibles": Q(montants_secrets=False), "est_connu": Q(pk__in=[])}
        if personne.is_authenticated:
            conditions["montants_visibles"] |= self._dans_le_secret(personne)
            conditions["est_connu"] = self._connus_par(personne)
        return self.annotate(
            **{champ: ExpressionWrapper(conditions[champ], output_field=BooleanField()) for champ in champs}
        )

    def secrets_connus_par(self, personne):
        """Keep those whose *secret des affaires* a person shares, were there one."""
        return self.filter(self._dans_le_secret(personne))

    def des_regions_de(self, personne):
        """Keep those of the territories of which a region that a person pilots is one, lead or not."""
        return self.filter(self._situes_dans(territoires_des_regions_de(personne)))

    # --- Late

    def en_retard(self):
        """Keep the followed ones that are late: the end, or a milestone, has passed."""
        jour = aujourdhui()
        jalons = self.model.jalons.rel.related_model.objects
        passes = jalons.filter(projet=OuterRef("pk"), atteint_le=None, prevu_le__lt=jour)
        return self.filter(Q(fin__lt=jour) | Exists(passes), etat__in=EtatProjet.suivis())

    def a_l_ordre_du_jour(self):
        """Keep those of which a committee may be asked: examined, put off, or whose actualisation awaits."""
        soumises = self.model.actualisations.rel.related_model.objects.soumises().filter(projet=OuterRef("pk"))
        return self.filter(Q(etat__in=EtatProjet.a_l_ordre_du_jour()) | Exists(soumises), archive_le=None)

    # --- Writing

    def redigeables_par(self, personne):
        """Keep those whose fiche a person writes today."""
        return self.filter(self._redigeables_par(personne))

    def proposables_par(self, personne):
        """Keep those whose porteur a person is, who proposes while it is written; the team accepts."""
        siens = self._portes_par(personne, QualitePorteur.REDACTION)
        return self.filter(siens, etat__in=EtatProjet.redigeables(), archive_le=None).exclude(
            self._redigeables_par(personne)
        )

    def suivables_par(self, personne):
        """Keep those whose milestones, indicators and obstacles a person follows today."""
        return self.filter(self._suivables_par(personne))

    def completables_par(self, personne):
        """Keep those whose parts (milestones, indicators, obstacles) a person writes today."""
        return self.filter(self._redigeables_par(personne) | self._suivables_par(personne))

    def modifiables_par(self, personne):
        """Keep those of which a person writes something: which fields, the rules above say."""
        return self.filter(
            self._redigeables_par(personne) | self._suivables_par(personne) | self._pilotes_par(personne)
        )

    def ajoutables_par(self, personne):
        return super().ajoutables_par(personne) or any(
            isinstance(tenue, ActeurLocal) and tenue.qualite in QualiteTerritoriale.redigent()
            for tenue in habilitations(personne)
        )

    # --- Moving: named by the table of transitions

    def transmissibles_par(self, personne):
        """Keep those that a person carries to the region, or withdraws."""
        return self.filter(administre(personne) | Q(territoire__in=self._territoires_rediges_par(personne)))

    def validables_par(self, personne):
        """Keep those whose local validation a person enters."""
        valident = territoires_de_l_equipe(personne, QualiteTerritoriale.valident())
        return self.filter(
            administre(personne) | Q(territoire__in=valident), etat__in=EtatProjet.redigeables(), archive_le=None
        )

    def instruisibles_par(self, personne):
        """Keep those that a person examines for the region that leads."""
        return self.filter(self._pilotes_par(personne))

    def conduits_par(self, personne):
        """Keep those of which a person says that they begin, stop, end: team and lead region."""
        return self.filter(self._pilotes_par(personne) | Q(territoire__in=self._territoires_rediges_par(personne)))

    def avisables_par(self, personne):
        """Keep those on which a person gives the State's opinion: transmitted, not decided yet."""
        return self.filter(self._transmis_a_l_etat(personne), etat__in=EtatProjet.avant_decision(), archive_le=None)

    def actualisables_par(self, personne):
        """Keep the followed ones of which a person prepares changes beside the fiche: the lead territory's team."""
        ecrits = administre(personne) | Q(territoire__in=self._territoires_rediges_par(personne))
        return self.filter(ecrits, etat__in=EtatProjet.suivis(), archive_le=None)

    def finances_par(self, personne):
        """Keep those whose plan a person writes, and asks money for: team, porteur, lead region."""
        ecrits = self._pilotes_par(personne) | self._ecrits_par(personne)
        return self.filter(ecrits, etat__in=EtatProjet.ouverts(), archive_le=None)

    def archivables_par(self, personne):
        """Keep the ended ones that a person puts away: who says that a project ends."""
        return self.conduits_par(personne).filter(etat__in=EtatProjet.archivables(), archive_le=None)

    def desarchivables_par(self, personne):
        return self.conduits_par(personne).filter(archive_le__isnull=False)

    # --- Around it: what is said and attached

    def du_groupe(self, personne, groupe):
        """Keep those of which a person is in a group (`Groupe`)."""
        return self.filter(self._du_groupe(personne, groupe))

    def discutables_par(self, personne):
        """Keep those about which a person writes to others: whoever does something around them, not mere readers."""
        actives = [qualite for qualite in QualiteTerritoriale if qualite != QualiteTerritoriale.LECTURE]
        return self.filter(
            administre(personne)
            | self._portes_par(personne, QualitePorteur.REDACTION)
            | self._situes_dans(territoires_de_l_equipe(personne, actives))
            | self._situes_dans(territoires_des_regions_de(personne, QualiteRegionale.decident()))
            | self._transmis_a_l_etat(personne),
            archive_le=None,
        )

    def documentables_par(self, personne):
        """Keep those to which a person adds documents: who writes or follows them, the lead region, the State."""
        return self.filter(
            self._pilotes_par(personne) | self._ecrits_par(personne) | self._transmis_a_l_etat(personne),
            archive_le=None,
        )

    # --- Several at once

    def droits_en_nombre(self, personne):
        """Return {rule of the table of transitions: whether somebody has it of any project}, as expressions.

        They depend on no row: within the query of a page they are asked once. Territories are few, and asked first.
        """
        regles = ("instruisibles_par", "transmissibles_par", "conduits_par")
        if not personne.is_authenticated or est_administrateur(personne):
            return {regle: Value(personne.is_authenticated, output_field=BooleanField()) for regle in regles}
        pilote, redige = self._un_est_pilote_par(personne), self._un_est_redige_par(personne)
        return {
            regle: ExpressionWrapper(condition, output_field=BooleanField())
            for regle, condition in zip(regles, (pilote, redige, pilote | redige), strict=True)
        }

    def etiquetables_par(self, personne, etiquette):
        """Keep those on which a person sets a region's tag: those that they examine, of its territories."""
        return self.filter(self._pilotes_par(personne), territoire__in=territoires_de_la_region(etiquette.region_id))

    # --- Conditions

    def _saisis_par(self, personne):
        """Or whose local validation, as it stands, they entered (ADR 0012)."""
        saisis = super()._saisis_par(personne)
        return saisis | Q(validation_saisie_par=personne.pk) if personne.is_authenticated else saisis

    def _du_groupe(self, personne, groupe):
        if groupe == Groupe.EQUIPE:
            return self._situes_dans(territoires_de_l_equipe(personne))
        if groupe == Groupe.PORTEURS:
            return self._portes_par(personne)
        if groupe == Groupe.REGION:
            return self._situes_dans(territoires_des_regions_de(personne))
        if groupe == Groupe.OPERATEURS:
            return self._demandes_a(personne)
        return self._transmis_a_l_etat(personne)

    @condition_gardee
    def _connus_par(self, personne):
        return self._connus_des_le_debut_par(personne) | self._transmis_a_l_etat(personne) | self._demandes_a(personne)

    def _demandes_a(self, personne):
        """Those that ask money of an envelope that a person operates."""
        if not Operateur.objects.tient(personne):
            return Q(pk__in=[])
        lignes = self.model.financements.rel.related_model.objects.filter(projet=OuterRef("pk"))
        return Q(Exists(lignes.demandes_a(personne)))

    @condition_gardee
    def _connus_des_le_debut_par(self, personne):
        return (
            nationale(personne)
            | self._portes_par(personne)
            | self._situes_dans(territoires_de_l_equipe(personne))
            | self._situes_dans(territoires_des_regions_de(personne))
        )

    @condition_gardee
    def _transmis_a_l_etat(self, personne):
        """The State never sees drafts, even of a fiche that came back to one."""
        return (
            self._situes_dans(territoires_de_l_etat(personne))
            & Q(numero__isnull=False)
            & ~Q(etat__in=EtatProjet.brouillons())
        )

    @condition_gardee
    def _dans_le_secret(self, personne):
        return (
            nationale(personne)
            | self._portes_par(personne)
            | Q(territoire__in=territoires_de_l_equipe(personne, [QualiteTerritoriale.CHEF_DE_PROJET]))
            | self._situes_dans(territoires_des_regions_de(personne))
            | self._transmis_a_l_etat(personne)
            | self._demandes_a(personne)
        )

    def _situes_dans(self, territoires):
        """Of these territories, lead or associated."""
        associes = self.model.territoires_associes.through.objects
        return Q(territoire__in=territoires) | Exists(
            associes.filter(projet=OuterRef("pk"), territoire__in=territoires)
        )

    def _portes_par(self, personne, *qualites):
        siens = Porteur.objects.de(personne)
        return Q(pk__in=(siens.filter(qualite__in=qualites) if qualites else siens).values("projet"))

    def _territoires_rediges_par(self, personne):
        return territoires_de_l_equipe(personne, QualiteTerritoriale.redigent())

    def _ecrits_par(self, personne):
        return Q(territoire__in=self._territoires_rediges_par(personne)) | self._portes_par(
            personne, QualitePorteur.REDACTION
        )

    @condition_gardee
    def _redigeables_par(self, personne):
        ecrits = Q(territoire__in=self._territoires_rediges_par(personne), etat__in=EtatProjet.redigeables())
        return administre(personne) | (ecrits & Q(archive_le=None))

    @condition_gardee
    def _suivables_par(self, personne):
        suivent = self._ecrits_par(personne) | Q(territoire__in=territoires_pilotes_par(personne))
        return administre(personne) | (suivent & Q(etat__in=EtatProjet.suivis(), archive_le=None))

    @condition_gardee
    def _pilotes_par(self, personne):
        return administre(personne) | Q(territoire__in=territoires_pilotes_par(personne))

    @condition_gardee
    def _un_est_pilote_par(self, personne):
        return Q(Exists(self._territoires_actifs().filter(pk__in=territoires_pilotes_par(personne))))

    @condition_gardee
    def _un_est_redige_par(self, personne):
        return Q(Exists(self._territoires_actifs().filter(pk__in=self._territoires_rediges_par(personne))))

    def _territoires_actifs(self):
        return Territoire.objects.filter(Exists(self.filter(territoire=OuterRef("pk"))))


class QuerySetParties(QuerySetPortee):
    """Of what belongs to a project: `chemin` leads to it. The public pages choose what they show of it themselves."""

    chemin = "projet"

    def _des_projets(self, projets):
        return self.filter(**{f"{self.chemin}__in": projets.values("pk")})

    def _projets(self):
        return Porteur._meta.get_field("projet").related_model.objects

    def visibles_par(self, personne):
        return self._des_projets(self._projets().connus_par(personne))

    def modifiables_par(self, personne):
        return self._des_projets(self._projets().completables_par(personne))

    def ajoutables_par(self, personne):
        return self._projets().completables_par(personne).exists()


class QuerySetReleves(QuerySetParties):
    chemin = "indicateur__projet"


class QuerySetJournal(QuerySetParties):
    """What was decided: read by whoever reads the whole fiche, written by `comptes.parcours` only."""

    def modifiables_par(self, personne):
        return self.none()

    def ajoutables_par(self, personne):
        return False


class QuerySetDeCercle(QuerySetPortee):
    """Of what is said or attached on a project to a circle of people: read by them and by the national team."""

    def visibles_par(self, personne):
        return self.filter(self._visibles_par(personne)) if personne.is_authenticated else self.none()

    @condition_gardee
    def _visibles_par(self, personne):
        projets = Porteur._meta.get_field("projet").related_model.objects
        condition = nationale(personne)
        for groupe in Groupe:
            siens = projets.du_groupe(personne, groupe).order_by().values("pk")
            condition |= Q(cercle__in=Cercle.de(groupe), projet__in=siens)
        return condition
