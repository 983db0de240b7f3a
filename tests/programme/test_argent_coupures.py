"""Cut off at any instant, or raced by processes: an award is all there, or not at all."""

import json
import os
import signal
import subprocess
import sys
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection

from programme.argent.enums import EtatFinancement
from programme.argent.verification import constater
from programme.models import Financement, Mouvement
from tests.factories import AdministrateurFactory, EnveloppeFactory
from tests.factories_argent import FinancementFactory, avancer, plafond

pytestmark = pytest.mark.django_db(transaction=True)
MILLION = Decimal("1000000.00")
# What each process does: tries to award its lines, says how many passed and what the others were told.
COUREUR = """
import json, sys
import django
django.setup()
from comptes.models import Utilisateur
from programme.argent.ecritures import MontantRefuse
from programme.models import Dotation, Financement
from comptes.parcours import passer
par, dotation, cle, *lignes = [int(un) if un.isdigit() else un for un in sys.argv[1:]]
par, dotation = Utilisateur.objects.get(pk=par), Dotation.objects.get(pk=dotation)
sys.stdin.readline()
passes, refus = 0, []
for pk in lignes:
    ligne = Financement.objects.get(pk=pk)
    champs = {"montant": ligne.demande, "dotation": dotation, "autorite": "operateur", "date": "2026-01-15"}
    try:
        passer(ligne, cle, par, acte="A", **champs)
    except MontantRefuse as raison:
        refus.append(str(raison))
    else:
        passes += 1
print(json.dumps([passes, refus]))
"""


def lancer(arguments):
    bloc = connection.settings_dict
    adresse = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{bloc['NAME']}"
    environnement = {**os.environ, "DATABASE_URL": adresse, "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", COUREUR, *map(str, arguments)],
        cwd=settings.BASE_DIR, env=environnement, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.skipif(connection.vendor == "sqlite", reason="processes write in turn: threads race on the file")
@pytest.mark.parametrize("cle", ["programmer", "attribuer"])
def test_huit_processus_et_soixante_quatre_promesses(reference, cle):
    enveloppe = EnveloppeFactory()
    dotation = plafond("10000000", exercice__enveloppe=enveloppe)
    lignes = [FinancementFactory(enveloppe=enveloppe, demande=MILLION).pk for _ in range(64)]
    par = AdministrateurFactory()
    coureurs = [lancer([par.pk, dotation.pk, cle, *lignes[rang::8]]) for rang in range(8)]
    for coureur in coureurs:
        coureur.stdin.write("partez\n")
        coureur.stdin.flush()
    issues = [json.loads(coureur.communicate(timeout=120)[0]) for coureur in coureurs]
    assert all(coureur.returncode == 0 for coureur in coureurs)
    refus = [raison for _, siens in issues for raison in siens]
    assert (sum(passes for passes, _ in issues), len(refus)) == (10, 54)
    assert all("Il reste" in raison for raison in refus)
    dotation.refresh_from_db()
    assert dotation.charge == 10 * MILLION
    assert constater() == []


def couper_avant(rang, ligne, dotation, par):
    """Award in a process of its own, killed before its `rang`-th statement. Returns whether it was."""
    connection.close()
    enfant = os.fork()
    if enfant == 0:
        faits = 0

        def compter(execute, *suite):
            nonlocal faits
            faits += 1
            if faits == rang:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(*suite)

        with connection.execute_wrapper(compter):
            avancer(Financement.objects.get(pk=ligne.pk), "attribuer", par, dotation=dotation)
        os._exit(0)
    _, statut = os.waitpid(enfant, 0)
    assert os.WIFSIGNALED(statut) or os.WEXITSTATUS(statut) == 0
    return os.WIFSIGNALED(statut)


def test_coupe_entre_deux_ordres_c_est_avant_ou_apres_jamais_entre(reference):
    enveloppe = EnveloppeFactory()
    dotation = plafond("5000.00", exercice__enveloppe=enveloppe)
    ligne = FinancementFactory(enveloppe=enveloppe)
    par = AdministrateurFactory()
    coupes = 0
    while couper_avant(coupes + 1, ligne, dotation, par):
        coupes += 1
        assert coupes < 100
        assert Financement.objects.get(pk=ligne.pk).etat == EtatFinancement.A_SOLLICITER
        assert not Mouvement.objects.exists()
        assert constater() == []
    # Statement by statement: locks, the line and its history, the plan, the share, the journal.
    assert coupes > 10
    assert Financement.objects.get(pk=ligne.pk).engage == Decimal("1000.00")
    assert constater() == []
