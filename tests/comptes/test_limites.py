"""Limits on attempts: by account and by address, shared by all processes, silent about who has an account."""

import re
import threading

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from comptes.models import Courrier
from config import settings as reglages
from tests.factories import MOT_DE_PASSE, UtilisateurFactory
from tests.maison.test_reglages import PRODUCTION, lancer
from tests.outils.second_facteur import code, donner_une_application

pytestmark = pytest.mark.django_db


@pytest.fixture
def personne():
    return UtilisateurFactory(email="camille@exemple.example")


def essayer(adresse, mot_de_passe="faux", ip="192.0.2.1", client=None, **entetes):
    formulaire = {"login": adresse, "password": mot_de_passe}
    return (client or Client()).post(reverse("account_login"), formulaire, REMOTE_ADDR=ip, **entetes)


def test_cinquante_essais_de_cinquante_adresses_sur_un_compte_sont_arretes(personne):
    statuts = [essayer(personne.email, ip=f"192.0.2.{rang}").status_code for rang in range(1, 51)]
    assert statuts == [200] * 5 + [429] * 45
    # Not even with the right one, from a fifty-first.
    assert essayer(personne.email, MOT_DE_PASSE, ip="198.51.100.1").status_code == 429


def test_la_casse_et_l_hote_ne_font_pas_un_autre_compte(personne, settings):
    settings.ALLOWED_HOSTS = [".exemple.example"]
    variantes = [personne.email, personne.email.upper(), f" {personne.email}", personne.email.title()]
    statuts = [
        essayer(variantes[rang % 4], ip=f"192.0.2.{rang}", HTTP_HOST=f"h{rang}.exemple.example").status_code
        for rang in range(8)
    ]
    assert statuts == [200] * 5 + [429] * 3


def test_une_adresse_qui_essaie_beaucoup_de_comptes_est_arretee(personne):
    statuts = [essayer(f"personne{rang}@exemple.example").status_code for rang in range(20)]
    assert statuts == [200] * 10 + [429] * 10
    assert essayer(personne.email, MOT_DE_PASSE).status_code == 429
    # Somebody else, elsewhere, comes in.
    assert essayer(personne.email, MOT_DE_PASSE, ip="198.51.100.1").status_code == 302


def test_lentement_aussi(personne, time_machine):
    """Five every five minutes would be 1 440 a day."""
    refuses = []
    for tour in range(8):
        time_machine.move_to(f"2026-03-02T10:{tour * 6:02d}:00+01:00")
        refuses += [essayer(personne.email, ip=f"192.0.{tour}.{rang}").status_code == 429 for rang in range(5)]
    assert refuses.index(True) == 20


def test_qui_se_connecte_n_epuise_pas_la_limite(personne):
    for _ in range(20):
        assert essayer(personne.email, MOT_DE_PASSE).status_code == 302


def test_la_reponse_dit_jusqu_a_quand_et_quoi_faire(personne, time_machine):
    time_machine.move_to("2026-03-02T10:00:30+01:00", tick=False)
    for _ in range(5):
        essayer(personne.email)
    reponse = essayer(personne.email)
    html = reponse.content.decode()
    assert reponse.status_code == 429
    assert "<title>Trop de tentatives – " in html
    assert "jusqu'au 2 mars à 10:06" in html
    assert "Mot de passe oublié" in html
    assert 300 <= int(reponse["Retry-After"]) <= 302
    assert "no-store" in reponse["Cache-Control"]
    time_machine.move_to("2026-03-02T10:06:00+01:00")
    assert essayer(personne.email, MOT_DE_PASSE).status_code == 302


def test_la_limite_ne_dit_pas_si_un_compte_existe(personne, time_machine):
    time_machine.move_to("2026-03-02T10:00:30+01:00", tick=False)
    UtilisateurFactory(email="parti@exemple.example", is_active=False)
    reponses = []
    for rang, adresse in enumerate((personne.email, "absent@exemple.example", "parti@exemple.example")):
        suite = [essayer(adresse, ip=f"192.0.2.{rang}") for _ in range(7)]
        reponses.append([(r.status_code, _sans_jeton(r).replace(adresse, "")) for r in suite])
    assert reponses[0] == reponses[1] == reponses[2]


def _sans_jeton(reponse):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", reponse.content.decode())


def test_les_codes_du_second_facteur_sont_comptes_aussi(client, personne):
    donner_une_application(personne)
    essayer(personne.email, MOT_DE_PASSE, client=client)
    statuts = [
        client.post(reverse("mfa_authenticate"), {"code": "000000"}, REMOTE_ADDR=f"192.0.2.{rang}").status_code
        for rang in range(7)
    ]
    assert statuts == [200] * 5 + [429] * 2
    assert client.post(reverse("mfa_authenticate"), {"code": code()}, REMOTE_ADDR="198.51.100.1").status_code == 429


def test_les_demandes_de_nouveau_mot_de_passe_sont_comptees(personne):
    for adresse in (personne.email, "absent@exemple.example"):
        statuts = [
            Client().post(reverse("account_reset_password"), {"email": adresse}, REMOTE_ADDR=f"192.0.2.{rang}")
            for rang in range(5)
        ]
        assert [reponse.status_code for reponse in statuts] == [302] * 3 + [429] * 2


def test_un_nouveau_mot_de_passe_leve_la_limite_du_compte(client, personne):
    for _ in range(6):
        essayer(personne.email)
    client.post(reverse("account_reset_password"), {"email": personne.email})
    chemin = re.search(r"/mot-de-passe/nouveau/\S+", Courrier.objects.get(adresse=personne.email).texte)[0]
    page = client.get(chemin, follow=True)
    nouveau = "carafe violette sous le pont"
    client.post(page.request["PATH_INFO"], {"password1": nouveau, "password2": nouveau})
    assert essayer(personne.email, nouveau).status_code == 302


def test_l_administration_a_les_memes_limites(personne):
    for _ in range(5):
        essayer(personne.email)
    formulaire = {"username": personne.email, "password": MOT_DE_PASSE, "next": "/admin/"}
    assert Client().post(reverse("admin:login"), formulaire, REMOTE_ADDR="198.51.100.1").status_code == 302
    assert essayer(personne.email, MOT_DE_PASSE, ip="198.51.100.1", QUERY_STRING="next=/admin/").status_code == 429


# --- Several processes


@pytest.mark.django_db(transaction=True)
def test_deux_fils_qui_essaient_ensemble_partagent_la_limite():
    """What one process counts, another knows: the count is in the database, taken under a lock."""
    UtilisateurFactory(email="camille@exemple.example")
    statuts = []

    def insister():
        try:
            for _ in range(4):
                statuts.append(essayer("camille@exemple.example").status_code)
        finally:
            connection.close()

    fils = [threading.Thread(target=insister) for _ in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert sorted(statuts) == [200] * 5 + [429] * 3


def test_le_cache_des_limites_est_dans_la_base_et_celui_des_pages_dans_le_processus():
    assert reglages.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    assert reglages.CACHES["pages"]["BACKEND"].endswith("LocMemCache")
    caches["default"].set("cle", 1)
    with connection.cursor() as curseur:
        curseur.execute("SELECT COUNT(*) FROM cache_partage")
        assert curseur.fetchone() == (1,)


# --- The visitor's address


@pytest.mark.parametrize("entete", ["HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_CLIENT_IP"])
def test_sans_mandataire_l_adresse_annoncee_n_est_pas_crue(entete):
    statuts = [
        essayer(f"personne{rang}@exemple.example", **{entete: f"198.51.100.{rang}"}).status_code for rang in range(12)
    ]
    assert statuts == [200] * 10 + [429] * 2


def test_derriere_un_mandataire_son_mot_seul_est_cru(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    # What the visitor claims comes first, what the proxy saw last.
    statuts = [
        essayer(
            f"personne{rang}@exemple.example", ip="127.0.0.1", HTTP_X_FORWARDED_FOR=f"198.51.100.{rang}, 203.0.113.9"
        ).status_code
        for rang in range(12)
    ]
    assert statuts == [200] * 10 + [429] * 2
    autre = essayer("autre@exemple.example", ip="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.10")
    assert autre.status_code == 200


@pytest.mark.parametrize(
    ("variables", "attendu"),
    [
        ({}, "0"),
        ({"DERRIERE_UN_MANDATAIRE": "true"}, "1"),
        ({"DERRIERE_UN_MANDATAIRE": "true", "NOMBRE_DE_MANDATAIRES": "2"}, "2"),
        ({"NOMBRE_DE_MANDATAIRES": "2"}, "0"),
    ],
)
def test_l_en_tete_du_mandataire_n_est_lu_que_si_on_le_dit(variables, attendu):
    resultat = lancer(
        "-c",
        "from django.conf import settings; print(settings.ALLAUTH_TRUSTED_PROXY_COUNT)",
        **PRODUCTION,
        **variables,
        DJANGO_SETTINGS_MODULE="config.settings",
    )
    assert resultat.stdout.strip() == attendu, resultat.stderr


@pytest.mark.parametrize("ip", ["", "n'importe quoi"])
def test_une_adresse_illisible_ne_ferme_pas_la_porte(personne, ip):
    """A proxy on a Unix socket that says nothing of its visitors."""
    assert essayer(personne.email, MOT_DE_PASSE, ip=ip).status_code == 302


# --- Purge


def test_la_trace_des_connexions_terminees_s_efface_aussi(client, personne):
    for navigateur in (client, Client()):
        essayer(personne.email, MOT_DE_PASSE, client=navigateur)
    Session.objects.exclude(pk=client.session.session_key).delete()
    call_command("purger_limites")
    assert UserSession.objects.get().session_key == client.session.session_key


def test_les_comptages_perimes_s_effacent_les_autres_restent(personne, time_machine):
    time_machine.move_to("2026-03-02T10:00:00+01:00", tick=False)
    essayer(personne.email)
    # Were a zone mistaken for another, nothing would be left to count.
    time_machine.move_to("2026-03-02T10:02:00+01:00", tick=False)
    call_command("purger_limites")
    for _ in range(4):
        essayer(personne.email)
    assert essayer(personne.email).status_code == 429
    time_machine.move_to("2026-03-03T10:00:00+01:00", tick=False)
    call_command("purger_limites")
    with connection.cursor() as curseur:
        curseur.execute("SELECT COUNT(*) FROM cache_partage")
        assert curseur.fetchone() == (0,)
