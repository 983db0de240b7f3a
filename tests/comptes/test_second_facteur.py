"""The second factor: required of some, offered to all; nothing of the portal is reached without it."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes import second_facteur
from comptes.models import Courrier
from tests.factories import (
    MOT_DE_PASSE,
    ActeurFactory,
    AdministrateurFactory,
    EtatFactory,
    PiloteFactory,
    UtilisateurFactory,
)
from tests.maison.test_reglages import PRODUCTION, lancer
from tests.outils.adresses import adresses
from tests.outils.second_facteur import code, connecter, donner_une_application, facteurs

pytestmark = pytest.mark.django_db

MISE_EN_PLACE = reverse("mfa_index")


@pytest.fixture
def personne():
    return AdministrateurFactory(email="camille@exemple.example")


def entrer(client, personne, **champs):
    return client.post(reverse("account_login"), {"login": personne.email, "password": MOT_DE_PASSE, **champs})


def mettre_en_place(client):
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    return client.post(reverse("mfa_activate_totp"), {"code": code(secret)}, follow=True)


# --- Set-up


def test_sur_le_telephone_qui_a_l_application_un_lien_remplace_le_carre(client, personne):
    entrer(client, personne)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    liens = re.findall(r'href="(otpauth://totp/[^"]+)"', page.content.decode())
    assert len(liens) == 1
    assert f"secret={secret}" in liens[0]


def test_qui_doit_en_avoir_un_le_met_en_place_puis_arrive_ou_il_allait(
    client, personne, facteur_exige, django_capture_on_commit_callbacks
):
    suite = reverse("admin:index")
    page = client.get(entrer(client, personne, next=suite)["Location"], follow=True)
    assert page.request["PATH_INFO"] == MISE_EN_PLACE
    assert "Votre habilitation" in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        page = mettre_en_place(client)
    html = page.content.decode()
    assert page.request["PATH_INFO"] == reverse("mfa_view_recovery_codes")
    assert f'href="{suite}">Continuer' in html
    assert facteurs(personne) == {"totp", "recovery_codes"}
    assert client.get(suite).status_code == 200
    assert Courrier.objects.latest("pk").objet == "Application d'authentification mise en service"


PERMISES = {
    *second_facteur.PAGES_DE_PASSAGE,
    *second_facteur.PAGES_DE_MISE_EN_PLACE,
    "accessibilite",
    "aide",
    "donnees_personnelles",
    "mentions_legales",
    "plan_du_site",
    "robots",
    "sante",
}


# For whoever holds the link, or nobody any more.
OUVERTES_PAR_UN_LIEN = {"adresse_arreter", "efface"}


def test_sans_facteur_aucune_adresse_ne_repond_sinon_pour_le_mettre_en_place(client, personne, facteur_exige):
    """Every address, the admin's included, read and written; 404 are pages that don't exist for anyone."""
    client.force_login(personne)
    ecarts, visitees = [], 0
    for adresse in adresses():
        if adresse.nom in PERMISES | OUVERTES_PAR_UN_LIEN:
            continue
        visitees += 1
        chemin = adresse.exemple()
        lue, envoyee = client.get(chemin), client.post(chemin)
        if lue.status_code != 302 or lue["Location"] != MISE_EN_PLACE or envoyee.status_code != 403:
            ecarts.append(f"{adresse.nom} : {lue.status_code}, {envoyee.status_code}")
    assert not ecarts, "\n".join(ecarts)
    assert visitees > 80


def test_les_pages_permises_repondent(client, personne, facteur_exige):
    entrer(client, personne)
    for nom in PERMISES - {"account_logout", "account_login", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}:
        assert client.get(reverse(nom)).status_code == 200, nom
    assert client.post(reverse("account_logout")).status_code == 302


def test_un_script_ou_un_fichier_est_refuse_et_un_envoi_s_explique(client, personne, facteur_exige):
    client.force_login(personne)
    suggestions = client.get(reverse("communes_suggestions"), headers={"accept": "application/json"})
    assert suggestions.status_code == 403
    html = client.post(reverse("admin:index")).content.decode()
    assert "Second facteur à mettre en place" in html


def test_une_page_publique_gardee_ne_s_ouvre_pas_sans_le_facteur(client, personne, facteur_exige):
    assert Client().get(reverse("accueil")).status_code == 200
    client.force_login(personne)
    assert client.get(reverse("accueil"))["Location"] == MISE_EN_PLACE


def test_la_suite_reste_sur_ce_site(rf):
    requete = rf.get("/")
    for adresse, attendue in (("https://pirate.exemple/", ""), ("//pirate.exemple/", ""), ("/aide/?a=1", "/aide/?a=1")):
        requete.session = {second_facteur.SUITE: adresse}
        assert second_facteur.suite(requete) == attendue


def test_qui_n_y_est_pas_tenu_entre_sans_et_peut_en_mettre_un(client, personne):
    assert client.get(entrer(client, personne)["Location"]).status_code == 200
    mettre_en_place(client)
    assert "totp" in facteurs(personne)
    Client().get("/")
    autre = Client()
    assert entrer(autre, personne)["Location"] == reverse("mfa_authenticate")


# --- Sign-in


def test_le_code_est_demande_a_la_connexion_suivante(client, personne, facteur_exige):
    donner_une_application(personne)
    suite = reverse("admin:index")
    assert entrer(client, personne, next=suite)["Location"] == reverse("mfa_authenticate")
    # Nothing is open meanwhile.
    assert client.get(suite).status_code == 302
    refus = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "Ce code n&#x27;est pas le bon" in refus.content.decode()
    assert "<title>Erreur – " in refus.content.decode()
    assert client.post(reverse("mfa_authenticate"), {"code": code()})["Location"] == reverse("mfa_trust")
    assert client.post(reverse("mfa_trust"), {"action": "skip"})["Location"] == suite
    assert client.get(suite).status_code == 200


def test_un_code_ne_sert_qu_une_fois(client, personne):
    donner_une_application(personne)
    donne = code()
    for navigateur, attendu in ((client, 302), (Client(), 200)):
        entrer(navigateur, personne)
        assert navigateur.post(reverse("mfa_authenticate"), {"code": donne}).status_code == attendu


def test_un_code_de_secours_sert_une_fois(client, personne):
    secours = donner_une_application(personne)
    for navigateur, attendu in ((client, 302), (Client(), 200)):
        entrer(navigateur, personne)
        assert navigateur.post(reverse("mfa_authenticate"), {"code": secours[0]}).status_code == attendu


def test_un_navigateur_de_confiance_n_est_plus_interroge_pendant_trente_jours(
    client, personne, facteur_exige, time_machine
):
    donner_une_application(personne)
    entrer(client, personne)
    client.post(reverse("mfa_authenticate"), {"code": code()})
    reponse = client.post(reverse("mfa_trust"), {"action": "trust"})
    temoin = reponse.cookies["navigateur_de_confiance"]
    assert temoin["httponly"]
    assert temoin["max-age"] == 30 * 24 * 3600
    client.post(reverse("account_logout"))
    assert entrer(client, personne)["Location"] == reverse("a_faire")
    assert client.get(reverse("admin:index")).status_code == 200
    # Another password, another trust.
    personne.set_password("carafe violette sous le pont")
    personne.save()
    client.post(reverse("account_logout"))
    formulaire = {"login": personne.email, "password": "carafe violette sous le pont"}
    assert client.post(reverse("account_login"), formulaire)["Location"] == reverse("mfa_authenticate")


def test_une_connexion_d_avant_le_facteur_doit_le_donner_et_ne_peut_pas_en_ajouter(client, personne, facteur_exige):
    """A stolen password that opened a session before: it must not survive, nor bring its own factor."""
    client.force_login(personne)
    donner_une_application(personne)
    assert client.get(reverse("admin:index"))["Location"].startswith(reverse("mfa_reauthenticate"))
    for nom in ("mfa_index", "mfa_add_webauthn", "mfa_activate_totp", "mfa_view_recovery_codes"):
        assert client.get(reverse(nom))["Location"].startswith(reverse("mfa_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": MOT_DE_PASSE})
    assert client.get(reverse("mfa_add_webauthn")).status_code == 302
    suite = {"code": code(), "next": reverse("admin:index")}
    assert client.post(reverse("mfa_reauthenticate"), suite)["Location"] == reverse("admin:index")
    assert client.get(reverse("admin:index")).status_code == 200


def test_mettre_en_place_met_fin_aux_autres_connexions(client, personne):
    autre = Client()
    entrer(autre, personne)
    entrer(client, personne)
    mettre_en_place(client)
    assert autre.get(reverse("usersessions_list")).status_code == 302
    assert client.get(reverse("usersessions_list")).status_code == 200


def test_une_habilitation_donnee_en_cours_de_connexion_se_voit_aussitot(client, facteur_demande):
    personne = UtilisateurFactory()
    client.force_login(personne)
    assert client.get(reverse("usersessions_list")).status_code == 200
    PiloteFactory(personne=personne)
    assert client.get(reverse("usersessions_list"))["Location"] == MISE_EN_PLACE


@pytest.mark.parametrize(("fabrique", "exige"), [(PiloteFactory, True), (EtatFactory, True), (ActeurFactory, False)])
def test_l_habilitation_dit_s_il_en_faut_un(client, fabrique, exige, facteur_demande):
    client.force_login(fabrique().personne)
    reponse = client.get(reverse("admin:index"))
    assert (reponse.status_code, reponse.get("Location")) == ((302, MISE_EN_PLACE) if exige else (200, None))


# --- Removal


def test_le_dernier_facteur_de_qui_doit_en_avoir_un_ne_se_retire_pas(client, personne, facteur_exige):
    donner_une_application(personne)
    connecter(client, personne)
    confirmer(client)
    page = client.get(reverse("mfa_deactivate_totp"))
    assert "ajoutez-en un autre avant de retirer celui-ci" in page.content.decode()
    client.post(reverse("mfa_deactivate_totp"))
    assert "totp" in facteurs(personne)


def confirmer(client):
    client.post(reverse("account_reauthenticate"), {"password": MOT_DE_PASSE})


@pytest.fixture
def cle(personne):
    """A security key by itself: it can't be used, but may be removed."""
    return Authenticator.objects.create(user=personne, type="webauthn", data={"name": "Clé bleue", "credential": {}})


@pytest.mark.usefixtures("facteur_exige")
def test_la_derniere_cle_ne_se_retire_pas_mais_l_une_de_deux_si(client, personne, cle):
    connecter(client, personne)
    confirmer(client)
    adresse = reverse("mfa_remove_webauthn", args=[cle.pk])
    refus = client.post(adresse)
    assert "ajoutez-en un autre" in refus.content.decode()
    assert facteurs(personne) == {"webauthn"}
    donner_une_application(personne)
    assert client.post(adresse)["Location"] == MISE_EN_PLACE
    assert facteurs(personne) == {"totp", "recovery_codes"}


def test_retirer_le_dernier_quand_rien_n_y_oblige_efface_les_codes_et_l_annonce(client, personne, settings):
    donner_une_application(personne)
    connecter(client, personne)
    confirmer(client)
    client.post(reverse("mfa_deactivate_totp"))
    assert facteurs(personne) == set()
    assert Courrier.objects.latest("pk").objet == "Application d'authentification retirée"
    # It no longer counts as given.
    settings.DOMAINE_SANS_SECOND_FACTEUR = "demo.example"
    assert client.get(reverse("admin:index"))["Location"] == MISE_EN_PLACE


def test_toucher_au_second_facteur_demande_de_confirmer_qui_l_on_est(client, personne):
    donner_une_application(personne)
    connecter(client, personne)
    for nom in ("mfa_deactivate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"):
        assert client.get(reverse(nom))["Location"].startswith(reverse("account_reauthenticate")), nom


def test_la_cle_d_un_autre_est_introuvable(client, cle):
    connecter(client, UtilisateurFactory())
    confirmer(client)
    for nom in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        assert client.get(reverse(nom, args=[cle.pk])).status_code == 404


def test_qui_a_tout_perdu_recommence_par_le_mot_de_passe(client, personne, facteur_exige):
    donner_une_application(personne)
    connecter(client, personne)
    entrer(Client(), personne)
    call_command("retirer_second_facteur", personne.email.upper())
    assert facteurs(personne) == set()
    assert entrer(Client(), personne)["Location"] == reverse("a_faire")
    with pytest.raises(CommandError, match="Aucun compte"):
        call_command("retirer_second_facteur", "absent@exemple.example")


# --- Codes


def test_de_nouveaux_codes_remplacent_les_anciens(client, personne):
    anciens = donner_une_application(personne)
    connecter(client, personne)
    confirmer(client)
    page = client.post(reverse("mfa_generate_recovery_codes"), follow=True)
    nouveaux = page.context["unused_codes"]
    assert len(nouveaux) == 10
    assert not set(nouveaux) & set(anciens)
    fichier = client.get(reverse("mfa_download_recovery_codes"))
    assert set(nouveaux) <= set(fichier.content.decode().split())
    assert "no-store" in fichier["Cache-Control"]


def test_lire_les_pages_du_second_facteur_n_ecrit_que_la_session(client, personne):
    entrer(client, personne)
    mettre_en_place(client)
    for nom in ("mfa_index", "mfa_view_recovery_codes", "mfa_download_recovery_codes", "usersessions_list"):
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(reverse(nom)).status_code == 200
        ecrites = [r["sql"] for r in requetes if r["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert all("django_session" in ordre for ordre in ecrites), ecrites


# --- Cost


def test_le_second_facteur_ne_demande_rien_a_la_base_pour_un_visiteur(client, reference):
    client.get("/aide/")
    with CaptureQueriesContext(connection) as requetes:
        client.get("/aide/")
    assert len(requetes) == 0


def test_une_session_qui_l_a_donne_n_ajoute_aucune_requete(client, personne, monkeypatch):
    demandes = []
    monkeypatch.setattr(second_facteur.acces, "exige_second_facteur", lambda personne: demandes.append(personne))
    connecter(client, personne)
    client.get("/aide/")
    with CaptureQueriesContext(connection) as requetes:
        client.get("/aide/")
    assert not [r["sql"] for r in requetes if "mfa_" in r["sql"]]
    assert not demandes


# --- Demonstration accounts


def test_un_compte_de_demonstration_en_est_dispense_en_developpement_seulement(client, settings, facteur_exige):
    client.force_login(AdministrateurFactory(email="equipe@demo.example"))
    assert client.get(reverse("admin:index")).status_code == 200
    settings.DEVELOPPEMENT = False
    assert client.get(reverse("admin:index"))["Location"] == MISE_EN_PLACE


@pytest.mark.parametrize(("environnement", "attendu"), [("production", "[]"), ("developpement", "[demo.example]")])
def test_la_dispense_n_existe_pas_en_production(environnement, attendu):
    resultat = lancer(
        "-c",
        "from django.conf import settings; print(f'[{settings.DOMAINE_SANS_SECOND_FACTEUR}]')",
        **{**PRODUCTION, "ENVIRONNEMENT": environnement},
        DJANGO_SETTINGS_MODULE="config.settings",
    )
    assert resultat.stdout.strip() == attendu, resultat.stderr


def test_une_adresse_qui_ressemble_a_la_demonstration_n_en_est_pas(facteur_exige):
    for adresse in ("a@demo.example.pirate.example", "a@pas-demo.example", "demo.example@exemple.example"):
        assert second_facteur.est_exige(UtilisateurFactory(email=adresse))
