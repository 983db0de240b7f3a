"""An account is a person, known by an e-mail address whatever its case."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from comptes.models import Utilisateur
from tests.factories import UtilisateurFactory

pytestmark = pytest.mark.django_db

ADRESSE = "camille@exemple.example"


@pytest.fixture
def camille():
    return UtilisateurFactory(email=ADRESSE)


def refuse_par_la_base():
    return pytest.raises(IntegrityError)


def test_l_adresse_est_gardee_en_minuscules():
    assert UtilisateurFactory(email="Camille@Exemple.example").email == ADRESSE


def test_un_compte_est_unique_quelle_que_soit_la_casse(camille):
    with refuse_par_la_base(), transaction.atomic():
        UtilisateurFactory(email=ADRESSE.upper())


def test_un_ajout_en_masse_ne_contourne_pas_l_unicite(camille):
    """`bulk_create` does not go through `save`: the database itself refuses."""
    with refuse_par_la_base(), transaction.atomic():
        Utilisateur.objects.bulk_create([Utilisateur(email="CAMILLE@exemple.example")])


def test_une_modification_directe_ne_contourne_pas_l_unicite(camille):
    autre = UtilisateurFactory()
    with refuse_par_la_base(), transaction.atomic():
        Utilisateur.objects.filter(pk=autre.pk).update(email="Camille@exemple.example")


def test_un_formulaire_dit_en_francais_que_l_adresse_est_prise(camille):
    with pytest.raises(ValidationError) as erreur:
        Utilisateur(email="CAMILLE@exemple.example", password="x").full_clean()
    assert "Un compte existe déjà avec cette adresse." in erreur.value.messages


def test_un_compte_se_retrouve_quelle_que_soit_la_casse(camille):
    assert Utilisateur.objects.get_by_natural_key("CAMILLE@Exemple.example") == camille


def test_un_compte_sans_adresse_est_refuse():
    with pytest.raises(ValueError, match="adresse électronique"):
        Utilisateur.objects.create_user("")


def test_un_compte_n_a_aucun_droit_par_defaut(camille):
    assert camille.is_active
    assert not camille.is_staff
    assert not camille.has_perm("comptes.change_utilisateur")


def test_le_nom_montre_est_celui_de_la_personne_ou_son_adresse():
    assert str(UtilisateurFactory(prenom="Camille", nom="Martin")) == "Camille Martin"
    assert str(UtilisateurFactory(prenom="", nom="", email=ADRESSE)) == ADRESSE


def test_chaque_changement_d_un_compte_est_garde(camille):
    camille.nom = "Autre nom"
    camille.save()
    assert list(camille.historique.values_list("history_type", "nom")) == [
        ("~", "Autre nom"),
        ("+", camille.historique.last().nom),
    ]


def test_un_compte_desactive_ne_se_connecte_pas(client, camille):
    camille.is_active = False
    camille.save()
    assert not client.login(email=ADRESSE, password="un-mot-de-passe-d-essai")


def test_se_connecter_n_ecrit_rien_dans_l_historique_du_compte(client):
    personne = UtilisateurFactory()
    avant = personne.historique.count()
    client.force_login(personne)
    personne.refresh_from_db()
    assert personne.last_login
    assert personne.historique.count() == avant
    personne.nom = "Renommée"
    personne.save()
    assert personne.historique.count() == avant + 1


def test_le_nom_en_ordre_suit_le_nom_meme_ecrit_seul():
    personne = UtilisateurFactory(prenom="Élise", nom="d'Œuvre", email="elise@exemple.example")
    assert personne.nom_normalise == "d oeuvre elise elise exemple example"
    personne.nom = "Zoé"
    personne.save(update_fields=["nom"])
    personne.refresh_from_db()
    assert personne.nom_normalise.startswith("zoe elise")
