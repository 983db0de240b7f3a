"""Closed lists of the room."""

from django.db import models


class NatureCollectivite(models.TextChoices):
    COMMUNE = "COM", "Commune"
    COMMUNAUTE_DE_COMMUNES = "CC", "Communauté de communes"
    COMMUNAUTE_AGGLOMERATION = "CA", "Communauté d'agglomération"
    COMMUNAUTE_URBAINE = "CU", "Communauté urbaine"
    METROPOLE = "METRO", "Métropole"
    METROPOLE_DE_LYON = "MET69", "Métropole de Lyon"
    ETABLISSEMENT_PUBLIC_TERRITORIAL = "EPT", "Établissement public territorial"


class Fiabilite(models.TextChoices):
    """How sure we are that a territory stands in a list, from the surest to the least sure."""

    OFFICIEL = "officiel", "Officiel"
    CONFIRME = "confirme", "Confirmé par une source"
    PROBABLE = "probable", "Probable"
    RECONSTITUE = "reconstitue", "Reconstitué"


class PrecisionDate(models.TextChoices):
    JOUR = "jour", "au jour près"
    MOIS = "mois", "au mois près"
    ANNEE = "annee", "à l'année près"


class NatureFiliation(models.TextChoices):
    CONTINUE = "continue", "Se poursuit dans"
    FUSIONNE = "fusionne", "Fusionne dans"
    SE_SCINDE = "scinde", "Se scinde vers"


class NatureAppellation(models.TextChoices):
    """By what a commune is looked for, in the order in which answers are given."""

    NOM = "nom", "nom actuel"
    CODE_INSEE = "insee", "code Insee"
    CODE_POSTAL = "postal", "code postal"
    ANCIEN_NOM = "ancien", "ancien nom ou commune déléguée"


class QualiteRegionale(models.TextChoices):
    PRESIDENCE = "presidence", "Président ou présidente de région"
    VICE_PRESIDENCE = "vice_presidence", "Vice-président ou vice-présidente"
    AGENT_INSTRUCTEUR = "instructeur", "Agent instructeur"
    LECTURE = "lecture", "Lecture"

    @classmethod
    def decident(cls):
        """Return those that act for the region; the others read."""
        return [cls.PRESIDENCE, cls.VICE_PRESIDENCE, cls.AGENT_INSTRUCTEUR]

    @classmethod
    def deleguees(cls):
        """Return those that the president names; a president is named by the national team."""
        return [qualite for qualite in cls if qualite != cls.PRESIDENCE]


class QualiteEtat(models.TextChoices):
    PREFECTURE = "prefecture", "Préfecture"
    SGAR = "sgar", "SGAR"
    DREETS = "dreets", "DREETS"
    AUTRE = "autre", "Autre service de l'État"


class QualiteTerritoriale(models.TextChoices):
    CHEF_DE_PROJET = "chef_de_projet", "Chef de projet"
    MAIRE = "maire", "Maire"
    PRESIDENT_EPCI = "president_epci", "Président ou présidente d'intercommunalité"
    ELU_REFERENT = "elu_referent", "Élu référent"
    INDUSTRIEL_REFERENT = "industriel_referent", "Industriel référent"
    LECTURE = "lecture", "Lecture"

    @classmethod
    def referents(cls):
        """Return the *binôme*, which validates projects locally."""
        return [cls.ELU_REFERENT, cls.INDUSTRIEL_REFERENT]

    @classmethod
    def redigent(cls):
        """Return those that write, transmit and follow the territory's projects; the others read."""
        return [cls.CHEF_DE_PROJET, cls.MAIRE, cls.PRESIDENT_EPCI, cls.ELU_REFERENT]

    @classmethod
    def valident(cls):
        """Return those that enter the local validation: the *binôme*, or the chef de projet for the committee."""
        return [cls.CHEF_DE_PROJET, *cls.referents()]

    @classmethod
    def nommees_par_le_chef(cls):
        """Return all but their equals, whom the region names."""
        return [qualite for qualite in cls if qualite != cls.CHEF_DE_PROJET]
