"""Rows for tests: valid by default, told apart by their rank only, never mistaken for those of the programme."""

import datetime
from decimal import Decimal

import factory
import shapely
from django.utils import timezone
from factory.django import DjangoModelFactory

from comptes.enums import QualiteNationale
from comptes.genres_de_courrier import SECURITE
from comptes.models import Courrier, EquipeNationale, EtatInvitation, Invitation, Utilisateur
from programme.enums import FiabiliteMesure, UniteChiffre
from programme.models import Besoin, ChiffreAnnonce, Enveloppe, Mesure
from territoires import models
from territoires.enums import (
    Fiabilite,
    NatureAppellation,
    NatureCollectivite,
    NatureFiliation,
    QualiteEtat,
    QualiteRegionale,
    QualiteTerritoriale,
)

_LETTRES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


MOT_DE_PASSE = "un-mot-de-passe-d-essai"


class UtilisateurFactory(DjangoModelFactory):
    """An account without any right, whose password is `MOT_DE_PASSE`."""

    class Meta:
        model = Utilisateur

    email = factory.Sequence(lambda n: f"personne{n}@exemple.example")
    prenom = "Camille"
    nom = factory.Sequence(lambda n: f"Personne {n}")
    password = MOT_DE_PASSE

    @classmethod
    def _create(cls, model_class, *args, **champs):
        return model_class.objects.create_user(**champs)


class AdministrateurFactory(UtilisateurFactory):
    """Of the national team, with the right to write everything."""

    qualite = QualiteNationale.ADMINISTRATEUR

    @classmethod
    def _create(cls, model_class, *args, qualite, **champs):
        personne = super()._create(model_class, *args, **champs)
        EquipeNationale.objects.create(personne=personne, qualite=qualite)
        return personne


class AnalysteFactory(AdministrateurFactory):
    """Of the national team: keeps the lists and the catalogue."""

    qualite = QualiteNationale.ANALYSTE


class AuditeurFactory(AdministrateurFactory):
    """Of the national team: reads everything, writes nothing."""

    qualite = QualiteNationale.AUDITEUR


class CourrierFactory(DjangoModelFactory):
    """A message to send, to an address without account."""

    class Meta:
        model = Courrier

    genre = SECURITE.cle
    adresse = factory.Sequence(lambda n: f"destinataire{n}@exemple.example")
    objet = factory.Sequence(lambda n: f"Objet {n}")
    texte = "Bonjour,\n"
    a_envoyer_apres = factory.LazyAttribute(lambda courrier: courrier.cree_le)
    cree_le = factory.LazyFunction(timezone.now)


class InvitationFactory(DjangoModelFactory):
    """Sent a moment ago by an administrator, to join the national team as an auditor."""

    class Meta:
        model = Invitation

    adresse = factory.Sequence(lambda n: f"invitee{n}@exemple.example")
    genre = EquipeNationale._meta.label_lower
    qualite = QualiteNationale.AUDITEUR
    auteur = factory.SubFactory(AdministrateurFactory)
    etat = EtatInvitation.ENVOYEE
    envoyee_le = factory.LazyFunction(timezone.now)
    envois = 1


def carre(x, y, cote=1):
    """Return a square whose south-west corner is (x, y), in degrees or in map units alike."""
    return shapely.box(x, y, x + cote, y + cote)


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = models.Region

    # Real codes are digits.
    code = factory.Sequence(lambda n: _LETTRES[n // 26 % 26] + _LETTRES[n % 26])
    nom = factory.LazyAttribute(lambda region: f"Région {region.code}")


class DepartementFactory(DjangoModelFactory):
    class Meta:
        model = models.Departement

    code = factory.Sequence(lambda n: f"{_LETTRES[n // 100 % 26]}{n % 100:02d}")
    nom = factory.LazyAttribute(lambda departement: f"Département {departement.code}")
    region = factory.SubFactory(RegionFactory)


class CommuneFactory(DjangoModelFactory):
    class Meta:
        model = models.Collectivite

    # No real code begins with Z.
    code = factory.Sequence(lambda n: f"Z{n:04d}")
    nature = NatureCollectivite.COMMUNE
    nom = factory.LazyAttribute(lambda commune: f"Commune {commune.code}")
    departement = factory.SubFactory(DepartementFactory)
    population = 1000
    superficie = Decimal("10.00")
    longitude = Decimal("3.00000")
    latitude = Decimal("46.50000")
    codes_postaux = "00000"


class EpciFactory(DjangoModelFactory):
    class Meta:
        model = models.Collectivite

    # No real SIREN begins with 0.
    code = factory.Sequence(lambda n: f"0{n:08d}")
    nature = NatureCollectivite.COMMUNAUTE_DE_COMMUNES
    nom = factory.LazyAttribute(lambda epci: f"CC {epci.code}")


class RattachementFactory(DjangoModelFactory):
    class Meta:
        model = models.Rattachement

    commune = factory.SubFactory(CommuneFactory)
    groupement = factory.SubFactory(EpciFactory)


class AppellationFactory(DjangoModelFactory):
    class Meta:
        model = models.Appellation

    texte = factory.Sequence(lambda n: f"essai {n}")
    amorce = "ess"
    nature = NatureAppellation.NOM
    commune = factory.SubFactory(CommuneFactory)
    libelle = nom = factory.LazyAttribute(lambda appellation: appellation.commune.nom)
    lieu = factory.LazyAttribute(lambda appellation: str(appellation.commune.departement))


class FondDeCarteFactory(DjangoModelFactory):
    class Meta:
        model = models.FondDeCarte

    region = factory.SubFactory(RegionFactory)
    population = 1000
    superficie = Decimal("10.00")
    trace = "M0 0l10 0 0 10z"
    x_min, y_min, x_max, y_max = 0, 0, 10, 10


class PhaseFactory(DjangoModelFactory):
    class Meta:
        model = models.Phase

    numero = factory.Sequence(lambda n: 100 + n)
    nom = factory.LazyAttribute(lambda phase: f"Phase {phase.numero}")
    debut = datetime.date(2018, 1, 1)
    fin = datetime.date(2022, 12, 31)


class ListeFactory(DjangoModelFactory):
    class Meta:
        model = models.Liste

    slug = factory.Sequence(lambda n: f"liste-{n}")
    titre = factory.LazyAttribute(lambda liste: f"Liste d'essai {liste.slug}")
    date = datetime.date(2019, 6, 1)
    phase = factory.SubFactory(PhaseFactory)
    source = "Source d'essai"


class TerritoireFactory(DjangoModelFactory):
    class Meta:
        model = models.Territoire

    phase = factory.SubFactory(PhaseFactory)
    code = factory.Sequence(lambda n: f"ti-Z{n:03d}")
    slug = factory.Sequence(lambda n: f"territoire-{n}")
    nom = factory.LazyAttribute(lambda territoire: f"Territoire {territoire.code}")


class InscriptionFactory(DjangoModelFactory):
    class Meta:
        model = models.Inscription

    liste = factory.SubFactory(ListeFactory)
    territoire = factory.SubFactory(TerritoireFactory, phase=factory.SelfAttribute("..liste.phase"))
    code = factory.LazyAttribute(lambda inscription: inscription.territoire.code)
    nom = factory.LazyAttribute(lambda inscription: inscription.territoire.nom)
    region = factory.SubFactory(RegionFactory)
    fiabilite = Fiabilite.OFFICIEL


class CompositionFactory(DjangoModelFactory):
    class Meta:
        model = models.Composition

    inscription = factory.SubFactory(InscriptionFactory)
    collectivite = factory.SubFactory(EpciFactory)


class FiliationFactory(DjangoModelFactory):
    class Meta:
        model = models.Filiation

    origine = factory.SubFactory(TerritoireFactory)
    suite = factory.SubFactory(TerritoireFactory)
    nature = NatureFiliation.CONTINUE
    date = datetime.date(2023, 11, 9)


class CouvertureFactory(DjangoModelFactory):
    class Meta:
        model = models.Couverture

    inscription = factory.SubFactory(InscriptionFactory)
    liste = factory.SelfAttribute("inscription.liste")
    commune = factory.SubFactory(CommuneFactory)


class PerimetreFactory(DjangoModelFactory):
    class Meta:
        model = models.Perimetre

    inscription = factory.SubFactory(InscriptionFactory)
    nb_communes = 1
    population = 1000
    superficie = Decimal("10.00")
    geometrie = shapely.to_wkb(carre(3, 46))
    trace = trace_carte = "M0 0l10 0 0 10z"
    x_min, y_min, x_max, y_max = 0, 0, 10, 10


class BesoinFactory(DjangoModelFactory):
    class Meta:
        model = Besoin

    phase = factory.SubFactory(PhaseFactory)
    code = factory.Sequence(lambda n: f"besoin-{n}")
    ordre = factory.Sequence(lambda n: 100 + n)
    nom = factory.LazyAttribute(lambda besoin: f"Besoin {besoin.code}")


class MesureFactory(DjangoModelFactory):
    class Meta:
        model = Mesure

    besoin = factory.SubFactory(BesoinFactory)
    code = factory.Sequence(lambda n: f"ESS-{n}")
    ordre = factory.Sequence(lambda n: 100 + n)
    titre = factory.LazyAttribute(lambda mesure: f"Mesure {mesure.code}")
    fiabilite = FiabiliteMesure.OFFICIELLE


class EnveloppeFactory(DjangoModelFactory):
    class Meta:
        model = Enveloppe

    phase = factory.SubFactory(PhaseFactory)
    code = factory.Sequence(lambda n: f"ENV-{n}")
    nom = factory.LazyAttribute(lambda enveloppe: f"Enveloppe {enveloppe.code}")
    montant_annonce = Decimal("1000000.00")


class ChiffreAnnonceFactory(DjangoModelFactory):
    class Meta:
        model = ChiffreAnnonce

    cle = factory.Sequence(lambda n: f"chiffre-{n}")
    libelle = factory.LazyAttribute(lambda chiffre: f"Chiffre {chiffre.cle}")
    valeur = Decimal("10.00")
    unite = UniteChiffre.NOMBRE


class PiloteFactory(DjangoModelFactory):
    class Meta:
        model = models.PiloteRegional

    personne = factory.SubFactory(UtilisateurFactory)
    region = factory.SubFactory(RegionFactory)
    qualite = QualiteRegionale.PRESIDENCE


class EtatFactory(DjangoModelFactory):
    class Meta:
        model = models.EtatTerritorial

    personne = factory.SubFactory(UtilisateurFactory)
    region = factory.SubFactory(RegionFactory)
    qualite = QualiteEtat.PREFECTURE


class ActeurFactory(DjangoModelFactory):
    class Meta:
        model = models.ActeurLocal

    personne = factory.SubFactory(UtilisateurFactory)
    territoire = factory.SubFactory(TerritoireFactory)
    qualite = QualiteTerritoriale.CHEF_DE_PROJET
