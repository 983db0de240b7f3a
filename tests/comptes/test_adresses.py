"""Changing one's address: the new one confirms, the old one may stop it, nobody learns who has an account."""

import re
import threading
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.messages import get_messages
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from comptes import adresses, courrier
from comptes.models import ChangementAdresse, Courrier, EtatChangement, Utilisateur
from tests import factories as f

ANCIENNE, NOUVELLE = "ana@exemple.example", "ana.lepic@exemple.example"

pytestmark = pytest.mark.django_db


@pytest.fixture
def personne():
    return f.UtilisateurFactory(prenom="Ana", nom="Lepic", email=ANCIENNE)


def entrer(personne, email=ANCIENNE):
    """Sign in with the password: whoever has just done so has proved who they are."""
    client = Client()
    client.post(reverse("account_login"), {"login": email, "password": f.MOT_DE_PASSE})
    assert client.session["_auth_user_id"] == str(personne.pk)
    return client


@pytest.fixture
def connecte(personne):
    return entrer(personne)


def demander(client, nouvelle=NOUVELLE):
    return client.post(reverse("adresse"), {"nouvelle": nouvelle})


def lien(adresse):
    """Return the path of the link of the last message to an address."""
    texte = Courrier.objects.filter(adresse=adresse).latest("pk").texte
    return re.search(r"/compte/adresse/\w+/\S+", texte)[0]


def test_rien_ne_change_avant_la_confirmation(connecte, personne):
    reponse = demander(connecte, NOUVELLE.upper())
    assert reponse.url == reverse("compte")
    assert NOUVELLE in connecte.get(reverse("compte")).content.decode()
    assert connecte.get(lien(NOUVELLE)).status_code == 200
    personne.refresh_from_db()
    assert personne.email == ANCIENNE


def test_la_nouvelle_adresse_confirme(connecte, personne):
    EmailAddress.objects.create(user=personne, email=ANCIENNE, verified=True, primary=True)
    ailleurs = entrer(personne)
    demander(connecte)
    assert connecte.post(lien(NOUVELLE)).url == reverse("compte")
    personne.refresh_from_db()
    assert personne.email == NOUVELLE
    assert personne.historique.first().history_user == personne
    assert not EmailAddress.objects.exists()
    # This session goes on, others end; the old address opens nothing any more.
    assert connecte.get(reverse("compte")).status_code == 200
    assert ailleurs.get(reverse("compte")).status_code == 302
    essai = Client()
    essai.post(reverse("account_login"), {"login": ANCIENNE, "password": f.MOT_DE_PASSE})
    assert "_auth_user_id" not in essai.session
    assert entrer(personne, NOUVELLE)


def test_il_faut_avoir_donne_son_mot_de_passe_depuis_peu(client, personne):
    client.force_login(personne)
    for reponse in (client.get(reverse("adresse")), demander(client)):
        assert reponse.url.startswith(reverse("account_reauthenticate"))
    assert not ChangementAdresse.objects.exists()


def test_un_lien_ne_sert_qu_une_fois(connecte):
    demander(connecte)
    chemin = lien(NOUVELLE)
    connecte.post(chemin)
    for reponse in (connecte.get(chemin), connecte.post(chemin)):
        assert reponse.status_code == 410


@pytest.mark.parametrize(("heures", "statut"), [(23, 200), (25, 410)])
def test_un_lien_de_confirmation_vaut_un_jour(connecte, heures, statut):
    demander(connecte)
    _vieillir(heures)
    assert connecte.get(lien(NOUVELLE)).status_code == statut
    connecte.post(lien(NOUVELLE))
    assert Utilisateur.objects.filter(email=NOUVELLE).exists() == (statut == 200)


def test_une_nouvelle_demande_remplace_la_premiere(connecte):
    demander(connecte, "premiere@exemple.example")
    premier = lien("premiere@exemple.example")
    demander(connecte)
    assert connecte.post(premier).status_code == 410
    assert connecte.post(lien(NOUVELLE)).status_code == 302


def test_un_autre_compte_ne_confirme_pas_a_sa_place(connecte):
    """A mistyped address doesn't give the account away."""
    demander(connecte)
    autre = f.UtilisateurFactory()
    client = Client()
    assert client.get(lien(NOUVELLE)).url.startswith("/connexion/")
    client.force_login(autre)
    assert client.post(lien(NOUVELLE)).status_code == 404


def test_un_lien_invente_ou_detourne_n_ouvre_rien(connecte):
    demander(connecte)
    confirmer, arreter = lien(NOUVELLE), lien(ANCIENNE)
    cle = ChangementAdresse.objects.get().cle
    for chemin in (
        confirmer[:-2] + "x/",
        f"/compte/adresse/confirmer/{cle}/",
        # The link of one act is none for the other.
        arreter.replace("arreter", "confirmer"),
        confirmer.replace("confirmer", "arreter"),
    ):
        assert connecte.post(chemin).status_code == 404, chemin


# --- Whether an account exists


def test_une_adresse_deja_prise_recoit_la_meme_reponse(connecte):
    f.UtilisateurFactory(email="prise@exemple.example")
    pages = []
    for nouvelle in ("libre@exemple.example", "Prise@exemple.example"):
        reponse = demander(connecte, nouvelle)
        suivante = connecte.get(reponse.url).content.decode()
        suivante = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", suivante)
        pages.append((reponse.status_code, reponse.url, re.sub("(?i)libre@|prise@", "", suivante)))
    assert pages[0] == pages[1]
    courriel = Courrier.objects.get(adresse="prise@exemple.example")
    assert "ouvre déjà un compte" in courriel.texte
    assert "/confirmer/" not in courriel.texte
    assert "Ana" not in courriel.texte


def test_deux_personnes_confirment_la_meme_adresse_une_seule_l_obtient(connecte, personne):
    rivale = f.UtilisateurFactory(email="rivale@exemple.example")
    autre = entrer(rivale, rivale.email)
    demander(connecte)
    chemin = lien(NOUVELLE)
    demander(autre)
    autre.post(lien(NOUVELLE))
    reponse = connecte.post(chemin)
    assert reponse.status_code == 410
    assert "celle d'un autre compte" in reponse.content.decode().replace("&#x27;", "'")
    personne.refresh_from_db()
    assert personne.email == ANCIENNE
    assert ChangementAdresse.objects.get(personne=personne).etat == EtatChangement.EN_ATTENTE


@pytest.mark.django_db(transaction=True)
def test_deux_confirmations_au_meme_instant_une_seule_gagne():
    personnes = [f.UtilisateurFactory() for _ in range(2)]
    changements = [adresses.demander(personne, NOUVELLE) for personne in personnes]
    depart, issues = threading.Barrier(2), []

    def confirmer(changement):
        depart.wait()
        try:
            adresses.confirmer(changement, None)
            issues.append("faite")
        except adresses.ChangementImpossible as impossible:
            issues.append(str(impossible))
        finally:
            connection.close()

    fils = [threading.Thread(target=confirmer, args=[changement]) for changement in changements]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert sorted(issues) == sorted(["faite", adresses.PRISE])
    assert Utilisateur.objects.filter(email=NOUVELLE).count() == 1


@pytest.mark.parametrize(("saisi", "message"), [("", "Saisissez"), ("ana@", "incomplète"), (ANCIENNE, "déjà")])
def test_une_saisie_impossible_le_dit(connecte, saisi, message):
    assert message in demander(connecte, saisi).content.decode()
    assert not Courrier.objects.exists()


def test_apres_cinq_demandes_il_faut_attendre(connecte):
    for rang in range(5):
        demander(connecte, f"a{rang}@exemple.example")
    assert "Attendez demain" in demander(connecte).content.decode()
    assert not Courrier.objects.filter(adresse=NOUVELLE).exists()


# --- Stopping it


def test_l_ancienne_adresse_arrete_sans_etre_connectee(connecte, personne):
    demander(connecte)
    passant = Client()
    chemin = lien(ANCIENNE)
    assert passant.get(chemin).status_code == 200
    assert ChangementAdresse.objects.get().etat == EtatChangement.EN_ATTENTE
    assert "est arrêté" in passant.post(chemin).content.decode()
    _verifier_l_arret(connecte, personne)
    assert passant.post(chemin).status_code == 410


def test_l_ancienne_adresse_defait_un_changement_confirme(connecte, personne):
    demander(connecte)
    arreter = lien(ANCIENNE)
    connecte.post(lien(NOUVELLE))
    Client().post(arreter)
    _verifier_l_arret(connecte, personne)


def test_l_ancienne_adresse_defait_aussi_les_changements_suivants(connecte, personne):
    """Whoever steals an account may change its address twice."""
    demander(connecte)
    arreter = lien(ANCIENNE)
    connecte.post(lien(NOUVELLE))
    demander(connecte, "voleur@exemple.example")
    connecte.post(lien("voleur@exemple.example"))
    assert Utilisateur.objects.get(pk=personne.pk).email == "voleur@exemple.example"
    Client().post(arreter)
    _verifier_l_arret(connecte, personne)


def test_une_demande_remplacee_s_arrete_avec_celle_qui_la_remplace(connecte, personne):
    demander(connecte, "premiere@exemple.example")
    arreter = lien(ANCIENNE)
    demander(connecte)
    Client().post(arreter)
    _verifier_l_arret(connecte, personne)


def _verifier_l_arret(connecte, personne):
    personne.refresh_from_db()
    assert personne.email == ANCIENNE
    assert not personne.has_usable_password()
    assert not UserSession.objects.filter(user=personne).exists()
    assert connecte.get(reverse("compte")).status_code == 302
    assert not adresses.en_attente(personne)


@pytest.mark.parametrize(("heures", "statut"), [(71, 200), (73, 410)])
def test_l_arret_vaut_trois_jours(connecte, heures, statut):
    demander(connecte)
    _vieillir(heures)
    assert Client().get(lien(ANCIENNE)).status_code == statut
    assert Client().post(lien(ANCIENNE)).status_code == statut


def test_l_arret_d_une_adresse_reprise_depuis_ne_casse_rien(connecte, personne):
    demander(connecte)
    arreter = lien(ANCIENNE)
    connecte.post(lien(NOUVELLE))
    f.UtilisateurFactory(email=ANCIENNE)
    assert Client().post(arreter).status_code == 410
    personne.refresh_from_db()
    assert (personne.email, personne.has_usable_password()) == (NOUVELLE, True)


def test_qui_doit_un_second_facteur_arrete_quand_meme(connecte, facteur_exige):
    """Whoever stole the account may hold the factor."""
    chemin = None
    adresses.demander(Utilisateur.objects.get(email=ANCIENNE), NOUVELLE)
    chemin = lien(ANCIENNE)
    assert connecte.get(chemin).status_code == 200


def test_les_deux_messages_partent_par_l_ouvrier_et_s_effacent(connecte):
    demander(connecte)
    assert courrier.envoyer_ce_qui_attend() == 2
    assert {message.to[0] for message in mail.outbox} == {ANCIENNE, NOUVELLE}
    assert all("http" in message.body for message in mail.outbox)
    assert set(Courrier.objects.values_list("texte", flat=True)) == {""}


def test_les_demandes_s_oublient_apres_un_mois(connecte):
    demander(connecte)
    assert adresses.purger() == 0
    assert adresses.purger(timezone.now() + timedelta(days=31)) == 1


def test_le_message_apres_la_demande_dit_la_suite(connecte):
    reponse = demander(connecte)
    assert "Rien ne change" in str(next(iter(get_messages(reponse.wsgi_request))))


def _vieillir(heures):
    ChangementAdresse.objects.update(demande_le=timezone.now() - timedelta(hours=heures))
