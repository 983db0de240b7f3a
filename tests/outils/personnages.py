"""The standing cast: one person a capacity, about a territory that two regions share, and their neighbours."""

from datetime import timedelta

import pytest

from comptes.acces import aujourdhui
from programme.models import Enveloppe
from territoires.enums import QualiteRegionale, QualiteTerritoriale
from territoires.models import Region, Territoire
from tests import factories as f
from tests.factories_agences import CnerFactory, CorrespondantFactory, MembreFederationFactory
from tests.factories_argent import OperateurFactory
from tests.factories_projets import PorteurFactory, ProjetFactory

# Led by Hauts-de-France, with communes in Normandie.
TERRITOIRE = "vallee-de-la-bresle-vimeu"
PILOTE, ASSOCIEE = "32", "28"
# Led by Grand Est.
VOISIN = "vosges"
VOISINE = "44"
# Led by Bretagne: what associates it with a project is the test's own.
TERRITOIRE_ASSOCIE = "lannion-tregor"
# The operator's.
ENVELOPPE = "PIC"


@pytest.fixture
def territoire(reference):
    return Territoire.objects.get(slug=TERRITOIRE)


@pytest.fixture
def voisin(reference):
    return Territoire.objects.get(slug=VOISIN)


@pytest.fixture
def territoire_associe(reference):
    return Territoire.objects.get(slug=TERRITOIRE_ASSOCIE)


@pytest.fixture
def admin_client(client, db):
    """The browser of an administrator of the national team, rather than pytest-django's superuser."""
    client.force_login(f.AdministrateurFactory(prenom="Alice", nom="Admin"))
    return client


@pytest.fixture
def personnages(territoire, voisin, territoire_associe):
    return distribution(territoire, voisin, territoire_associe)


def distribution(territoire, voisin, territoire_associe):
    """Return {name in French: account}, None for who has no account."""
    regions = Region.objects.in_bulk([PILOTE, ASSOCIEE, VOISINE])
    hier = aujourdhui() - timedelta(days=1)

    def pilote(region, **champs):
        return f.PiloteFactory(region=regions[region], **champs).personne

    def acteur(ou, **champs):
        return f.ActeurFactory(territoire=ou, **champs).personne

    chef = acteur(territoire)
    return {
        "anonyme": None,
        "sans habilitation": f.UtilisateurFactory(),
        "expirée": acteur(territoire, du=hier - timedelta(days=30), au=hier),
        "chef de projet": chef,
        "lecture": acteur(territoire, qualite=QualiteTerritoriale.LECTURE),
        "équipe voisine": acteur(voisin),
        "équipe d'un territoire associé": acteur(territoire_associe),
        # Of an idea of the territory, and of nothing else.
        "porteur": PorteurFactory(projet=ProjetFactory(territoire=territoire, saisi_par=chef)).personne,
        "pilote": pilote(PILOTE),
        "agent instructeur": pilote(PILOTE, qualite=QualiteRegionale.AGENT_INSTRUCTEUR),
        "pilote d'une région associée": pilote(ASSOCIEE),
        "pilote voisin": pilote(VOISINE),
        "État territorial": f.EtatFactory(region=regions[PILOTE]).personne,
        "opérateur": OperateurFactory(enveloppe=Enveloppe.objects.get(code=ENVELOPPE)).personne,
        "correspondant d'agence": CorrespondantFactory().personne,
        "correspondant d'une autre agence": CorrespondantFactory().personne,
        "CNER": CnerFactory().personne,
        "fédération": MembreFederationFactory().personne,
        "analyste": f.AnalysteFactory(),
        "auditeur": f.AuditeurFactory(),
        "administrateur": f.AdministrateurFactory(),
    }
