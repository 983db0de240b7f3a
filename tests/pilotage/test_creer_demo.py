"""The demonstration accounts exist on a developer's machine only."""

import pytest
from django.core.management import CommandError, call_command

from comptes.acces import est_administrateur, habilitations
from comptes.models import Utilisateur
from pilotage.demonstration_agences import FEDERATION
from pilotage.management.commands.creer_demo import COMPTES, MOT_DE_PASSE
from programme.enums import EtatProjet
from programme.models import Porteur, Projet
from territoires.models import Territoire
from tests.factories import UtilisateurFactory
from tests.factories_agences import AgenceFactory, FederationFactory
from tests.factories_projets import projet_en

pytestmark = pytest.mark.django_db
EQUIPE = "equipe@demo.example"


@pytest.fixture
def projet_de_dunkerque():
    # Signed as `peupler_demo` does.
    personne = UtilisateurFactory(email="personne@demo.example", is_active=False)
    AgenceFactory(nom="Démonstration · Agence fictive, Hauts-de-France")
    FederationFactory(nom=FEDERATION)
    return projet_en(EtatProjet.PREPARATION, territoire=Territoire.objects.get(slug="dunkerque"), saisi_par=personne)


def comptes():
    return Utilisateur.objects.filter(is_active=True)


def creer(capsys):
    call_command("creer_demo")
    return capsys.readouterr().out


@pytest.mark.usefixtures("projet_de_dunkerque")
def test_un_compte_fictif_par_habilitation_est_cree_et_annonce(capsys, client):
    sortie = creer(capsys)
    assert MOT_DE_PASSE in sortie
    assert comptes().count() == len(COMPTES)
    for compte in comptes():
        assert compte.email in sortie
        assert compte.nom == "(démonstration)"
        assert len(habilitations(compte)) == 1
        assert est_administrateur(compte) == (compte.email == EQUIPE)
        assert client.login(email=compte.email, password=MOT_DE_PASSE)


def test_chacun_agit_la_ou_son_adresse_le_dit(capsys):
    creer(capsys)
    dit = {compte.email: [str(une) for une in habilitations(compte)] for compte in comptes()}
    assert dit["pilote.ges@demo.example"] == ["Pilote régional · Grand Est"]
    assert dit["etat.hdf@demo.example"] == ["État territorial · Hauts-de-France"]
    assert dit["local.vosges@demo.example"] == ["Équipe du territoire · Vosges"]


def test_le_porteur_a_un_projet_qui_s_ecrit_sinon_pas_de_compte(capsys, projet_de_dunkerque):
    creer(capsys)
    assert Porteur.objects.get(personne__email="porteur.dunkerque@demo.example").projet == projet_de_dunkerque
    projet_de_dunkerque.porteurs.all().delete()
    Utilisateur.objects.get(email="porteur.dunkerque@demo.example").delete()
    Projet.objects.update(territoire=Territoire.objects.get(slug="vosges"))
    assert "porteur" not in creer(capsys)


@pytest.mark.usefixtures("projet_de_dunkerque")
def test_la_commande_peut_etre_lancee_deux_fois(capsys):
    assert creer(capsys) == creer(capsys)
    assert comptes().count() == len(COMPTES)


@pytest.mark.usefixtures("projet_de_dunkerque")
def test_un_compte_qui_manque_est_ajoute(capsys):
    """Those of an older version of the portal are kept."""
    UtilisateurFactory(email=EQUIPE, nom="Ancienne")
    creer(capsys)
    assert comptes().count() == len(COMPTES)
    assert Utilisateur.objects.get(email=EQUIPE).nom == "Ancienne"


def test_un_mot_de_passe_change_n_est_ni_annonce_ni_remis(capsys):
    creer(capsys)
    demo = Utilisateur.objects.get(email=EQUIPE)
    demo.set_password("un-autre-mot-de-passe")
    demo.save()
    assert f"{EQUIPE}, avec le mot de passe que vous avez choisi" in creer(capsys)
    demo.refresh_from_db()
    assert demo.check_password("un-autre-mot-de-passe")


def test_une_base_qui_a_deja_des_comptes_reste_comme_elle_est(capsys):
    UtilisateurFactory()
    assert "aucun compte de démonstration" in creer(capsys)
    assert comptes().count() == 1


def test_la_commande_est_refusee_en_production(settings):
    settings.DEVELOPPEMENT = False
    with pytest.raises(CommandError, match="développement"):
        call_command("creer_demo")
    assert not Utilisateur.objects.exists()
