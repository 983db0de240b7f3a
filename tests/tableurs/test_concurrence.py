"""Two people at once, processes killed: one wins, the other is told; nothing is ever half done.

Real processes on the database of the test: threads would share what must not be shared.
"""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from tableurs import lots, taches, veille, verrous
from tableurs.enums import EtatLot
from tableurs.models import LotImport
from territoires.models import Collectivite
from tests.tableurs.lots_essai import comptes, deposer, recevoir

pytestmark = pytest.mark.django_db(transaction=True)

ENTETES = ["code", "nature", "nom"]
PATIENCE = 60

PREAMBULE = """
import os, sys, time
import django
django.setup()
from tableurs import comparaison, lots, masse
from tableurs.models import LotImport
from django.core.management import call_command

vrai = masse.historiser
"""


def adresse():
    """Return the DATABASE_URL of the database of the test."""
    reglages = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{reglages['NAME']}"
    hote = str(reglages["HOST"]).replace("/", "%2F")
    return f"postgresql://{reglages['USER']}@{hote}/{reglages['NAME']}"


@pytest.fixture
def lancer(dossier_prive):
    """Start a process that runs some code on the same database; those that are left are killed."""
    processus = []

    def demarrer(code):
        environnement = os.environ | {
            "DATABASE_URL": adresse(),
            "DOSSIER_PRIVE": str(dossier_prive),
            "DJANGO_SETTINGS_MODULE": "tests.reglages",
            "DEBUG": "False",
            "PYTHONPATH": str(settings.BASE_DIR),
        }
        un = subprocess.Popen(
            [sys.executable, "-c", PREAMBULE + textwrap.dedent(code)],
            env=environnement,
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        processus.append(un)
        return un

    yield demarrer
    for un in processus:
        un.kill()
        un.communicate()


def attendre(condition):
    """Wait until something is true, as seen from here."""
    fin = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < fin, "rien n'est venu"
        time.sleep(0.05)


def relu(lot):
    return LotImport.objects.get(pk=lot.pk)


def appliquer_a_la_fois(lancer, tmp_path, *a_appliquer):
    """Apply lots in as many processes, which all begin when they are ready and overlap. Return what each was told."""
    depart = tmp_path / "depart"
    processus = [
        lancer(
            f"""
            masse.historiser = lambda *a: (time.sleep(1), vrai(*a))
            lot = LotImport.objects.get(pk={lot.pk})
            open({str(tmp_path / f"pret{rang}")!r}, "w").close()
            while not os.path.exists({str(depart)!r}):
                time.sleep(0.01)
            try:
                lots.appliquer(lot)
                print("applique")
            except lots.ActionImpossible as impossible:
                print(impossible)
            """
        )
        for rang, lot in enumerate(a_appliquer)
    ]
    attendre(lambda: len(list(tmp_path.glob("pret*"))) == len(processus))
    depart.touch()
    return sorted(un.communicate(timeout=PATIENCE)[0].strip() for un in processus)


def test_deux_personnes_appliquent_le_meme_lot_une_seule_le_fait(lancer, tmp_path):
    lot = deposer([ENTETES, ["01001", "COM", "Nouveau nom"]], "collectivites")
    dits = appliquer_a_la_fois(lancer, tmp_path, lot, lot)
    assert dits[0].startswith("Cet import n'est plus à vérifier")
    assert dits[1] == "applique"
    assert Collectivite.historique.filter(code="01001", history_change_reason=lot.motif).count() == 1


def test_deux_lots_sur_les_memes_lignes_un_gagne_l_autre_recoit_un_nouvel_apercu(lancer, tmp_path):
    tables = [
        [[*ENTETES, "departement"], *([code, "COM", nom, "01"] for code in ("01001", "01002", "01999"))]
        for nom in ("Premier nom", "Second nom")
    ]
    deux = [deposer(table, "collectivites") for table in tables]
    dits = appliquer_a_la_fois(lancer, tmp_path, *deux)
    assert dits[1] == "applique"
    assert dits[0].startswith("La base a changé depuis l'aperçu")
    gagnant, perdant = sorted(map(relu, deux), key=lambda lot: lot.etat != EtatLot.APPLIQUE)
    nom = "Premier nom" if gagnant.pk == deux[0].pk else "Second nom"
    codes = ("01001", "01002", "01999")
    assert list(Collectivite.objects.filter(pk__in=codes).values_list("nom", flat=True)) == [nom] * 3
    assert perdant.etat == EtatLot.A_VERIFIER
    assert (perdant.modifies, perdant.crees) == (3, 0)
    assert {ligne.changements[0]["avant"] for ligne in perdant.details.filter(seau="modifiee")} == {nom}
    lots.appliquer(perdant)
    assert Collectivite.objects.get(pk="01001").nom != nom


def test_si_la_base_reste_prise_on_le_dit_et_le_lot_est_intact(monkeypatch):
    lot = deposer([ENTETES, ["01001", "COM", "Nouveau nom"]], "collectivites")
    monkeypatch.setattr(verrous, "ATTENTE_MAX_SECONDES", 1)
    if connection.vendor == "sqlite":
        with connection.cursor() as curseur:
            curseur.execute("PRAGMA busy_timeout = 500")
    pris, fini = threading.Event(), threading.Event()

    def tenir():
        with transaction.atomic():
            Collectivite.objects.select_for_update().get(pk="01001")
            pris.set()
            fini.wait(PATIENCE)
        connection.close()

    fil = threading.Thread(target=tenir)
    fil.start()
    try:
        assert pris.wait(PATIENCE)
        debut = time.monotonic()
        with pytest.raises(lots.BaseOccupee, match="Réessayez"):
            lots.appliquer(lot)
        assert time.monotonic() - debut < 10
    finally:
        fini.set()
        fil.join()
    assert relu(lot).etat == EtatLot.A_VERIFIER
    if connection.vendor == "postgresql":
        with connection.cursor() as curseur:
            curseur.execute("SHOW lock_timeout")
            assert curseur.fetchone()[0] == "0"
    lots.appliquer(relu(lot))
    assert Collectivite.objects.get(pk="01001").nom == "Nouveau nom"


def test_un_lot_qu_on_applique_n_est_pas_repris_meme_muet():
    """Applying shows nothing until its end, but holds the lot (PostgreSQL) or the base (SQLite)."""
    lot = deposer([ENTETES, ["01001", "COM", "Nouveau nom"]], "collectivites")
    lots.passer(lot, (EtatLot.A_VERIFIER,), EtatLot.EN_COURS, "", jeton="vivant", battement=timezone.now())
    tenu, fini = threading.Event(), threading.Event()

    def appliquer():
        with transaction.atomic():
            lots._verrouiller(lot, EtatLot.EN_COURS, "")
            tenu.set()
            fini.wait(20)
        connection.close()

    fil = threading.Thread(target=appliquer)
    fil.start()
    assert tenu.wait(20)
    assert veille.reprendre_les_abandons(timezone.now() + lots.SILENCE_MAX * 2) == 0
    fini.set()
    fil.join()
    assert relu(lot).etat == EtatLot.EN_COURS
    assert veille.reprendre_les_abandons(timezone.now() + lots.SILENCE_MAX * 2) == 1
    assert relu(lot).etat == EtatLot.A_VERIFIER


@pytest.fixture
def grand_lot(monkeypatch):
    """A lot to compare that goes to the worker: ten rows written two by two."""
    monkeypatch.setattr(taches, "LIGNES_AU_PLUS_SUR_LE_CHAMP", 3)
    lignes = [[f"01{n}", "COM", f"Neuve {n}", "01"] for n in range(990, 1000)]
    return recevoir([[*ENTETES, "departement"], *lignes], "collectivites")


def test_un_ouvrier_tue_pendant_la_lecture_le_lot_revient(lancer, grand_lot):
    taches.comparer(grand_lot)
    ouvrier = lancer(
        """
        masse.TAILLE_DE_LOT = 2
        verser = comparaison._Passage.verser
        def lentement(passage, ecrire):
            verser(passage, ecrire)
            if passage.lues >= 4:
                time.sleep(600)
        comparaison._Passage.verser = lentement
        call_command("ouvrier", "--une-fois")
        """
    )
    attendre(lambda: relu(grand_lot).lues >= 4)
    ouvrier.send_signal(signal.SIGKILL)
    ouvrier.wait()
    avant = photographie_des_neuves()
    assert relu(grand_lot).etat == EtatLot.LECTURE
    assert grand_lot.details.count() == 4
    assert veille.reprendre_les_abandons(timezone.now() + lots.SILENCE_MAX * 2) == 1
    suivant = lancer('call_command("ouvrier", "--une-fois")')
    assert suivant.wait(PATIENCE) == 0
    lot = relu(grand_lot)
    assert (lot.etat, lot.lues, lot.crees) == (EtatLot.A_VERIFIER, 10, 10)
    assert lot.details.filter(numero__gt=0).count() == 10
    assert photographie_des_neuves() == avant


def photographie_des_neuves():
    return list(Collectivite.objects.filter(pk__startswith="0199").order_by("pk").values_list("pk", "nom"))


def test_un_ouvrier_tue_pendant_l_application_rien_n_est_a_moitie_fait(lancer, grand_lot):
    lots.comparer(grand_lot)
    avant = photographie_des_neuves()
    taches.appliquer(relu(grand_lot))
    ouvrier = lancer(
        """
        def lentement(*arguments):
            vrai(*arguments)
            print("en pleine transaction", flush=True)
            time.sleep(600)
        masse.historiser = lentement
        call_command("ouvrier", "--une-fois")
        """
    )
    assert "en pleine transaction\n" in iter(ouvrier.stdout.readline, "")
    plus_tard = timezone.now() + lots.SILENCE_MAX * 2
    assert veille.reprendre_les_abandons(plus_tard) == 0
    ouvrier.send_signal(signal.SIGKILL)
    ouvrier.wait()
    attendre(lambda: veille.reprendre_les_abandons(plus_tard) == 1)
    lot = relu(grand_lot)
    assert (lot.etat, lot.message) == (EtatLot.A_VERIFIER, veille.INTERROMPUE)
    assert photographie_des_neuves() == avant
    assert not Collectivite.historique.filter(history_change_reason=lot.motif).exists()
    lots.appliquer(lot)
    assert len(photographie_des_neuves()) == 10
    lots.annuler(lot)
    assert photographie_des_neuves() == avant
    assert comptes(lot)["crees"] == 10
