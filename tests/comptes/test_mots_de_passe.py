"""Forgotten, changed, refused passwords; what an answer tells of who has an account."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import hashers
from django.core import mail
from django.test import Client
from django.urls import reverse

from comptes import courrier
from tests.factories import MOT_DE_PASSE, UtilisateurFactory

pytestmark = pytest.mark.django_db

NOUVEAU = "carafe violette sous le pont"


@pytest.fixture
def personne():
    return UtilisateurFactory(email="camille@exemple.example", prenom="Camille", nom="Martinet")


def demander(client, adresse):
    return client.post(reverse("account_reset_password"), {"email": adresse})


def partis():
    """Return the e-mails that the worker has sent."""
    courrier.envoyer_ce_qui_attend()
    return mail.outbox


def _liens():
    return [lien for message in partis() for lien in re.findall(r"http://\S+/nouveau/\S+", message.body)]


def lien_recu():
    return _liens()[-1].partition("/mot-de-passe")


def ouvrir_le_lien(client):
    chemin = "".join(lien_recu()[1:])
    return client.get(chemin, follow=True)


def envoyer(client, page, mot_de_passe=NOUVEAU, encore=None):
    formulaire = {"password1": mot_de_passe, "password2": encore or mot_de_passe}
    return client.post(page.request["PATH_INFO"], formulaire, follow=True)


def test_un_mot_de_passe_oublie_se_remplace_par_un_lien(client, personne):
    page = demander(client, "Camille@Exemple.example")
    assert page["Location"] == reverse("account_reset_password_done")
    page = ouvrir_le_lien(client)
    # The key is no longer in the address: nothing to leak.
    assert page.request["PATH_INFO"].endswith("-set-password/")
    fin = envoyer(client, page)
    assert "Mot de passe changé" in fin.content.decode()
    personne.refresh_from_db()
    assert personne.check_password(NOUVEAU)
    assert "_auth_user_id" not in client.session
    assert "Si ce n'est pas vous" in partis()[-1].body


def test_le_lien_ne_sert_qu_une_fois_et_ne_s_invente_pas(client, personne):
    demander(client, personne.email)
    envoyer(client, ouvrir_le_lien(client))
    assert "Lien inutilisable" in ouvrir_le_lien(Client()).content.decode()
    faux = reverse("account_reset_password_from_key", args=["1", "absent"])
    assert "Lien inutilisable" in client.get(faux).content.decode()


def test_le_lien_mene_au_site_quel_que_soit_l_hote_demande(client, personne, settings):
    settings.ALLOWED_HOSTS = ["portail.example", "autre.example"]
    settings.ADRESSE_DU_SITE = "http://portail.example"
    client.post(reverse("account_reset_password"), {"email": personne.email}, HTTP_HOST="autre.example")
    assert lien_recu()[0] == "http://portail.example"
    refus = client.post(reverse("account_reset_password"), {"email": personne.email}, HTTP_HOST="pirate.example")
    assert refus.status_code == 400


def test_ouvrir_le_lien_n_ecrit_rien(client, personne):
    demander(client, personne.email)
    ouvrir_le_lien(client)
    assert not EmailAddress.objects.exists()


def test_la_reponse_ne_dit_pas_si_un_compte_existe(client, personne):
    UtilisateurFactory(email="parti@exemple.example", is_active=False)
    reponses, messages = set(), []
    for adresse in (personne.email, "parti@exemple.example", "absent@exemple.example"):
        reponse = demander(Client(), adresse)
        fin = Client().get(reponse["Location"]).content
        reponses.add((reponse.status_code, reponse["Location"], fin))
        messages.append((len(partis()), partis()[-1].to))
    assert len(reponses) == 1
    # One e-mail in any case: the answer takes as long.
    assert messages == [(1, [personne.email]), (2, ["parti@exemple.example"]), (3, ["absent@exemple.example"])]
    assert "/mot-de-passe/nouveau/" not in partis()[1].body + partis()[2].body


def test_une_adresse_plus_longue_que_celles_des_comptes_est_refusee(client):
    """PostgreSQL would not keep the message: the visitor would get an error page."""
    trop_longue = "@".join(["a" * 64, ".".join(["b" * 63] * 3) + ".fr"])
    assert len(trop_longue) > 254
    page = demander(client, trop_longue)
    assert page.status_code == 200
    assert page.context["form"].errors["email"]
    assert not partis()


def test_un_serveur_de_courriel_en_panne_ne_se_voit_pas(client, personne, settings):
    settings.EMAIL_BACKEND = "absent.Backend"
    assert demander(client, personne.email)["Location"] == reverse("account_reset_password_done")


@pytest.mark.parametrize("adresse", ["camille@exemple.example", "parti@exemple.example", "absent@exemple.example"])
def test_un_refus_est_le_meme_que_le_compte_existe_ou_non(client, personne, adresse):
    UtilisateurFactory(email="parti@exemple.example", is_active=False, password=NOUVEAU)
    # The right one, for the account that is no longer active.
    reponse = client.post(reverse("account_login"), {"login": adresse, "password": NOUVEAU})
    assert reponse.status_code == 200
    assert "Adresse ou mot de passe incorrect." in reponse.content.decode()


def test_un_compte_absent_coute_le_meme_calcul(client, personne, monkeypatch):
    calculs = []
    encoder = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher, "encode", lambda self, *args: calculs.append(1) or encoder(self, *args)
    )
    comptes = []
    for adresse in (personne.email, "absent@exemple.example"):
        calculs.clear()
        client.post(reverse("account_login"), {"login": adresse, "password": "faux"})
        comptes.append(len(calculs))
    assert comptes == [1, 1]


@pytest.mark.parametrize(
    ("refuse", "raison"),
    [
        ("onze-lettre", "12"),
        ("123456789012", "courant"),
        ("Martinet1234", "semblable"),
        ("camille@exemple", "semblable"),
        ("974125836974", "numérique"),
    ],
)
def test_un_mot_de_passe_faible_est_refuse_et_le_champ_le_dit(client, personne, refuse, raison):
    demander(client, personne.email)
    page = envoyer(client, ouvrir_le_lien(client), refuse)
    html = page.content.decode()
    assert "<title>Erreur – " in html
    assert '<a href="#id_password1">Nouveau mot de passe</a>' in html
    assert raison in html
    personne.refresh_from_db()
    assert personne.check_password(MOT_DE_PASSE)


def test_changer_de_mot_de_passe_met_fin_aux_autres_connexions(client, personne):
    autre = Client()
    for navigateur in (client, autre):
        navigateur.post(reverse("account_login"), {"login": personne.email, "password": MOT_DE_PASSE})
    formulaire = {"oldpassword": MOT_DE_PASSE, "password1": NOUVEAU, "password2": NOUVEAU}
    avant = client.session.session_key
    reponse = client.post(reverse("account_change_password"), formulaire)
    assert reponse["Location"] == reverse("a_faire")
    assert client.session.session_key != avant
    assert client.get(reverse("usersessions_list")).status_code == 200
    assert autre.get(reverse("usersessions_list")).status_code == 302
    assert partis()[-1].to == [personne.email]
    assert len(client.get(reverse("usersessions_list")).context["sessions"]) == 1


def test_changer_de_mot_de_passe_demande_l_actuel(client, personne):
    client.force_login(personne)
    formulaire = {"oldpassword": "faux", "password1": NOUVEAU, "password2": NOUVEAU}
    assert "actuel" in client.post(reverse("account_change_password"), formulaire).content.decode()
    personne.refresh_from_db()
    assert personne.check_password(MOT_DE_PASSE)


def test_la_page_du_mot_de_passe_dit_ou_l_on_est(client, personne):
    client.force_login(personne)
    page = client.get("/compte/mot-de-passe/")
    assert [intitule for intitule, _ in page.context["fil_ariane"]] == ["Mon compte", "Mot de passe"]
    assert 'href="/compte/">Mon compte</a>' in page.content.decode()


def test_un_compte_sans_mot_de_passe_en_choisit_un(client, personne):
    personne.set_unusable_password()
    personne.save()
    client.force_login(personne)
    assert client.get(reverse("account_change_password"))["Location"] == reverse("account_set_password")
    formulaire = {"password1": NOUVEAU, "password2": NOUVEAU}
    assert client.post(reverse("account_set_password"), formulaire).status_code == 302
    personne.refresh_from_db()
    assert personne.check_password(NOUVEAU)


def test_nos_courriels_sont_en_francais_et_sans_reste_de_gabarit(client, personne):
    demander(client, personne.email)
    envoyer(client, ouvrir_le_lien(client))
    demander(client, "absent@exemple.example")
    assert len(partis()) == 3
    for message in partis():
        assert message.body.startswith("Bonjour,")
        assert "{" not in message.body + message.subject
        assert "Territoires d'industrie" in message.body
        assert "http://localhost:8000" in message.body
        assert not message.alternatives
