"""Whatever the table: each row ends in one bucket, nothing fails, nothing is written before somebody says so."""

import pytest
from hypothesis import HealthCheck, event, find, given, settings
from hypothesis import strategies as st

from comptes.models import Invitation
from tableurs import lots
from tableurs.enums import Seau
from tableurs.lecture import FichierIllisible
from tableurs.ressources import toutes
from territoires.models import Collectivite, Composition, Inscription, Liste, Territoire
from tests.factories import AdministrateurFactory
from tests.tableurs.lots_essai import fichier, photographie
from tests.territoires.conftest import carte, liste  # noqa: F401 - fixtures
from tests.territoires.pays import LISTE, PLATEAU, VALLEE

pytestmark = pytest.mark.django_db

# What our resources know, in the ways that people write it, among anything.
CONNUS = ["01001", "1001", "1001.0", "42008", "42009", "42010", VALLEE, PLATEAU, f"{VALLEE} ; {PLATEAU}"]
CONNUS += ["ti-8401", "ti-1", "La Vallée", "COM", "CC", "Commune", "01", "84", "n.c.", "12/03/2019", "31/02/2019"]
CONNUS += ["1 234,56 €", "oui", ""]
CELLULES = st.one_of(
    st.sampled_from(CONNUS),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.integers().map(str),
    st.text("0123456789AB ", min_size=5, max_size=9),
)
# What a row needs at once to be an invitation: drawn apart, hardly any would be.
INVITATIONS = {
    "adresse": ["une@ville.example", "Autre@Ville.example", "troisieme@ville.example"],
    "qualite": ["Maire", "lecture", "Chef de projet", "Présidence"],
    "territoire": ["ti-8401", "La Vallée", "ti-2701"],
    "region": ["84", "27"],
    "prenom": ["", "Camille"],
    "nom": ["", "Martin"],
    "du": ["", "", "01/01/2090", "31/12/2089"],
    "au": ["", "", "2090-06-30"],
    "acte_numero": ["", "2026-114"],
    "acte_date": ["", "03/09/2026"],
}
MODELES = (Collectivite, Liste, Territoire, Inscription, Composition)
OPTIONS = [LISTE, LISTE | {"replier": True}, LISTE | {"liste": "2021", "date": "2021-01-01"}]


def tables(entetes):
    ligne = st.lists(CELLULES, min_size=len(entetes), max_size=len(entetes))
    return st.lists(ligne, min_size=1, max_size=8).map(lambda lignes: [entetes, *lignes])


def invitations(colonnes):
    """Tables of invitations, most of whose rows may be sent."""
    ligne = st.tuples(*(st.sampled_from(INVITATIONS[nom]) for nom in colonnes)).map(list)
    return st.lists(ligne, min_size=1, max_size=8).map(lambda lignes: [colonnes, *lignes])


@pytest.fixture
def administrateur(db):
    return AdministrateurFactory()


@pytest.mark.parametrize("cle", sorted(toutes()))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(donnees=st.data())
def test_toute_table_se_compte_et_rien_n_est_ecrit(cle, liste, administrateur, donnees):  # noqa: F811
    colonnes = [colonne.cle for colonne in toutes()[cle].colonnes]
    requises = [colonne.cle for colonne in toutes()[cle].colonnes if colonne.requise]
    choisies = donnees.draw(st.lists(st.sampled_from(colonnes), unique=True))
    table = donnees.draw(tables(list(dict.fromkeys([*requises, *choisies]))))
    options = donnees.draw(st.sampled_from(OPTIONS))
    ecrits = (*MODELES, *toutes()[cle].modeles)
    avant = photographie(*ecrits)
    try:
        lot = lots.deposer(fichier(table), "essai.csv", cle, options, administrateur)
    except (FichierIllisible, lots.ColonnesIncompletes):
        lot = None
    assert photographie(*ecrits) == avant
    if lot is None:
        return
    assert lot.lignes == lot.crees + lot.modifies + lot.inchanges + lot.refuses + lot.doublons
    assert lot.lignes == lot.attendues == lot.lues == lot.details.filter(numero__gt=0).count()
    for ligne in lot.details.filter(seau=Seau.REFUSEE):
        assert ligne.problemes
        assert all(probleme["raison"] and probleme["remede"] for probleme in ligne.problemes)
        assert not ligne.operations
    lots.appliquer(lot, administrateur, partiel=True)
    apres = photographie(*ecrits)
    encore = lots.deposer(fichier(table), "essai.csv", cle, options, administrateur)
    assert (encore.crees, encore.modifies) == (0, 0)
    assert photographie(*ecrits) == apres
    lots.annuler(lot, administrateur)
    assert photographie(*ecrits) == avant


@pytest.mark.parametrize("cle", ["invitations_territoires", "invitations_regions"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(donnees=st.data())
def test_toute_table_d_invitations_part_une_fois_et_se_reprend(cle, liste, administrateur, donnees):  # noqa: F811
    colonnes = [colonne.cle for colonne in toutes()[cle].colonnes]
    table = donnees.draw(invitations(colonnes))
    lot = lots.deposer(fichier(table), "essai.csv", cle, {}, administrateur)
    event("des invitations partent" if lot.crees else "aucune ne part")
    lots.appliquer(lot, administrateur, partiel=True)
    envoyees = Invitation.objects.ouvertes()
    assert envoyees.count() == lot.crees
    assert lot.crees + lot.inchanges + lot.refuses + lot.doublons == lot.lignes == len(table) - 1
    encore = lots.deposer(fichier(table), "essai.csv", cle, {}, administrateur)
    assert (encore.crees, encore.refuses + encore.doublons) == (0, lot.refuses + lot.doublons)
    lots.annuler(lot, administrateur)
    assert not envoyees.exists()


def test_le_tirage_donne_des_invitations_qui_partent(liste, administrateur):  # noqa: F811
    """Otherwise the property above says nothing."""
    for cle in ("invitations_territoires", "invitations_regions"):
        colonnes = [colonne.cle for colonne in toutes()[cle].colonnes]
        plusieurs = find(
            invitations(colonnes),
            lambda table, cle=cle: _partent(table, cle, administrateur) > 1,
            settings=settings(deadline=None, database=None),
        )
        assert len(plusieurs) > 2


def _partent(table, cle, auteur):
    return lots.deposer(fichier(table), "essai.csv", cle, {}, auteur).crees
