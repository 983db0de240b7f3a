"""Closed lists of what is about money, with their named sets."""

from django.db import models


class Circuit(models.TextChoices):
    """Who programmes on an envelope."""

    OPERATEUR = "operateur", "L'opérateur décide"
    PREFET = "prefet", "Le préfet ou la préfète décide"
    REGION = "region", "La région décide"
    PREFET_ET_REGION = "prefet_region", "Le préfet et la région décident ensemble"


class GenreOuverture(models.TextChoices):
    """A revision says the new total: it replaces what was opened, and is never added to it."""

    INITIALE = "initiale", "Ouverture initiale"
    REVISION = "revision", "Révision"


class GenreDotation(models.TextChoices):
    PLAFOND = "plafond", "Plafond"
    OBJECTIF = "objectif", "Objectif indicatif"


class SensProposition(models.TextChoices):
    ATTENTE = "attente", "En attente"
    ACCEPTEE = "acceptee", "Acceptée"
    REFUSEE = "refusee", "Refusée"


class QualiteOperateur(models.TextChoices):
    DECISION = "decision", "Instruction et décision"
    LECTURE = "lecture", "Lecture"


class Financeur(models.TextChoices):
    """Where a line of a plan comes from."""

    ENVELOPPE = "enveloppe", "Enveloppe du programme"
    ETAT = "etat", "État, hors programme"
    UNION_EUROPEENNE = "ue", "Union européenne"
    REGION = "region", "Région"
    DEPARTEMENT = "departement", "Département"
    INTERCOMMUNALITE = "epci", "Intercommunalité"
    COMMUNE = "commune", "Commune"
    ENTREPRISE = "entreprise", "Entreprise"
    AUTOFINANCEMENT = "porteur", "Autofinancement du porteur"
    AUTRE = "autre", "Autre financeur"

    @classmethod
    def publics(cls):
        """Return those whose subsidies are public aid."""
        return [financeur for financeur in cls if financeur not in cls.prives()]

    @classmethod
    def prives(cls):
        return [cls.ENTREPRISE, cls.AUTOFINANCEMENT, cls.AUTRE]


class NatureFinancement(models.TextChoices):
    """Never added together without saying so."""

    SUBVENTION = "subvention", "Subvention"
    PRET = "pret", "Prêt"
    FONDS_PROPRES = "fonds_propres", "Fonds propres"
    INGENIERIE = "ingenierie", "Ingénierie"


class Credits(models.TextChoices):
    DEDIES = "dedies", "Crédits dédiés au programme"
    DROIT_COMMUN = "droit_commun", "Droit commun fléché"


class Preuve(models.TextChoices):
    """How sure a line is whose funder doesn't enter it here."""

    DECLARE = "declare", "Déclaré"
    JUSTIFIE = "justifie", "Justifié par un document"
    CONFIRME = "confirme", "Confirmé par le financeur"


class EtatFinancement(models.TextChoices):
    """The states of a line. What moves it: `programme/argent/parcours.py`."""

    A_SOLLICITER = "a_solliciter", "À solliciter"
    SOLLICITE = "sollicite", "Sollicité"
    INSTRUCTION = "instruction", "En instruction"
    PROGRAMME = "programme", "Programmé"
    ATTRIBUE = "attribue", "Attribué"
    VERSEMENT = "versement", "En versement"
    SOLDE = "solde", "Soldé"
    REFUSE = "refuse", "Refusé"
    RETIRE = "retire", "Retiré"
    CADUC = "caduc", "Caduc"
    ANNULE = "annule", "Annulé"

    @property
    def ton(self):
        """The DSFR's badge: blue, it goes on; green, it is sure; red, it is over."""
        if self in self.acquis():
            return "success"
        if self in self.perdus():
            return "error"
        return "info" if self in (self.INSTRUCTION, self.PROGRAMME) else ""

    def dit(self, nature):
        """Return what it is called for a nature: a loan is decided, signed, drawn."""
        if nature in (NatureFinancement.PRET, NatureFinancement.FONDS_PROPRES):
            return {
                self.PROGRAMME: "Décidé",
                self.ATTRIBUE: "Signé",
                self.VERSEMENT: "En décaissement",
                self.SOLDE: "Décaissé",
            }.get(self, self.label)
        return self.label

    @classmethod
    def avant_decision(cls):
        return [cls.A_SOLLICITER, cls.SOLLICITE, cls.INSTRUCTION]

    @classmethod
    def avant_attribution(cls):
        return [*cls.avant_decision(), cls.PROGRAMME]

    @classmethod
    def engages(cls):
        """Return those in which money is committed and may still be paid."""
        return [cls.ATTRIBUE, cls.VERSEMENT]

    @classmethod
    def en_cours(cls):
        """Return those in which something may still be paid."""
        return [*cls.avant_attribution(), *cls.engages()]

    @classmethod
    def acquis(cls):
        return [*cls.engages(), cls.SOLDE]

    @classmethod
    def perdus(cls):
        return [cls.REFUSE, cls.RETIRE, cls.CADUC, cls.ANNULE]

    @classmethod
    def demandes(cls):
        """Return those that a funder knows: all but what is not asked yet, or was before it heard of it."""
        return [etat for etat in cls if etat != cls.A_SOLLICITER]

    @classmethod
    def imputes(cls):
        """Return those that draw on an « enveloppe régionale »."""
        return [cls.PROGRAMME, *cls.acquis(), cls.CADUC, cls.ANNULE]


class AutoriteFinanciere(models.TextChoices):
    """Who decides of money, which is not who types."""

    OPERATEUR = "operateur", "Opérateur ou financeur"
    PREFET_DE_REGION = "prefet_region", "Préfet ou préfète de région"
    PREFET_DE_DEPARTEMENT = "prefet_departement", "Préfet ou préfète de département"
    PRESIDENCE_DE_REGION = "presidence_region", "Présidence de région"
    COMMISSION_PERMANENTE = "commission", "Commission permanente de la région"
    PREFET_ET_REGION = "prefet_et_region", "Préfet et région, ensemble"
    NATION = "nation", "Équipe nationale du programme"
    AUTRE = "autre", "Autre autorité"


# Who decides most often, by circuit.
AUTORITES = {
    Circuit.OPERATEUR: AutoriteFinanciere.OPERATEUR,
    Circuit.PREFET: AutoriteFinanciere.PREFET_DE_REGION,
    Circuit.REGION: AutoriteFinanciere.COMMISSION_PERMANENTE,
    Circuit.PREFET_ET_REGION: AutoriteFinanciere.PREFET_ET_REGION,
}


class GenreVersement(models.TextChoices):
    AVANCE = "avance", "Avance"
    ACOMPTE = "acompte", "Acompte"
    SOLDE = "solde", "Solde"
    REVERSEMENT = "reversement", "Reversement"


class GenreFait(models.TextChoices):
    """What a row of an operator's file says."""

    ATTRIBUTION = "attribution", "Attribution"
    VERSEMENT = "versement", "Versement"
