"""Every test has the real programme, whatever the one before it did."""

import threading
import warnings

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from comptes.models import Utilisateur
from comptes.pages_publiques import cache
from territoires.models import ActeurLocal, Collectivite, Inscription, Liste, Region, Territoire
from tests.factories import ActeurFactory


def le_programme_est_la():
    return Liste.objects.count() == 2 and Inscription.objects.count() == 124 + 149


def test_la_base_contient_le_programme(reference):
    assert le_programme_est_la()
    assert Collectivite.objects.communes().actuelles().count() > 34_000
    assert not Utilisateur.objects.exists()


def test_la_base_peut_etre_vide(base_vide):
    assert not Liste.objects.exists()
    assert not Collectivite.historique.exists()
    # What migrations make stays: permissions and content types.
    assert ContentType.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("passage", [1, 2])
def test_le_programme_revient_apres_un_test_qui_valide(passage):
    assert le_programme_est_la()
    assert not Utilisateur.objects.exists()
    Utilisateur.objects.create_user("a@exemple.example")
    Inscription.objects.first().delete()


@pytest.mark.parametrize("passage", [1, 2])
def test_une_table_que_personne_ne_connait_ne_survit_pas_au_test(transactional_db, passage):
    """Not only rows: the whole base is another."""
    with connection.cursor() as curseur:
        curseur.execute("CREATE TABLE souvenir (id integer)")


@pytest.fixture
def encore_la(django_db_setup, django_db_blocker):
    """Look at the base once the test that asks for it, before any other fixture, has given it back."""
    yield
    with django_db_blocker.unblock():
        present = le_programme_est_la()
        connection.close()
    assert present


def test_un_test_qui_valide_ne_vide_pas_les_tables(encore_la, transactional_db):
    """Emptying them took most of the time of these tests, for a base that is thrown away."""


@pytest.mark.django_db(transaction=True)
def test_un_autre_fil_voit_les_memes_donnees():
    """Threads have their own connection: the database of tests is a real one, not in memory."""
    Utilisateur.objects.create_user("a@exemple.example")
    vus = []

    def compter():
        vus.append(Utilisateur.objects.count())
        connection.close()

    fil = threading.Thread(target=compter)
    fil.start()
    fil.join()
    assert vus == [1]


def _ecrire(ordre):
    with connection.cursor() as curseur:
        curseur.execute(ordre)


# Its beginning says nothing of what it writes.
AUTREMENT = (
    "WITH un AS (SELECT MIN(id) AS id FROM territoires_inscription) "
    "UPDATE territoires_inscription SET liste_id = -1 WHERE id IN (SELECT id FROM un)"
)


@pytest.mark.parametrize(
    "laisser",
    [
        lambda: ActeurLocal.objects.filter(pk=ActeurFactory().pk).update(territoire=-1),
        lambda: ActeurLocal.objects.bulk_create([ActeurFactory.build(territoire_id=-1, personne_id=-1)]),
        lambda: Territoire.objects.filter(pk=ActeurFactory().territoire_id)._raw_delete("default"),
        lambda: Region.objects.filter(pk="32").update(code="33"),
        lambda: Inscription.objects.all()._raw_delete("default"),
        lambda: _ecrire(AUTREMENT),
        lambda: Inscription.regions.through.objects.bulk_create(
            [Inscription.regions.through(inscription_id=-1, region_id="32")], ignore_conflicts=True
        ),
    ],
    ids=["reference", "ligne", "effacement", "cle", "liens", "autrement", "sans doublon"],
)
def test_une_reference_a_rien_se_voit_a_la_fin_du_test(db, laisser):
    """On SQLite only what was written is looked at: it finds what looking everywhere would."""
    connection.check_constraints()
    with transaction.atomic():
        laisser()
        with pytest.raises(IntegrityError):
            connection.check_constraints()
        transaction.set_rollback(True)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL looks at what is pending")
def test_seul_ce_qui_est_ecrit_est_regarde(db):
    connection.check_constraints()
    ActeurFactory()
    with CaptureQueriesContext(connection) as requetes:
        connection.check_constraints()
    regardees = {requete["sql"].split('"')[1] for requete in requetes}
    assert {"territoires_acteurlocal", "comptes_utilisateur"} <= regardees
    assert not regardees & {"territoires_collectivite", "territoires_rattachement"}
    with CaptureQueriesContext(connection) as requetes:
        connection.check_constraints()
    assert not requetes


@pytest.mark.parametrize("passage", [1, 2])
def test_le_cache_est_vide_au_debut_d_un_test(passage):
    assert cache.get("cle") is None
    cache.set("cle", passage)


def test_un_avertissement_fait_echouer():
    with pytest.raises(UserWarning):
        warnings.warn("attention", UserWarning, stacklevel=1)
