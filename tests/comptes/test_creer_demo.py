"""The demonstration account exists on a developer's machine only."""

import pytest
from django.core.management import CommandError, call_command

from comptes.management.commands.creer_demo import COURRIEL, MOT_DE_PASSE
from comptes.models import Utilisateur
from tests.factories import UtilisateurFactory

pytestmark = pytest.mark.django_db


def creer(capsys):
    call_command("creer_demo")
    return capsys.readouterr().out


def test_un_compte_d_administration_fictif_est_cree_et_annonce(capsys, client):
    sortie = creer(capsys)
    assert COURRIEL in sortie
    assert MOT_DE_PASSE in sortie
    demo = Utilisateur.objects.get()
    assert (demo.nom, demo.is_staff, demo.is_superuser) == ("Démonstration", True, True)
    assert client.login(email=COURRIEL, password=MOT_DE_PASSE)


def test_la_commande_peut_etre_lancee_deux_fois(capsys):
    assert creer(capsys) == creer(capsys)
    assert Utilisateur.objects.count() == 1


def test_un_mot_de_passe_change_n_est_ni_annonce_ni_remis(capsys):
    creer(capsys)
    demo = Utilisateur.objects.get()
    demo.set_password("un-autre-mot-de-passe")
    demo.save()
    assert MOT_DE_PASSE not in creer(capsys)
    demo.refresh_from_db()
    assert demo.check_password("un-autre-mot-de-passe")


def test_une_base_qui_a_deja_des_comptes_reste_comme_elle_est(capsys):
    UtilisateurFactory()
    assert "aucun compte de démonstration" in creer(capsys)
    assert Utilisateur.objects.count() == 1


def test_la_commande_est_refusee_en_production(settings):
    settings.DEVELOPPEMENT = False
    with pytest.raises(CommandError, match="développement"):
        call_command("creer_demo")
    assert not Utilisateur.objects.exists()
