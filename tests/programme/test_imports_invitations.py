"""Porteurs invited from a table: on the projects of whoever invites, and on no other."""

import pytest

from comptes.models import Invitation
from programme.enums import EtatProjet
from programme.models import Porteur
from tableurs import lots
from tableurs.enums import Seau
from tableurs.ressources import ouvertes
from tests.factories_projets import projet_en
from tests.tableurs.conftest import dossier_prive  # noqa: F401 - deposited files go to a folder of the test's own
from tests.tableurs.lots_essai import deposer, seaux

pytestmark = pytest.mark.django_db
PORTEURS = "invitations_porteurs"


def importer(auteur, *lignes):
    return deposer([["Courriel", "Fonction", "Projet"], *lignes], PORTEURS, auteur=auteur)


@pytest.fixture
def projet(territoire):
    return projet_en(EtatProjet.TRANSMIS, territoire=territoire, titre="Une école de production")


@pytest.mark.parametrize("nom", ["chef de projet", "pilote", "administrateur"])
@pytest.mark.parametrize("par", ["numero", "cle", "titre"])
def test_le_projet_se_dit_de_plusieurs_facons(personnages, projet, nom, par):
    auteur = personnages[nom]
    lot = importer(auteur, ["a@usine.example", "Rédaction", getattr(projet, par)])
    assert seaux(lot) == ["creee"]
    lots.appliquer(lot, auteur)
    une = Invitation.objects.get()
    assert (une.adresse, une.qualite, une.genre) == ("a@usine.example", "redaction", Porteur._meta.label_lower)
    assert une.portee == f"projet:{projet.pk}"
    lots.annuler(lot, auteur)
    assert not Invitation.objects.ouvertes().exists()


def test_le_projet_d_un_voisin_n_est_pas_connu(personnages, voisin):
    """Not even said to exist, though anyone may read this one."""
    autre = projet_en(EtatProjet.INSCRIT, territoire=voisin)
    lot = importer(personnages["chef de projet"], ["a@usine.example", "Rédaction", autre.numero])
    assert seaux(lot) == ["refusee"]
    assert "n'est pas connu" in str(lot.details.get(seau=Seau.REFUSEE).problemes)


@pytest.mark.parametrize(
    ("nom", "ouverte"),
    [("chef de projet", True), ("pilote", True), ("administrateur", True), ("lecture", False), ("porteur", False),
     ("État territorial", False), ("analyste", False), ("auditeur", False)],
)  # fmt: skip
def test_elle_est_ouverte_a_qui_nomme_des_porteurs(personnages, projet, nom, ouverte):
    assert (PORTEURS in ouvertes(personnages[nom])) == ouverte
