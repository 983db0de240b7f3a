"""Closed lists of the room, with their named sets."""

from django.db import models


class FiabiliteMesure(models.TextChoices):
    """How a measure is known, from the surest to the least sure."""

    OFFICIELLE = "officielle", "Intitulé officiel"
    PARAPHRASE = "paraphrase", "Reformulée par une source"
    MENTION = "mention", "Seulement mentionnée"
    POSTERIEURE = "posterieure", "Postérieure à l'annonce"


class PrecisionMontant(models.TextChoices):
    EXACT = "exact", "montant annoncé"
    AU_MOINS = "au_moins", "plus de"


class UniteChiffre(models.TextChoices):
    NOMBRE = "nombre", "nombre"
    POURCENTAGE = "pourcentage", "%"
    EUROS = "euros", "€"


class EtatProjet(models.TextChoices):
    """The states of a project. What moves it from one to another: `programme/parcours_projet.py`."""

    IDEE = "idee", "Idée"
    PREPARATION = "preparation", "En préparation"
    TRANSMIS = "transmis", "Transmis à la région"
    A_COMPLETER = "a_completer", "À compléter"
    INSTRUCTION = "instruction", "En instruction"
    INSCRIT = "inscrit", "Inscrit au contrat"
    INSCRIT_RESERVE = "inscrit_reserve", "Inscrit sous réserve"
    AJOURNE = "ajourne", "Ajourné"
    NON_INSCRIT = "non_inscrit", "Non inscrit"
    REALISATION = "realisation", "En réalisation"
    SUSPENDU = "suspendu", "Suspendu"
    REALISE = "realise", "Réalisé"
    RETIRE = "retire", "Retiré"
    ABANDONNE = "abandonne", "Abandonné"

    @property
    def ton(self):
        """The DSFR's badge: blue, it goes on; green, it stands; orange, something is asked; red, it is over."""
        if self in (self.INSCRIT, self.REALISATION, self.REALISE):
            return "success"
        if self in (self.A_COMPLETER, self.INSCRIT_RESERVE, self.AJOURNE, self.SUSPENDU):
            return "warning"
        if self in (self.NON_INSCRIT, self.RETIRE, self.ABANDONNE):
            return "error"
        return "info" if self in (self.TRANSMIS, self.INSTRUCTION) else ""

    @classmethod
    def publics(cls):
        """Return those that anyone may look at: inscribed, and after."""
        return [*cls.suivis(), cls.REALISE, cls.ABANDONNE]

    @classmethod
    def brouillons(cls):
        """Return those that the State never sees."""
        return [cls.IDEE, cls.PREPARATION]

    @classmethod
    def redigeables(cls):
        """Return those in which the fiche is written."""
        return [*cls.brouillons(), cls.A_COMPLETER]

    @classmethod
    def a_examiner(cls):
        """Return those that await the region."""
        return [cls.TRANSMIS, cls.INSTRUCTION, cls.AJOURNE]

    @classmethod
    def avant_decision(cls):
        """Return those, after the transmission, in which the State's opinion may still weigh."""
        return [*cls.a_examiner(), cls.A_COMPLETER]

    @classmethod
    def a_l_ordre_du_jour(cls):
        """Return those in which a committee may be asked about a project."""
        return [cls.INSTRUCTION, cls.AJOURNE]

    @classmethod
    def avant_inscription(cls):
        """Return those from which a project is withdrawn, not given up."""
        return [*cls.redigeables(), *cls.a_examiner(), cls.NON_INSCRIT]

    @classmethod
    def suivis(cls):
        """Return those in which milestones and indicators are followed."""
        return [cls.INSCRIT, cls.INSCRIT_RESERVE, cls.REALISATION, cls.SUSPENDU]

    @classmethod
    def termines(cls):
        """Return those that nothing leaves."""
        return [cls.REALISE, cls.RETIRE, cls.ABANDONNE]

    @classmethod
    def archivables(cls):
        """Return those in which a project is put away: nobody is awaited any more."""
        return [*cls.termines(), cls.NON_INSCRIT]

    @classmethod
    def ouverts(cls):
        return [etat for etat in cls if etat not in cls.termines()]

    @classmethod
    def groupes(cls):
        """Return {key: (words, states)} of the columns that tell, at a glance, with whom projects are."""
        return {
            "au-territoire": ("En préparation ou à compléter", cls.redigeables()),
            "a-la-region": ("Chez la région", cls.a_examiner()),
            "inscrits": ("Inscrits, à démarrer", [cls.INSCRIT, cls.INSCRIT_RESERVE]),
            "en-cours": ("En réalisation ou suspendus", [cls.REALISATION, cls.SUSPENDU]),
            "realises": ("Réalisés", [cls.REALISE]),
        }

    @classmethod
    def apres_transmission(cls):
        """Return those that only a project transmitted once, hence numbered, can be in."""
        return [etat for etat in cls if etat not in (cls.IDEE, cls.PREPARATION, cls.RETIRE)]


class AutoriteDecision(models.TextChoices):
    """Who decides, which is not who types."""

    COMITE_DE_PROJET = "comite_projet", "Comité de projet du territoire"
    COMITE_REGIONAL = "comite_regional", "Comité de pilotage régional"
    PRESIDENCE_DE_REGION = "presidence_region", "Présidence de région"
    COMMISSION_PERMANENTE = "commission", "Commission permanente de la région"
    PREFET_DE_REGION = "prefet_region", "Préfet ou préfète de région"
    PREFET_DE_DEPARTEMENT = "prefet_departement", "Préfet ou préfète de département"
    AUTRE = "autre", "Autre autorité"

    @classmethod
    def sur_un_perimetre(cls):
        """Return those that give the region's opinion on a perimeter."""
        return [cls.COMITE_REGIONAL, cls.PRESIDENCE_DE_REGION, cls.COMMISSION_PERMANENTE]


class AutoriteLocale(models.TextChoices):
    """Who validates a project in its territory."""

    COMITE_DE_PROJET = "comite", "Comité de projet"
    BINOME = "binome", "Binôme de l'élu et de l'industriel référents"


class GenrePorteur(models.TextChoices):
    ENTREPRISE = "entreprise", "Entreprise"
    COLLECTIVITE = "collectivite", "Collectivité ou intercommunalité"
    ETABLISSEMENT_PUBLIC = "etablissement", "Établissement public"
    ENSEIGNEMENT = "enseignement", "Enseignement, formation ou recherche"
    CHAMBRE = "chambre", "Chambre consulaire"
    ASSOCIATION = "association", "Association ou groupement"
    AUTRE = "autre", "Autre"


class BaseDeTaxe(models.TextChoices):
    HT = "ht", "HT"
    TTC = "ttc", "TTC"


class Maturite(models.TextChoices):
    ETUDE = "etude", "À l'étude"
    PRET = "pret", "Prêt à démarrer"
    ENGAGEMENT_FERME = "ferme", "Engagement ferme"


class Meteo(models.TextChoices):
    """How a project goes, as whoever follows it says."""

    BON = "bon", "Bon"
    A_SURVEILLER = "surveiller", "À surveiller"
    BLOQUE = "bloque", "Bloqué"

    @property
    def ton(self):
        return {self.BON: "success", self.A_SURVEILLER: "warning", self.BLOQUE: "error"}[self]


class QualitePorteur(models.TextChoices):
    REDACTION = "redaction", "Rédaction"
    LECTURE = "lecture", "Lecture"


class IssueProposition(models.TextChoices):
    """What became of what a porteur proposed."""

    ATTENTE = "attente", "En attente"
    ACCEPTEE = "acceptee", "Acceptée"
    PARTIE = "partie", "Acceptée en partie"
    REFUSEE = "refusee", "Refusée"
    RETIREE = "retiree", "Retirée"


class EtatActualisation(models.TextChoices):
    """Of changes prepared beside an inscribed fiche. What moves them: `programme/parcours_actualisation.py`."""

    PREPARATION = "preparation", "En préparation"
    SOUMISE = "soumise", "Soumise à la région"
    ACCEPTEE = "acceptee", "Acceptée"
    REFUSEE = "refusee", "Refusée"
    APPLIQUEE = "appliquee", "Appliquée sans décision"
    RETIREE = "retiree", "Retirée"

    @property
    def ton(self):
        """The DSFR's badge."""
        if self in self.ecrites():
            return "success"
        return {self.SOUMISE: "info", self.REFUSEE: "error"}.get(self, "")

    @classmethod
    def ouvertes(cls):
        """Return those that still await somebody."""
        return [cls.PREPARATION, cls.SOUMISE]

    @classmethod
    def ecrites(cls):
        """Return those whose changes are in the fiche."""
        return [cls.ACCEPTEE, cls.APPLIQUEE]

    @classmethod
    def publiees(cls):
        """Return those that whoever knows the whole fiche reads; the others are the team's."""
        return [*cls.ecrites(), cls.SOUMISE, cls.REFUSEE]


class Groupe(models.TextChoices):
    """Who is around a project."""

    EQUIPE = "equipe", "l'équipe du territoire"
    PORTEURS = "porteurs", "le porteur"
    REGION = "region", "la région"
    ETAT = "etat", "les services de l'État"
    OPERATEURS = "operateurs", "les opérateurs sollicités"


class Cercle(models.TextChoices):
    """Who reads what is said or attached on a project: groups, and nobody else but the national team."""

    PORTEUR_EQUIPE = "porteur_equipe", "Porteur et équipe"
    TERRITOIRE_REGION = "territoire_region", "Territoire et région"
    INSTRUCTION = "instruction", "Instruction"
    TOUS = "tous", "Tous ceux qui suivent le projet"

    @property
    def groupes(self):
        return {
            self.PORTEUR_EQUIPE: [Groupe.EQUIPE, Groupe.PORTEURS],
            self.TERRITOIRE_REGION: [Groupe.EQUIPE, Groupe.REGION],
            self.INSTRUCTION: [Groupe.REGION, Groupe.ETAT, Groupe.OPERATEURS],
        }.get(self, list(Groupe))

    @classmethod
    def de(cls, groupe):
        """Return those that a group is in."""
        return [cercle for cercle in cls if groupe in cercle.groupes]


class NaturePiece(models.TextChoices):
    DELIBERATION = "deliberation", "Délibération"
    DEVIS = "devis", "Devis"
    LETTRE = "lettre", "Lettre"
    DOSSIER = "dossier", "Dossier"
    PHOTO = "photo", "Photo"
    AUTRE = "autre", "Autre"


class TypePiece(models.TextChoices):
    """What a file may be, by the extension that it is given. Old DOC and XLS: macros can't be told there."""

    PDF = "pdf", "PDF"
    PNG = "png", "PNG"
    JPEG = "jpg", "JPEG"
    WEBP = "webp", "WebP"
    DOCX = "docx", "DOCX"
    XLSX = "xlsx", "XLSX"
    PPTX = "pptx", "PPTX"
    ODT = "odt", "ODT"
    ODS = "ods", "ODS"
    ODP = "odp", "ODP"

    @property
    def mime(self):
        return {
            self.PDF: "application/pdf",
            self.PNG: "image/png",
            self.JPEG: "image/jpeg",
            self.WEBP: "image/webp",
            self.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            self.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            self.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            self.ODT: "application/vnd.oasis.opendocument.text",
            self.ODS: "application/vnd.oasis.opendocument.spreadsheet",
            self.ODP: "application/vnd.oasis.opendocument.presentation",
        }[self]


class ChampDeFiche(models.TextChoices):
    """What a remark may hang on, as the form calls it."""

    TITRE = "titre", "Titre"
    CONTEXTE = "contexte", "Contexte"
    OBJECTIFS = "objectifs", "Objectifs"
    PARTENAIRES = "partenaires", "Partenaires"
    MESURES = "mesures", "Mesures"
    PORTEUR_NOM = "porteur_nom", "Nom du porteur"
    PORTEUR_GENRE = "porteur_genre", "Nature du porteur"
    PORTEUR_SIREN = "porteur_siren", "SIREN du porteur"
    COMMUNES = "communes", "Communes"
    TERRITOIRES_ASSOCIES = "territoires_associes", "Territoires associés"
    DEBUT = "debut", "Début prévu"
    FIN = "fin", "Fin prévue"
    MATURITE = "maturite", "Maturité"
    EMPLOIS = "emplois", "Emplois attendus"
    JALONS = "jalons", "Étapes"
    COUT_TOTAL = "cout_total", "Coût total"
    ASSIETTE_ELIGIBLE = "assiette_eligible", "Assiette éligible"
    INDICATEURS = "indicateurs", "Indicateurs"
    FREINS = "freins", "Freins"

    @classmethod
    def montants(cls):
        """Return those that *secret des affaires* may cover."""
        return [cls.COUT_TOTAL, cls.ASSIETTE_ELIGIBLE]

    @classmethod
    def parties(cls):
        return [cls.JALONS, cls.INDICATEURS, cls.FREINS]


class SensAvis(models.TextChoices):
    FAVORABLE = "favorable", "Favorable"
    RESERVE = "reserve", "Réservé"
    DEFAVORABLE = "defavorable", "Défavorable"

    @property
    def ton(self):
        """The DSFR's badge."""
        return {self.FAVORABLE: "success", self.RESERVE: "warning", self.DEFAVORABLE: "error"}[self]


class SensDePerimetre(models.TextChoices):
    ENTREE = "entree", "Entrée"
    SORTIE = "sortie", "Sortie"


class EtatDemande(models.TextChoices):
    """The states of a perimeter request. What moves it: `programme/parcours_perimetre.py`."""

    BROUILLON = "brouillon", "En préparation"
    TRANSMISE = "transmise", "Transmise à la région"
    AVIS_RENDU = "avis_rendu", "Avis rendu"
    INSCRITE = "inscrite", "Inscrite dans la liste"
    REFUSEE = "refusee", "Refusée"
    RETIREE = "retiree", "Retirée"

    @classmethod
    def ouverts(cls):
        """Return those that somebody is awaited in."""
        return [cls.BROUILLON, cls.TRANSMISE, cls.AVIS_RENDU]

    @property
    def ton(self):
        """The DSFR's badge."""
        tons = {self.INSCRITE: "success", self.REFUSEE: "error", self.RETIREE: "error", self.BROUILLON: ""}
        return tons.get(self, "info")


class GenreComite(models.TextChoices):
    REUNION = "reunion", "Réunion"
    CONSULTATION = "consultation", "Consultation écrite"


class GenreContrat(models.TextChoices):
    PROTOCOLE = "protocole", "Protocole"
    CONTRAT = "contrat", "Contrat"
    AVENANT = "avenant", "Avenant"
