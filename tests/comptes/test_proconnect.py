"""ProConnect, played by a local provider: it opens accounts that exist, and makes none."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client
from django.urls import reverse

from comptes.models import Utilisateur
from tests.factories import UtilisateurFactory
from tests.maison.test_reglages import PRODUCTION, lancer
from tests.outils.fournisseur_oidc import AUTRE_CLE, fournisseur_local, reglages
from tests.outils.second_facteur import donner_une_application

pytestmark = pytest.mark.django_db

DEPART, RETOUR = reverse("openid_connect_login"), reverse("openid_connect_callback")


@pytest.fixture
def fournisseur(settings):
    with fournisseur_local() as local:
        for nom, valeur in reglages(local).items():
            setattr(settings, nom, valeur)
        yield local


@pytest.fixture
def personne():
    return UtilisateurFactory(email="camille@exemple.example")


def partir(client, **champs):
    """Leave for ProConnect; return what we ask it."""
    adresse = client.post(DEPART, champs).context["adresse"]
    return {nom: valeurs[0] for nom, valeurs in parse_qs(urlsplit(adresse).query).items()}


def entrer(client, fournisseur, **champs):
    return client.get(fournisseur.autoriser(partir(client, **champs)))


def est_connecte(client):
    return "_auth_user_id" in client.session


def verifier_refus(client, reponse, texte="n'ouvre aucun compte"):
    assert reponse.status_code == 403
    assert texte in reponse.content.decode()
    assert not est_connecte(client)
    assert Utilisateur.objects.count() <= 1


def test_un_compte_qui_existe_s_ouvre_et_rien_n_est_garde_des_reponses(client, fournisseur, personne):
    reponse = entrer(client, fournisseur, next="/aide/")
    assert reponse["Location"] == "/aide/"
    assert client.session["_auth_user_id"] == str(personne.pk)
    assert not SocialAccount.objects.exists()
    assert not SocialToken.objects.exists()
    personne.refresh_from_db()
    assert personne.has_usable_password()


def test_la_demande_porte_un_alea_une_preuve_et_le_moins_de_donnees(client, fournisseur, personne):
    premiere, seconde = partir(client), partir(client)
    assert premiere["code_challenge_method"] == "S256"
    for nom in ("nonce", "state", "code_challenge"):
        assert premiere[nom] != seconde[nom]
    assert set(premiere["scope"].split()) == {"openid", "email"}
    assert premiere["redirect_uri"] == f"http://testserver{RETOUR}"


def test_la_page_de_depart_mene_la_ou_la_politique_de_securite_ne_laisse_pas_un_formulaire(client, fournisseur):
    html = client.post(DEPART).content.decode()
    assert f'<meta http-equiv="refresh" content="0;url={fournisseur.adresse}/authorize?' in html
    assert "continuer vers ProConnect" in html


def test_l_adresse_se_compare_sans_la_casse(client, fournisseur, personne):
    fournisseur.personne["email"] = "CAMILLE@Exemple.example"
    assert entrer(client, fournisseur).status_code == 302
    assert est_connecte(client)


def test_les_informations_non_signees_sont_lues_aussi(client, fournisseur, personne):
    fournisseur.signe = False
    assert entrer(client, fournisseur).status_code == 302
    assert est_connecte(client)


def test_une_adresse_inconnue_est_refusee_sans_compte(client, fournisseur):
    verifier_refus(client, entrer(client, fournisseur))
    assert not Utilisateur.objects.exists()


@pytest.mark.parametrize("verifiee", [False, None, "false", "true", 1])
def test_une_adresse_que_proconnect_ne_garantit_pas_est_refusee(client, fournisseur, personne, verifiee):
    fournisseur.personne["email_verified"] = verifiee
    verifier_refus(client, entrer(client, fournisseur))


@pytest.mark.parametrize("reglage", [False, True])
def test_une_adresse_dont_rien_n_est_dit_depend_du_reglage(client, fournisseur, personne, settings, reglage):
    settings.PROCONNECT_ADRESSES_VERIFIEES = reglage
    del fournisseur.personne["email_verified"]
    entrer(client, fournisseur)
    assert est_connecte(client) is reglage


def test_un_compte_inactif_est_refuse_comme_un_compte_absent(client, fournisseur, personne):
    personne.is_active = False
    personne.save()
    inactif = entrer(client, fournisseur)
    verifier_refus(client, inactif)
    Utilisateur.objects.filter(pk=personne.pk).update(email="autre@exemple.example")
    assert inactif.content == entrer(Client(), fournisseur).content


def test_proconnect_ne_remplace_pas_le_second_facteur(client, fournisseur, personne, facteur_exige):
    assert client.get(entrer(client, fournisseur)["Location"])["Location"] == reverse("mfa_index")
    donner_une_application(personne)
    autre = Client()
    assert entrer(autre, fournisseur)["Location"] == reverse("mfa_authenticate")
    assert not est_connecte(autre)


def test_proconnect_le_remplace_si_le_reglage_le_dit(client, fournisseur, personne, facteur_exige, settings):
    settings.PROCONNECT_VAUT_SECOND_FACTEUR = True
    donner_une_application(personne)
    assert entrer(client, fournisseur)["Location"] == reverse("a_faire")
    assert client.get(reverse("accueil")).status_code == 200


# --- Answers that are not what they should be


@pytest.mark.parametrize(
    "faux",
    [
        {"nonce": "autre"},
        {"nonce": None},
        {"aud": "autre-portail"},
        {"iss": "http://pirate.exemple"},
        {"exp": 1},
        {"sub": "quelqu-un-d-autre"},
    ],
    ids=str,
)
def test_un_jeton_qui_n_est_pas_le_notre_est_refuse(client, fournisseur, personne, faux):
    fournisseur.jeton = faux
    verifier_refus(client, entrer(client, fournisseur), "n'a pas répondu comme prévu")


@pytest.mark.parametrize(("attribut", "valeur"), [("cle", AUTRE_CLE), ("algorithme", "none"), ("algorithme", "HS256")])
def test_une_signature_qui_n_est_pas_la_sienne_est_refusee(client, fournisseur, personne, attribut, valeur):
    setattr(fournisseur, attribut, valeur)
    verifier_refus(client, entrer(client, fournisseur), "n'a pas répondu comme prévu")


def test_un_retour_que_personne_n_a_demande_est_refuse(client, fournisseur, personne):
    """An attacker's answer, opened by somebody else."""
    adresse = fournisseur.autoriser(partir(Client()))
    verifier_refus(client, client.get(adresse), "n'a pas répondu comme prévu")


def test_un_retour_ne_sert_qu_une_fois(client, fournisseur, personne):
    adresse = fournisseur.autoriser(partir(client))
    assert client.get(adresse).status_code == 302
    client.post(reverse("account_logout"))
    verifier_refus(client, client.get(adresse), "n'a pas répondu comme prévu")


def test_renoncer_chez_proconnect_ramene_ici(client, fournisseur, personne):
    demande = partir(client)
    reponse = client.get(RETOUR, {"error": "access_denied", "state": demande["state"]})
    assert reponse.status_code == 200
    assert "Connexion abandonnée" in reponse.content.decode()


@pytest.mark.parametrize("moment", ["depart", "retour"])
def test_une_panne_de_proconnect_se_dit(client, fournisseur, personne, moment):
    if moment == "depart":
        fournisseur.en_panne = True
        return verifier_refus(client, client.post(DEPART), "n'a pas répondu comme prévu")
    adresse = fournisseur.autoriser(partir(client))
    fournisseur.en_panne = True
    return verifier_refus(client, client.get(adresse), "n'a pas répondu comme prévu")


def test_on_ne_repart_pas_vers_un_autre_site(client, fournisseur, personne):
    assert entrer(client, fournisseur, next="https://pirate.exemple/")["Location"] == reverse("a_faire")


def test_relier_un_compte_ne_se_demande_pas(client, fournisseur, personne):
    """allauth's other processes stay closed."""
    assert entrer(client, fournisseur, process="connect")["Location"] == reverse("a_faire")
    assert not SocialAccount.objects.exists()


# --- Settings


def test_sans_reglage_rien_n_est_propose(client):
    assert "ProConnect" not in client.get(reverse("account_login")).content.decode()
    assert client.post(DEPART).status_code == 404
    assert client.get(RETOUR).status_code == 404


def test_avec_reglage_le_bouton_y_est(client, fournisseur):
    html = client.get(reverse("account_login"), {"next": "/aide/"}).content.decode()
    assert f'<form method="post" action="{DEPART}"' in html
    assert html.count('name="next" value="/aide/"') == 2
    assert client.get(DEPART).status_code == 405


@pytest.mark.parametrize("manquante", ["PROCONNECT_ISSUER", "PROCONNECT_CLIENT_ID", "PROCONNECT_CLIENT_SECRET", ""])
def test_il_faut_les_trois_variables(manquante):
    trois = {
        "PROCONNECT_ISSUER": "https://proconnect.example/api/v2",
        "PROCONNECT_CLIENT_ID": "portail",
        "PROCONNECT_CLIENT_SECRET": "secret",
    }
    trois.pop(manquante, None)
    ordre = "from django.conf import settings as s; print(s.PROCONNECT_ACTIF, s.PROCONNECT_VAUT_SECOND_FACTEUR)"
    resultat = lancer("-c", ordre, **PRODUCTION, **trois, DJANGO_SETTINGS_MODULE="config.settings")
    assert resultat.stdout.split() == [str(not manquante), "False"], resultat.stderr
