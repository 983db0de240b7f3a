"""« Voir comme »: what somebody sees, nothing of what they may write, nothing of what is theirs alone."""

import json
import logging

import pytest
from django.urls import reverse

from comptes.journal import EnJSON
from comptes.models import Utilisateur
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def chef(personnages):
    return personnages["chef de projet"]


@pytest.fixture
def journal(caplog):
    acces = logging.getLogger("comptes.acces")
    acces.addHandler(caplog.handler)
    yield caplog
    acces.removeHandler(caplog.handler)


def evenements(journal):
    return [trace.donnees["evenement"] for trace in journal.records if hasattr(trace, "donnees")]


def commencer(client, personne):
    return client.post(reverse("voir_comme"), {"adresse": personne.email})


def test_l_administrateur_voit_ce_que_voit_la_personne_et_le_sait(admin_client, chef, journal):
    assert commencer(admin_client, chef)["Location"] == reverse("a_faire")
    html = admin_client.get(reverse("aide")).content.decode()
    assert "Vous voyez le portail comme" in html
    assert str(chef) in html
    assert "Équipe du territoire · " in html
    assert reverse("imports") not in html
    assert admin_client.get(reverse("admin:comptes_courrier_changelist")).status_code == 403
    assert admin_client.get(reverse("admin:comptes_equipenationale_changelist")).status_code == 200
    assert evenements(journal)[0] == "voir_comme"


def test_rien_ne_s_enregistre(admin_client, chef):
    commencer(admin_client, chef)
    chemin = reverse("admin:territoires_acteurlocal_add")
    assert admin_client.get(chemin).status_code == 200
    for methode in ("post", "put", "patch", "delete"):
        reponse = getattr(admin_client, methode)(chemin)
        assert reponse.status_code == 403
        assert "rien ne s'enregistre à sa place" in reponse.content.decode()


@pytest.mark.parametrize("nom", ["mfa_index", "usersessions_list", "account_change_password", "courriels"])
def test_les_pages_de_son_compte_restent_a_elle(nom, admin_client, chef):
    commencer(admin_client, chef)
    assert admin_client.get(reverse(nom)).status_code == 403


def test_on_en_revient_par_un_bouton_et_a_la_deconnexion(admin_client, chef, journal):
    commencer(admin_client, chef)
    assert admin_client.get(reverse("voir_comme_fin")).status_code == 405
    admin_client.post(reverse("voir_comme_fin"))
    assert "Vous voyez le portail comme" not in admin_client.get(reverse("aide")).content.decode()
    assert admin_client.get(reverse("imports")).status_code == 200
    assert evenements(journal)[-1] == "voir_comme_fin"
    commencer(admin_client, chef)
    admin_client.post(reverse("account_logout"))
    assert "voir_comme" not in admin_client.session


@pytest.mark.parametrize("nom", ["analyste", "auditeur", "pilote", "chef de projet", "sans habilitation"])
def test_seul_un_administrateur_le_peut(nom, client, personnages):
    client.force_login(personnages[nom])
    assert client.get(reverse("voir_comme")).status_code == 403
    assert commencer(client, personnages["lecture"]).status_code == 403
    assert "voir_comme" not in client.session


def test_une_session_ne_se_fabrique_pas(client, personnages, chef):
    """The key in the session of whoever doesn't administer, or no longer does, is worth nothing."""
    client.force_login(personnages["analyste"])
    session = client.session
    session["voir_comme"] = chef.pk
    session.save()
    assert "Vous voyez le portail comme" not in client.get(reverse("aide")).content.decode()
    assert "voir_comme" not in client.session


def test_un_compte_ferme_entre_temps_y_met_fin(admin_client, chef):
    commencer(admin_client, chef)
    Utilisateur.objects.filter(pk=chef.pk).update(is_active=False)
    assert admin_client.get(reverse("imports")).status_code == 200


@pytest.mark.parametrize(
    ("adresse", "phrase"),
    [("absent@exemple.example", "Aucun compte actif"), ("", "obligatoire"), ("pas une adresse", "adresse")],
)
def test_une_adresse_inconnue_se_dit(adresse, phrase, admin_client):
    html = admin_client.post(reverse("voir_comme"), {"adresse": adresse}).content.decode()
    assert phrase in html
    assert "<title>Erreur – Voir comme" in html


def test_on_ne_se_voit_pas_soi_meme(admin_client):
    html = commencer(admin_client, Utilisateur.objects.get(nom="Admin")).content.decode()
    assert "votre propre compte" in html


def test_qui_ne_voit_pas_comme_un_autre_ne_paie_rien(client, django_assert_num_queries):
    client.force_login(f.UtilisateurFactory())
    client.get(reverse("aide"))
    # Session, person; for the header: what always counts, and the version of what is kept.
    with django_assert_num_queries(4):
        client.get(reverse("aide"))


# --- The journal of access


def test_le_journal_est_une_ligne_de_json_sans_donnee_personnelle(client, journal):
    personne = f.UtilisateurFactory(email="camille@exemple.example", prenom="Camille")
    identifiants = {"login": personne.email, "password": f.MOT_DE_PASSE}
    client.post(reverse("account_login"), {**identifiants, "password": "pas-le-bon-mot"})
    client.post(reverse("account_login"), identifiants)
    client.get(reverse("imports"))
    client.post(reverse("account_logout"))
    assert evenements(journal) == ["connexion_refusee", "connexion", "refus", "deconnexion"]
    for trace in journal.records:
        if hasattr(trace, "donnees"):
            ligne = EnJSON().format(trace)
            lu = json.loads(ligne)
            assert set(lu) <= {"heure", "evenement", "page", "methode", "compte"}
            assert "amille" not in ligne
            assert f.MOT_DE_PASSE not in ligne
            assert lu.get("compte") == (None if lu["evenement"] == "connexion_refusee" else personne.pk)
